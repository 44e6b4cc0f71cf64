using System.Collections.Concurrent;
using KlingPS.Clips;
using KlingPS.Downloads;
using KlingPS.Requests;
using KlingPS.Waiting;

namespace KlingPS.Chains;

/// <summary>Who is told what becomes of a chain; from any thread.</summary>
/// <param name="MethodChosen">The method is settled, or another has to be taken.</param>
/// <param name="Finished">A part is there.</param>
/// <param name="Interrupted">Why the chain stopped, and the paid task that ended it, or null if none was
/// created.</param>
internal sealed record ChainListener(
    Action MethodChosen,
    Action<KlingTask> Finished,
    Action<KlingException, KlingTask?> Interrupted);

/// <summary>Lets any number of videos go on side by side: one waiter for all, each step paid at most once.</summary>
internal sealed class ChainRunner
{
    private readonly KlingClient _client;
    private readonly TaskWaiter _waiter;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<WaitOutcome>> _waiting =
        new(StringComparer.Ordinal);

    // The running chains, plus one until no more can be started.
    private int _open = 1;

    internal ChainRunner(KlingClient client, WaitOptions wait, Action<WaitProgress>? report = null)
    {
        _client = client;
        _waiter = client.Wait(wait, outcome => Waiting(outcome.Task.TaskId).TrySetResult(outcome), report);
    }

    /// <summary>Waits for the steps of all chains, until they have ended and none can be started.</summary>
    internal Task WaitAsync(CancellationToken cancellationToken) => _waiter.RunAsync(cancellationToken);

    /// <summary>Says that no more chains will be started.</summary>
    internal void CompleteAdding() => Closed();

    /// <summary>Says that a chain is about to run.</summary>
    internal void Opened() => Interlocked.Increment(ref _open);

    /// <summary>Runs one chain to its end, which the listener is told.</summary>
    /// <param name="submit">How each step is submitted; its Stopping ends the chain before its next step.</param>
    /// <param name="cancellationToken">Ends what is on the wire too.</param>
    internal async Task RunAsync(
        Chain chain,
        SubmitOptions submit,
        ChainListener listener,
        CancellationToken cancellationToken)
    {
        KlingTask? step = null;
        try
        {
            listener.MethodChosen();
            StepSource source = new(_client, chain);
            while (!chain.IsLongEnough)
            {
                step = null;
                submit.Stopping.ThrowIfCancellationRequested();
                step = await SubmitAsync(chain, source, submit, listener, cancellationToken).ConfigureAwait(false);
                if (chain.Steps == 0 && chain.IsOfClips)
                {
                    listener.Finished(chain.Parent);
                }

                step = await EndOfAsync(step, submit.Stopping).ConfigureAwait(false);
                listener.Finished(step);
                chain.Add(step);
            }
        }
        catch (KlingException e)
        {
            listener.Interrupted(e, step);
        }
        finally
        {
            Closed();
        }
    }

    private async Task<KlingTask> SubmitAsync(
        Chain chain,
        StepSource source,
        SubmitOptions submit,
        ChainListener listener,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _client
                    .SubmitAsync(chain.Next(), submit with { Complete = source.CompleteAsync }, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KlingException e) when (chain.FallBack(e))
            {
                listener.MethodChosen();
            }
        }
    }

    private async Task<KlingTask> EndOfAsync(KlingTask task, CancellationToken cancellationToken)
    {
        TaskCompletionSource<WaitOutcome> waiting = Waiting(task.TaskId);
        _waiter.Add(task);
        using CancellationTokenRegistration stop = cancellationToken.Register(() => waiting.TrySetCanceled());
        WaitOutcome outcome = await waiting.Task.ConfigureAwait(false);
        return outcome.Error is null ? outcome.Task with { IsReused = task.IsReused } : throw outcome.Error;
    }

    private TaskCompletionSource<WaitOutcome> Waiting(string taskId) => _waiting.GetOrAdd(
        taskId, _ => new TaskCompletionSource<WaitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));

    private void Closed()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _waiter.CompleteAdding();
        }
    }
}

/// <summary>What a step takes from the video before it, once it is certain that the step is to be paid for.</summary>
internal sealed class StepSource(KlingClient client, Chain chain)
{
    private string? _aspectRatio;

    internal async Task<SubmitRequest> CompleteAsync(SubmitRequest request, CancellationToken cancellationToken)
    {
        if (request is not VideoRequest clip)
        {
            return request;
        }

        KlingVideo video = chain.Last.VideoOf(chain.VideoId) is { Url: not null } known
            ? known
            : await QueryAsync(cancellationToken).ConfigureAwait(false);
        return clip.Image is null
            ? clip with
            {
                ReferenceVideo = clip.ReferenceVideo! with { Url = video.Url! },
                AspectRatio = _aspectRatio ??= await WithFileAsync(
                    video, (file, _) => Task.FromResult(VideoShape.AspectRatioOf(file)), cancellationToken)
                    .ConfigureAwait(false),
            }
            : clip with
            {
                Image = await WithFileAsync(video, LastFrameAsync, cancellationToken).ConfigureAwait(false),
            };
    }

    private static async Task<ImageSource> LastFrameAsync(string file, CancellationToken cancellationToken)
    {
        string frame = file + ".jpg";
        await ClipJoiner.SaveLastFrameAsync(Ffmpeg.Find(), file, frame, cancellationToken).ConfigureAwait(false);
        return ImageSource.FromFile(frame);
    }

    private async Task<KlingVideo> QueryAsync(CancellationToken cancellationToken)
    {
        KlingTask task = await client.GetAsync(chain.Last.TaskId, chain.Last.Kind, cancellationToken)
            .ConfigureAwait(false);
        return task.VideoOf(chain.VideoId) is { Url: not null } video
            ? video
            : throw DownloadErrors.NoAddress(new KlingVideo { TaskId = task.TaskId, VideoId = chain.VideoId });
    }

    private async Task<T> WithFileAsync<T>(
        KlingVideo video,
        Func<string, CancellationToken, Task<T>> use,
        CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"klingps-{Guid.NewGuid():N}");
        Platform.CreatePrivateDirectory(folder);
        try
        {
            string file = Path.Combine(folder, "part.mp4");
            await client.SaveAsync(video, file, new SaveOptions { IsTemporary = true }, cancellationToken)
                .ConfigureAwait(false);
            return await use(file, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (FileFailure.Is(e))
            {
                // A scanner may hold it; the system clears this folder some day.
            }
        }
    }
}
