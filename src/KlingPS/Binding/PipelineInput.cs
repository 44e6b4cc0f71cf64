using System.Management.Automation;

namespace KlingPS.Binding;

/// <summary>What comes down the pipeline to a cmdlet whose own parameters for it are not free.</summary>
internal sealed class PipelineInput
{
    private const string Name = "PipelineInput";

    private readonly RuntimeDefinedParameterDictionary _parameters = new();

    /// <summary>The tasks in the object of this record; a video is a task of this one video.</summary>
    internal IEnumerable<KlingTask> Tasks => Items.OfType<KlingTask>();

    /// <summary>The ids in it.</summary>
    internal IEnumerable<string> Ids => Items.OfType<string>();

    private object[] Items =>
        !_parameters.TryGetValue(Name, out RuntimeDefinedParameter? parameter) || parameter.Value is null ? []
        : parameter.Value is object[] items ? items
        : [parameter.Value];

    /// <summary>A parameter that takes tasks, videos and ids from the pipeline, and that no help shows.</summary>
    /// <param name="parameterSet">The set the binder has settled on.</param>
    internal RuntimeDefinedParameterDictionary Parameter(string parameterSet)
    {
        ParameterAttribute fromPipeline = new() { ParameterSetName = parameterSet, ValueFromPipeline = true, DontShow = true };
        _parameters[Name] = new RuntimeDefinedParameter(Name, typeof(object), [fromPipeline, new TaskOrIdTransformationAttribute()]);
        return _parameters;
    }
}
