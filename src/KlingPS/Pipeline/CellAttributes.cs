using System.Globalization;
using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>A cell of a CSV as a value: an empty one means that nothing is given.</summary>
public abstract class CellAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text
            ? text.Trim().Length == 0 ? Nothing : Value(text.Trim())
            : inputData;

    /// <summary>What an empty cell is bound as.</summary>
    private protected virtual object? Nothing => null;

    /// <summary>Null for a text that says nothing.</summary>
    internal static string? TextOf(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>The value of a text that is not empty.</summary>
    /// <param name="text">Without surrounding white space.</param>
    /// <returns>What is bound.</returns>
    private protected virtual object Value(string text) => text;
}

/// <summary>A text or nothing.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class EmptyIsNullAttribute : CellAttribute;

/// <summary>A number with a point, or as the current culture writes it. PowerShell alone would read 0,5 as 5.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class NumberAttribute : CellAttribute
{
    /// <summary>Refuses fractions, which would be rounded.</summary>
    public bool IsWhole { get; set; }

    private protected override object Value(string text)
    {
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            || double.TryParse(text, NumberStyles.Float, CultureInfo.CurrentCulture, out number);
        return isNumber && !(IsWhole && Math.Floor(number) != number)
            ? number
            : throw new ArgumentTransformationMetadataException($"'{text}' is no {(IsWhole ? "whole " : "")}number.");
    }
}

/// <summary>A switch from a cell: True or False, 1 or 0.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SwitchCellAttribute : CellAttribute
{
    private protected override object? Nothing => new SwitchParameter(false);

    private protected override object Value(string text) => text switch
    {
        "1" => new SwitchParameter(true),
        "0" => new SwitchParameter(false),
        _ when bool.TryParse(text, out bool value) => new SwitchParameter(value),
        _ => throw new ArgumentTransformationMetadataException($"'{text}' is neither True nor False."),
    };
}
