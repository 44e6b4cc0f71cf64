using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Runtime.InteropServices;
using System.Security;

namespace KlingPS.Binding;

/// <summary>
/// Transforms one object or each of an array. What it cannot read passes unchanged, for the binder to try ids.
/// </summary>
public abstract class ItemTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (bare is not IList list || bare is byte[])
        {
            return Item(inputData) ?? inputData;
        }

        if (TakesOne && list.Count == 1)
        {
            return Item(list[0]) ?? list[0]!;
        }

        object?[] items = new object?[list.Count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Item(list[i]) ?? list[i];
        }

        return items;
    }

    /// <summary>For a parameter that is no array: a list of one, as -OutVariable makes, means its element.</summary>
    public bool TakesOne { get; set; }

    /// <summary>The object in its new form, or null to leave it as it is.</summary>
    /// <returns>The new form or null.</returns>
    private protected abstract object? Item(object? item);

    /// <summary>
    /// An objection of the kind on which the binder goes on to look at the object's properties, such as an Image.
    /// </summary>
    private protected static ArgumentTransformationMetadataException GoOn(string objection) =>
        new(objection, new PSInvalidCastException(objection));
}

/// <summary>A <see cref="KlingTask"/> from any object with TaskId and Status.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TaskTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>
    /// Takes a video as a task of this one video, where a rebuilt video would else bind by its TaskId.
    /// </summary>
    public bool TakesVideos { get; set; }

    /// <summary>
    /// Takes a video or a saved file too, as a task to query, and keeps what a row says of the extension.
    /// </summary>
    public bool IsParent { get; set; }

    private protected override object? Item(object? item) =>
        item is null ? null
        : IsParent ? Rehydration.Parent(item)
        : Rehydration.Task(item)
            ?? (TakesVideos && Rehydration.Video(item) is { } video ? Rehydration.TaskOf(video) : null);
}

/// <summary>A <see cref="KlingVideo"/> from any object with VideoId and Url.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class VideoTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => Rehydration.Video(item);
}

/// <summary>The id of any object that has a TaskId; a string stays what it is.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TaskIdTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        item is null ? null
        : IdTransformationAttribute.TryRead(item, "TaskId", out string? id, out string? objection) ? id
        : throw new ArgumentTransformationMetadataException(objection);
}

/// <summary>A <see cref="KlingTask"/>, of a video too, from any object that says enough, else its id.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TaskOrIdTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        item is null ? null
        : Rehydration.Task(item) is { } task ? task
        : Rehydration.Video(item) is { } video ? Rehydration.TaskOf(video)
        : IdTransformationAttribute.TryRead(item, "TaskId", out string? id, out string? objection) ? id
        : throw new ArgumentTransformationMetadataException(objection);
}

/// <summary>The Prompt of any object that has one; what has none is no prompt, whatever its text would be.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class PromptTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => PSObjectReader.Of(item) is not { } fields ? null
        : fields.Raw("Prompt") is not { } prompt ? throw GoOn("An object without a Prompt property is not a prompt.")
        : TextTransformationAttribute.IsText(prompt) ? fields.Text("Prompt") ?? throw GoOn(
            "An object without a Prompt property is not a prompt.")
        : throw TextTransformationAttribute.NoText(prompt);
}

/// <summary>
/// What New-KlingVideo must see itself, not only by its properties: a text, a file, a folder, a task or a video. A row
/// with a Prompt or an Image binds by its columns alone.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class VideoInputTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item)
    {
        object? bare = item is PSObject wrapped ? wrapped.BaseObject : item;
        if (bare is null or string or ValueType or FileSystemInfo or KlingTask or KlingVideo)
        {
            return bare;
        }

        bool isRow = PSObjectReader.Of(item) is { } fields && (fields.Has("Prompt") || fields.Has("Image"));
        return (isRow ? null : Rehydration.Task(item) ?? (object?)Rehydration.Video(item))
            ?? throw GoOn("The object is a row.");
    }
}

/// <summary>A connection of this process; a copy from a file or a job becomes one that says it is a copy.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ConnectionTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is not KlingConnectionInfo
        && PSObjectReader.Of(item)?.Has(nameof(KlingConnectionInfo.KeyHint)) == true
            ? KlingConnectionInfo.OfElsewhere
            : null;
}

/// <summary>A user and a password. The engine's own conversion error would quote a password given as text.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CredentialTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is null or PSCredential
            ? null
            : throw new ArgumentTransformationMetadataException(
                "The value must be a PSCredential, such as Get-Credential makes.");
}

/// <summary>A SecureString from a plain string.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SecureStringTransformationAttribute : ItemTransformationAttribute
{
    // The capacity of a SecureString.
    private const int MaxLength = 65_536;

    private protected override object? Item(object? item) => Read(item, "key");

    // Never quote the value, as the engine's own conversion error would.
    internal static SecureString? Read(object? item, string name) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        null => null,
        SecureString secret => secret,
        string { Length: > MaxLength } =>
            throw new ArgumentTransformationMetadataException($"The {name} has more than {MaxLength} characters."),
        string text when text.IndexOf('\0') >= 0 =>
            throw new ArgumentTransformationMetadataException($"The {name} contains a NUL character."),
        string text => new NetworkCredential("", text).SecurePassword,
        object other =>
            throw new ArgumentTransformationMetadataException(
                $"The {name} must be a string or a SecureString, not a {other.GetType().Name}."),
    };

    /// <summary>All of it, also what stands behind a NUL.</summary>
    internal static string Reveal(SecureString secret)
    {
        IntPtr clear = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(clear, secret.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(clear);
        }
    }
}
