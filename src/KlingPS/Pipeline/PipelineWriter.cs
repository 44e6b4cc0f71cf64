using System.Diagnostics;
using KlingPS.Transport;

namespace KlingPS.Pipeline;

/// <summary>What asynchronous code sees of a cmdlet: its streams, from any thread.</summary>
internal sealed class PipelineWriter(Pump pump, Cmdlet cmdlet)
{
    private ProgressRecord[]? _progress;

    internal void Output(object value) => pump.Post(() => cmdlet.WriteObject(value));

    /// <summary>The same for what only the pipeline thread can make.</summary>
    internal void Output(Func<object> make) => pump.Post(() => cmdlet.WriteObject(make()));

    internal void Error(KlingException error, object? target) =>
        pump.Post(() => cmdlet.WriteError(ErrorRecords.From(error, target)));

    internal void Warning(string text) => pump.Post(() => cmdlet.WriteWarning(DisplayText.ToLines(text)));

    internal void Verbose(string text) => pump.Post(() => cmdlet.WriteVerbose(DisplayText.ToLines(text)));

    internal void Debug(string text) => pump.Post(() => cmdlet.WriteDebug(DisplayText.ToLines(text)));

    /// <summary>The latest wins: one that has not been shown yet is replaced.</summary>
    internal void Progress(params ProgressRecord[] records)
    {
        if (Interlocked.Exchange(ref _progress, records) is null)
        {
            pump.Post(() =>
            {
                foreach (ProgressRecord record in Interlocked.Exchange(ref _progress, null)!)
                {
                    cmdlet.WriteProgress(record);
                }
            });
        }
    }
}

/// <summary>Shows requests with -Verbose, their bodies with -Debug, and the waits before them in a bar too.</summary>
internal sealed class PipelineTrace(
    PipelineWriter writer,
    WaitIndicator notes,
    bool verbose,
    bool debug) : IRequestTrace
{
    // Longer pauses are announced.
    private static readonly TimeSpan WorthAWarning = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly object _lock = new();
    private string _said = "";
    private TimeSpan _saidUntil;

    public bool WantsRequests => verbose || debug;

    public bool WantsBodies => debug;

    public void Completed(RequestTrace request)
    {
        writer.Verbose(request.ToString());
        if (request.RequestBody is { } sent)
        {
            writer.Debug($"{request.Method} {request.Address.AbsolutePath} sent {sent}");
        }

        if (request.ResponseBody is { } received)
        {
            writer.Debug($"{request.Method} {request.Address.AbsolutePath} received {received}");
        }
    }

    public IDisposable? Pausing(TimeSpan pause, string reason)
    {
        if (IsNews(pause, reason))
        {
            Action<string> say = pause > WorthAWarning ? writer.Warning : writer.Verbose;
            say($"Pausing for {pause.TotalSeconds:0.#} s: {reason}");
        }

        return notes.Add(pause, reason);
    }

    public IDisposable? Queueing(TimeSpan expected, string reason)
    {
        if (IsNews(expected, reason))
        {
            writer.Verbose($"Waiting for up to {expected.TotalSeconds:0.#} s: {reason}");
        }

        return notes.Add(expected, reason);
    }

    public void Warn(string text) => writer.Warning(text);

    // A hundred requests waiting for the same reason say so once.
    private bool IsNews(TimeSpan length, string reason)
    {
        lock (_lock)
        {
            TimeSpan end = _clock.Elapsed + length;
            if (reason == _said && end <= _saidUntil + RateLimiter.AnnouncedFrom)
            {
                return false;
            }

            (_said, _saidUntil) = (reason, end);
            return true;
        }
    }
}

/// <summary>A <see cref="KlingException"/> as PowerShell shows it.</summary>
internal static class ErrorRecords
{
    internal static ErrorRecord From(KlingException error, object? target)
    {
        ErrorCategory category = (ErrorCategory)Enum.Parse(typeof(ErrorCategory), error.Error.Category);
        ErrorRecord record = new(error, error.ErrorId, category, Displayable(target))
        {
            ErrorDetails = new ErrorDetails(Shown(error)) { RecommendedAction = error.RecommendedAction },
        };
        record.CategoryInfo.TargetName = DisplayText.ToDisplay(record.CategoryInfo.TargetName);
        return record;
    }

    // Tasks and videos are safe to display. Text keeps its invisible characters, because a prompt retried
    // from TargetObject must be the same.
    private static object? Displayable(object? target) =>
        target is string text && text.Any(IsCarriedOut)
            ? new string([.. text.Select(c => IsCarriedOut(c) ? '\uFFFD' : c)])
            : target;

    private static bool IsCarriedOut(char c) => DisplayText.IsControl(c) && c is not ('\n' or '\t');

    // PowerShell 7 shows the recommended action below the message; Windows PowerShell does not show it.
    private static string Shown(KlingException error) => ModuleLifetime.IsDesktop ? error.Message : error.WhatHappened;
}
