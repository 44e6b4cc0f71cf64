using KlingPS.Downloads;
using KlingPS.Pipeline;

namespace KlingPS.Saving;

/// <summary>The queries and downloads of one command: so many at once, one bar, each file or error written as it comes.</summary>
internal sealed class VideoSaver(KlingClient client, PipelineWriter writer, DestinationResolver targets, int atOnce, SaveOptions options) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(atOnce);

    internal SaveBar Bar { get; } = new(writer);

    /// <summary>Asks for a task that is known by its id only.</summary>
    internal async Task QueryAsync(string taskId, KlingTaskKind kind, Action<KlingTask> found, CancellationToken token)
    {
        await _gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            found(await client.GetAsync(taskId, kind, token).ConfigureAwait(false));
        }
        catch (KlingException e)
        {
            writer.Error(e, taskId);
        }
        finally
        {
            _gate.Release();
        }
    }

    internal async Task SaveAsync(KlingVideo video, string path, CancellationToken token)
    {
        Bar.Added();
        await _gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            await client.SaveAsync(video, path, options with { Received = Bar.Received }, token).ConfigureAwait(false);
            writer.Output(() => targets.Saved(video, path));
        }
        catch (KlingException e)
        {
            writer.Error(e, video);
        }
        finally
        {
            _gate.Release();
            Bar.Finished();
        }
    }

    public void Dispose() => _gate.Dispose();
}
