using System.Text.Json;
using KlingPS.Responses;

namespace KlingPS.Callbacks;

/// <summary>
/// The body of a callback as a <see cref="KlingTask"/>: the task object bare, or in the envelope of an answer.
/// </summary>
internal static class CallbackReader
{
    /// <summary>A real body has a few thousand bytes; whoever knows the address can send any number.</summary>
    internal const int MaxBytes = 1024 * 1024;

    // Far more than is displayed: a cut here could leave half a secret, which nothing would recognise.
    private const int LookedThrough = 64 * 1024;

    /// <summary>The bytes that were sent, as far as a text still says.</summary>
    /// <exception cref="KlingException">CallbackInvalid for more than <see cref="MaxBytes"/>.</exception>
    internal static byte[] BytesOf(string body)
    {
        CheckLength(Encoding.UTF8.GetByteCount(body));
        return Encoding.UTF8.GetBytes(body);
    }

    /// <exception cref="KlingException">CallbackInvalid for more than <see cref="MaxBytes"/>.</exception>
    internal static byte[] BytesOf(byte[] body)
    {
        CheckLength(body.Length);
        return body;
    }

    /// <param name="kindOf">The kind of a task by its id, which no body says.</param>
    /// <exception cref="KlingException">CallbackInvalid for everything that is not a task.</exception>
    internal static KlingTask Read(byte[] body, Func<string, KlingTaskKind> kindOf, string? key, DateTimeOffset now)
    {
        using JsonDocument? document = TolerantJson.Parse(body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            throw Invalid(body.Length == 0 ? "The body is empty." : "The body is not a JSON object.");
        }

        if (TaskReader.IdNamedBy(root, key) is not { } taskId
            || TaskReader.Read(root, kindOf(taskId), key, now) is not { } task)
        {
            throw Invalid("The body has no task_id.");
        }

        return string.IsNullOrWhiteSpace(task.RawStatus)
            ? throw Invalid($"The body names task {taskId} but has no task_status.")
            : task;
    }

    /// <summary>The start of a body for an error, without what it may hold of signed addresses.</summary>
    internal static string Shown(string body, string? key) =>
        Redactor.Message(DisplayText.Truncate(body, LookedThrough), key);

    /// <inheritdoc cref="Shown(string, string?)"/>
    internal static string Shown(byte[] body, string? key) =>
        Shown(Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, LookedThrough)), key);

    internal static KlingException Invalid(string whatHappened) => new(KlingError.CallbackInvalid, whatHappened);

    private static void CheckLength(int length)
    {
        if (length > MaxBytes)
        {
            throw Invalid($"The body has {length} bytes; a callback has at most {MaxBytes}.");
        }
    }
}
