using KlingPS.Http;

namespace KlingPS.Pipeline;

/// <summary>Shows each request with -Verbose and its bodies with -Debug.</summary>
internal sealed class PipelineTrace(PipelineWriter writer, bool verbose, bool debug) : IRequestTrace
{
    // Longer than this, a person should know why nothing happens.
    private static readonly TimeSpan WorthAWarning = TimeSpan.FromSeconds(30);

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

    public void Pausing(TimeSpan pause, string reason)
    {
        string text = $"Pausing for {pause.TotalSeconds:0.#} s: {reason}";
        if (pause > WorthAWarning)
        {
            writer.Warning(text);
        }
        else
        {
            writer.Verbose(text);
        }
    }

    public void Warn(string text) => writer.Warning(text);
}
