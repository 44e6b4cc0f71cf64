using System.Collections;
using System.Collections.Specialized;
using KlingPS.Callbacks;

namespace KlingPS.Binding;

/// <summary>A cell of a CSV as a value: an empty one means that nothing is given.</summary>
/// <remarks>
/// What is no such value is refused here. Left to the engine, a property of a pipeline object that cannot be converted
/// is passed over in silence, and a paid request would go out without it.
/// </remarks>
public abstract class ValueTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare switch
        {
            null => Nothing,
            string text => text.Trim().Length == 0 ? Nothing : Value(text.Trim()),
            _ => Bare(bare),
        };
    }

    /// <summary>What an empty cell is bound as.</summary>
    private protected virtual object? Nothing => null;

    /// <summary>What it has to be, for a message.</summary>
    private protected abstract string Wanted { get; }

    /// <summary>Null for a text that says nothing.</summary>
    internal static string? TextOf(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>Converts a text that is not empty.</summary>
    private protected abstract object Value(string text);

    /// <summary>Whether a value other than a text can be bound as it is.</summary>
    private protected abstract bool Takes(object bare);

    /// <summary>Converts a value other than a text, or refuses it.</summary>
    private protected virtual object Bare(object bare) =>
        Takes(bare) ? bare : throw No($"A value of type {bare.GetType().Name}");

    /// <summary>The refusal of a value.</summary>
    private protected ArgumentTransformationMetadataException No(string what) => new($"{what} is not {Wanted}.");

    private protected static bool IsNumber(object bare) =>
        bare is sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal;
}

/// <summary>An address or nothing.</summary>
public sealed class UriTransformationAttribute : ValueTransformationAttribute
{
    /// <summary>True where a password or a key may stand in the address, so that no message repeats it.</summary>
    public bool HidesValue { get; set; }

    private protected override string Wanted => "an address";

    private protected override object Value(string text) =>
        Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri? address) ? address
        : throw No(HidesValue ? "The value" : $"'{DisplayText.ToDisplay(text)}'");

    private protected override bool Takes(object bare) => bare is Uri;
}

/// <summary>A number with a point, or as the current culture writes it. PowerShell alone would read 0,5 as 5.</summary>
public sealed class NumberTransformationAttribute : ValueTransformationAttribute
{
    /// <summary>Refuses fractions, which would be rounded.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Takes a TimeSpan as its seconds, as the Duration of a task is one.</summary>
    public bool IsSeconds { get; set; }

    /// <summary>The largest whole number.</summary>
    public double Largest { get; set; } = int.MaxValue;

    private protected override string Wanted => IsWhole ? "a whole number" : "a number";

    private protected override object Value(string text)
    {
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            || double.TryParse(text, NumberStyles.Float, CultureInfo.CurrentCulture, out number);
        return isNumber && Takes(number) ? number : throw No($"'{DisplayText.ToDisplay(text)}'");
    }

    private protected override bool Takes(object bare) =>
        IsNumber(bare) && (!IsWhole || IsWholeNumber(Convert.ToDouble(bare, CultureInfo.InvariantCulture)));

    private protected override object Bare(object bare) =>
        IsSeconds && bare is TimeSpan time ? (int)Math.Round(time.TotalSeconds) : base.Bare(bare);

    private bool IsWholeNumber(double number) => Math.Abs(number) <= Largest && Math.Floor(number) == number;
}

/// <summary>A date of this century: in round-trip form, else as the current culture writes it.</summary>
/// <remarks>PowerShell alone would read 3.12.2026 as March, and 7 as a moment of the year 1.</remarks>
public sealed class DateTransformationAttribute : ValueTransformationAttribute
{
    private protected override string Wanted => "a date";

    private protected override object Value(string text) =>
        PSObjectReader.Date(text) ?? throw No($"'{DisplayText.ToDisplay(text)}'");

    private protected override bool Takes(object bare) => bare is DateTime && PSObjectReader.Date(bare) is not null;
}

/// <summary>A switch from a cell: True or False, 1 or 0.</summary>
public sealed class SwitchTransformationAttribute : ValueTransformationAttribute
{
    private protected override object? Nothing => new SwitchParameter(false);

    private protected override string Wanted => "True or False";

    private protected override object Value(string text) => text switch
    {
        "1" => new SwitchParameter(true),
        "0" => new SwitchParameter(false),
        _ when bool.TryParse(text, out bool value) => new SwitchParameter(value),
        _ => throw No($"'{DisplayText.ToDisplay(text)}'"),
    };

