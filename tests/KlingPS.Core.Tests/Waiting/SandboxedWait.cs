using KlingPS.Core.Tests.Support;
using KlingPS.Requests;
using KlingPS.Sandbox;
using KlingPS.Transport;
using KlingPS.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Waiting;

/// <summary>A wait for tasks of a sandbox on the same clock.</summary>
internal sealed class SandboxedWait : IAsyncDisposable
{
    private readonly CountingHandler _handler;

    /// <param name="options">How to wait.</param>
    /// <param name="seconds">How long each task takes.</param>
    internal SandboxedWait(WaitOptions? options, params double[] seconds)
        : this(options, settings => settings, seconds)
    {
    }

    internal SandboxedWait(WaitOptions? options, Func<ConnectionSettings, ConnectionSettings> change, params double[] seconds)
    {
        FakeTimeProvider clock = Given.Clock();
        SandboxOptions sandbox = new() { Time = clock, DurationOf = i => TimeSpan.FromSeconds(seconds[i]) };
        _handler = new CountingHandler(new SandboxHandler(new SandboxService(sandbox)));
        Run = new WaitRun(clock, _handler, options, change);
    }

    internal WaitRun Run { get; }

    /// <summary>GET requests so far.</summary>
    internal int Polls => _handler.Polls;

    internal async Task<KlingTask[]> SubmitAsync(params string[] prompts)
    {
        List<KlingTask> tasks = [];
        foreach (string prompt in prompts)
        {
            VideoRequest request = new() { Prompt = prompt };
            tasks.Add(await Run.Client.SubmitAsync(request, TimeSpan.Zero, TestContext.Current.CancellationToken));
        }

        return [.. tasks];
    }

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        _handler.Dispose();
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        internal int Polls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Polls += request.Method == HttpMethod.Get ? 1 : 0;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
