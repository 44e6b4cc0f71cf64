using System.Globalization;
using System.Management.Automation;

namespace KlingPS.Binding;

/// <summary>A text. What has none of its own would be sent, and paid for, by the name of its type: it is refused.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TextTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return bare is null || IsText(bare) ? inputData : throw NoText(bare);
    }

    internal static bool IsText(object bare) => bare is string or ValueType or Uri or FileSystemInfo;

    internal static ArgumentTransformationMetadataException NoText(object bare) => new($"A value of type {bare.GetType().Name} is no text.");
}

/// <summary>An id: a text, a whole number from 1 up, or an object with a property of that name.</summary>
/// <param name="property">The property.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class IdTransformationAttribute(string property) : ArgumentTransformationAttribute
{
    /// <summary>The property that an object has its id in.</summary>
    public string Property => property;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is null ? null
        : TryRead(inputData, property, out string? id, out string? objection) ? id
        : throw new ArgumentTransformationMetadataException(objection);

    /// <summary>Reads an id, or says why the value holds none.</summary>
    internal static bool TryRead(object item, string property, out string? id, out string? objection)
    {
        object bare = item is PSObject wrapped ? wrapped.BaseObject : item;
        object? value = bare is string or ValueType ? bare : PSObjectReader.Of(item)?.Raw(property);
        id = value switch
        {
            string text => text,
            Guid guid => guid.ToString(),
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal => Digits((IFormattable)value),
            _ => null,
        };
        objection = id is not null ? null
            : value is double or float ? "A floating-point number has lost digits of an id; put the id into quotes."
            : value is ValueType ? $"{DisplayText.ToDisplay(value.ToString()!)} is no id."
            : $"A value of type {bare.GetType().Name} without a {property} is no id.";
        return id is not null;
    }

    private static string? Digits(IFormattable number)
    {
        string text = number.ToString(null, CultureInfo.InvariantCulture);
        return text.All(c => c is >= '0' and <= '9') && text != "0" ? text : null;
    }
}