    private protected override bool Takes(object bare) => bare is bool or SwitchParameter || IsNumber(bare);
}

/// <summary>A kind of task by its name or number, or nothing.</summary>
public sealed class KindTransformationAttribute : ValueTransformationAttribute
{
    private protected override string Wanted =>
        "a task kind; use one of " + string.Join(", ", Enum.GetNames(typeof(KlingTaskKind)));

    private protected override object Value(string text)
    {
        // The service's own word, such as text2video.
        string route = $"v1/videos/{text}";
        int at = Array.FindIndex(TaskKinds.All, row => row.Route.Equals(route, StringComparison.OrdinalIgnoreCase));
        if (at >= 0)
        {
            return TaskKinds.All[at].Kind;
        }

        // Enum.TryParse would combine a comma-separated list into a third value.
        return text.IndexOf(',') < 0 && Enum.TryParse(text, ignoreCase: true, out KlingTaskKind kind) && Takes(kind)
            ? kind
            : throw No($"'{DisplayText.ToDisplay(text)}'");
    }

    private protected override bool Takes(object bare) => bare switch
    {
        KlingTaskKind kind => Enum.IsDefined(typeof(KlingTaskKind), kind),
        int number => Enum.IsDefined(typeof(KlingTaskKind), number),
        long number => number is >= 0 and <= int.MaxValue && Enum.IsDefined(typeof(KlingTaskKind), (int)number),
        _ => false,
    };
}

/// <summary>
/// A text. What has none of its own would be sent, and paid for, by the name of its type: it is refused.
/// </summary>
public sealed class TextTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare is null ? null
            // Its text would be the name alone in Windows PowerShell.
            : bare is FileSystemInfo file ? file.FullName
            : IsText(bare) ? inputData
            : throw NoText(bare);
    }

    internal static bool IsText(object bare) => bare is string or ValueType or Uri or FileSystemInfo;

    internal static ArgumentTransformationMetadataException NoText(object bare) =>
        new($"The value must be a string, not a {bare.GetType().Name}.");
}

/// <summary>An id: a text, a whole number from 1 up, or an object with a property of that name.</summary>
/// <param name="property">The property.</param>
public sealed class IdTransformationAttribute(string property) : ArgumentTransformationAttribute
{
    /// <summary>The property that an object has its id in.</summary>
    public string Property => property;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is null ? null
        : TryRead(inputData, property, out string? id, out string? error) ? id
        : throw new ArgumentTransformationMetadataException(error);

    /// <summary>Reads an id, or says why the value holds none.</summary>
    internal static bool TryRead(object item, string property, out string? id, out string? error)
    {
        object bare = item is PSObject wrapped ? wrapped.BaseObject : item;
        PSObjectReader? fields = bare is string or ValueType ? null : PSObjectReader.Of(item);
        // The body of a callback has the service's name of it.
        object? value = fields is null ? bare
            : fields.Raw(property) ?? (property == "TaskId" ? fields.Raw("task_id") : null);
        id = value switch
        {
            string text => text,
            Guid guid => guid.ToString(),
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal => Digits((IFormattable)value),
            _ => null,
        };
        error = id is not null ? null
            : value is double or float ? "A floating-point number loses digits of an id; put the id in quotes."
            : value is ValueType ? $"{DisplayText.ToDisplay(value.ToString()!)} is not an id."
            : $"A value of type {bare.GetType().Name} without a {property} property is not an id.";
        return id is not null;
    }

    private static string? Digits(IFormattable number)
    {
        string text = number.ToString(null, CultureInfo.InvariantCulture);
        return text.All(c => c is >= '0' and <= '9') && text != "0" ? text : null;
    }
}

/// <summary>
/// A secret of callbacks as a SecureString, from a plain string too. What can be no secret would accept nothing: it is
/// refused.
/// </summary>
public sealed class WebhookSecretTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        SecureStringTransformationAttribute.Read(item, "secret") is not { } secret ? null
        : WebhookSecret.GetValidationError(SecureStringTransformationAttribute.Reveal(secret)) is { } error
            ? throw new ArgumentTransformationMetadataException(error)
        : secret;
}

/// <summary>Headers as a dictionary, also from the collection that .NET's own listener keeps them in.</summary>
public sealed class HeadersTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not NameValueCollection headers)
        {
            return inputData;
        }

        Hashtable map = [];
        foreach (string? name in headers.AllKeys)
        {
            map[name ?? ""] = headers.GetValues(name);
        }

        return map;
    }
}
