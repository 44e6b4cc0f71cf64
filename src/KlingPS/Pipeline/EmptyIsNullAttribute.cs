using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>An empty cell of a CSV means that nothing is given.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class EmptyIsNullAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text && text.Trim().Length == 0
            ? null
            : inputData;

    internal static string? Of(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
