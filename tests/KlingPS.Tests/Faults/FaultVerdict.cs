using System.Management.Automation;
using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <summary>What a cell came to, and what no cell may have whatever it came to.</summary>
internal sealed class FaultVerdict(FaultCell cell, Result result)
{
    // A timer may be early by its tick.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.02);

    private readonly List<string> _objections = [];

    /// <summary>The cmdlet's own requests.</summary>
    internal required IReadOnlyList<ReceivedRequest> Sent { get; init; }

    /// <summary>Those, and what it asked for a fresh address.</summary>
    internal required IReadOnlyList<ReceivedRequest> All { get; init; }

    /// <summary>What arrived at another host.</summary>
    internal required IReadOnlyList<ReceivedRequest> Elsewhere { get; init; }

    internal required int Created { get; init; }

    /// <summary>The names of what is in the folder that the cmdlet saves to.</summary>
    internal required IReadOnlyList<string> Files { get; init; }

    /// <summary>The server sees nothing: the attempts are those that -Verbose shows.</summary>
    internal required bool IsBelowHttp { get; init; }

    internal Observation Observe()
    {
        int shown = result.Verbose.Count(cell.Column.IsAbout);
        int attempts = IsBelowHttp ? shown : Sent.Count;
        Object(attempts == 0, "It sent nothing.");
        Object(attempts != shown, $"{attempts} requests arrived and -Verbose shows {shown}.");
        Object(result.Thrown is not null, $"It ended the command: {result.Thrown?.Message}");
        Object(
            result.Errors.Count + result.Output.Count != 1,
            $"One in made {result.Output.Count} objects and {result.Errors.Count} errors.");
        CheckPauses();
        CheckHeaders();
        CheckFiles();
        CheckSecrets();
        ErrorRecord? error = result.Errors.FirstOrDefault();
        KlingException? exception = error?.Exception as KlingException;
        Object(error is not null && exception is null, $"The error is a {error?.Exception.GetType()}.");
        Object(error is not null && string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction), "The error says not what to do.");
        string id = error is null ? Outcome.NoError : result.ErrorIds[0];
        return new Observation(new Outcome(id, attempts > 1, Created, exception?.Submission), _objections);
    }

    private void Object(bool isWrong, string why)
    {
        if (isWrong)
        {
            _objections.Add(why);
        }
    }

    private void CheckPauses()
    {
        Object(Sent.Count < cell.Row.LeastPolls && cell.Column.Cmdlet == "Wait-KlingTask", $"It looked {Sent.Count} times only.");
        for (int i = 1; i < Sent.Count; i++)
        {
            TimeSpan pause = Sent[i].ReceivedAt - Sent[i - 1].ReceivedAt;
            Object(pause < cell.Row.LeastPause - Tick, $"It paused for {pause} where {cell.Row.LeastPause} was asked for.");
        }
    }

    private void CheckHeaders()
    {
        foreach (ReceivedRequest request in All.Concat(Elsewhere))
        {
            bool isApi = request.Path.StartsWith("/kling/", StringComparison.Ordinal);
            Object(request.Headers.ContainsKey("Authorization") != isApi, $"{request.Path} came with the wrong headers: only the service gets the key.");
            // What is asked for packed would have to be unpacked.
            Object(request.Headers.TryGetValue("Accept-Encoding", out string? accepted) && accepted != "identity", $"It takes {accepted}.");
        }

        Object(Elsewhere.Count > 0 && !cell.Column.IsDownload, "It followed a redirect.");
    }

    // A file at its final name is whole, and what is not whole has another name.
    private void CheckFiles()
    {
        bool isSaved = cell.Column.IsDownload && result.Errors.Count == 0;
        Object(
            Files.Any(file => file.EndsWith(".mp4", StringComparison.Ordinal)) != isSaved || (isSaved && Files.Count != 1),
            $"It left {Files.Count} files: {string.Join(", ", Files)}.");
    }

    private void CheckSecrets()
    {
        IEnumerable<string?> texts = result.Errors
            .SelectMany(error => new[]
            {
                error.ToString(),
                error.Exception.ToString(),
                error.ErrorDetails?.Message,
                error.ErrorDetails?.RecommendedAction,
                error.CategoryInfo.ToString(),
                error.FullyQualifiedErrorId,
            })
            .Concat(result.Warnings)
            .Concat(result.Verbose)
            .Concat(result.Debug)
            .Concat(result.Progress.Select(record => record.ToString()));
        foreach (string text in texts.OfType<string>())
        {
            bool leaks = text.Contains(Answers.Key, StringComparison.Ordinal) || text.Contains(Answers.SecretName, StringComparison.Ordinal);
            Object(leaks, $"It shows a secret: {text}");
        }
    }
}
