using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>What asynchronous code sees of a cmdlet: its streams, from any thread.</summary>
internal sealed class PipelineWriter(Pump pump, Cmdlet cmdlet)
{
    private ProgressRecord? _progress;

    internal void Output(object value) => pump.Post(() => cmdlet.WriteObject(value));

    /// <summary>The same for what only the pipeline thread can make.</summary>
    internal void Output(Func<object> make) => pump.Post(() => cmdlet.WriteObject(make()));

    internal void Error(KlingException error, object? target) =>
        pump.Post(() => cmdlet.WriteError(ErrorRecords.From(error, target)));

    internal void Warning(string text) => pump.Post(() => cmdlet.WriteWarning(DisplayText.ToLines(text)));

    internal void Verbose(string text) => pump.Post(() => cmdlet.WriteVerbose(DisplayText.ToLines(text)));

    internal void Debug(string text) => pump.Post(() => cmdlet.WriteDebug(DisplayText.ToLines(text)));

    /// <summary>The latest wins: one that has not been shown yet is replaced.</summary>
    internal void Progress(ProgressRecord record)
    {
        if (Interlocked.Exchange(ref _progress, record) is null)
        {
            pump.Post(() => cmdlet.WriteProgress(Interlocked.Exchange(ref _progress, null)!));
        }
    }
}
