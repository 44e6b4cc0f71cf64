using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Responses;
using KlingPS.Submitting;
using KlingPS.Transport;

namespace KlingPS;

/// <summary>The only door to the service. Light: made for each command over the connection they share.</summary>
internal sealed class KlingClient(KlingConnection connection, IRequestTrace? trace = null)
{
    private readonly IRequestTrace _trace = trace ?? NoTrace.Instance;
    private readonly ApiTransport _sender = new(connection, trace ?? NoTrace.Instance);

    internal KlingConnection Connection => connection;

    internal IRequestTrace Trace => _trace;

    /// <summary>What this command submits, and what of it has been told.</summary>
    internal SubmissionLog Submissions { get; } = new(connection.Journal);

    internal DateTimeOffset Now => connection.Time.GetUtcNow();

    /// <summary>The request for -WhatIf and -Confirm: method, address, and below them the body.</summary>
    internal string Describe(SubmitRequest request)
    {
        Uri address = ApiRequest.Submit(request).Address(connection.Settings.BaseUri);
        return $"POST {address}{Environment.NewLine}{RequestWriter.Preview(request)}";
    }

    /// <summary>Creates a task. Sent again only where the service provably created nothing.</summary>
    /// <param name="request">What to create.</param>
    /// <param name="options">How long to wait for a slot, and what may be sent.</param>
    /// <param name="cancellationToken">Ends it, also in the middle of the request.</param>
    /// <exception cref="KlingException">With <see cref="KlingException.Submission"/> saying what is known of the task.</exception>
    internal Task<KlingTask> SubmitAsync(SubmitRequest request, SubmitOptions options, CancellationToken cancellationToken) =>
        new Submission(connection, _sender, _trace, Submissions, ApiRequest.Submit(request), options).RunAsync(cancellationToken);

    /// <summary>Asks the service what became of a submission, and records the task it finds.</summary>
    /// <exception cref="KlingException">IntentUnresolved, or the error of the query.</exception>
    internal async Task<KlingTask> ResolveAsync(KlingIntent intent, CancellationToken cancellationToken)
    {
        JournalEntry entry = intent.Entry;
        if (!intent.IsThisAccount)
        {
            throw Unresolved(intent, $"it was sent with another key or to another address ({intent.Host}); connect with those first");
        }

        // A task that the error answer named, else the user's own id of it.
        string id = entry.TaskId ?? entry.ExternalTaskId ?? throw Unresolved(
            intent,
            "it has no external id, and the service has no list of tasks to look in");
        try
        {
            KlingTask task = await GetAsync(id, entry.Kind, cancellationToken).ConfigureAwait(false);
            JournalEntry created = entry with { Command = Submissions.Command, Process = ProcessIdentity.Current };
            Submissions.Add(await connection.Journal
                .RecordOutcomeAsync(created, JournalEvent.Created, task.TaskId, cancellationToken: cancellationToken)
                .ConfigureAwait(false));
            connection.Recent.AddSeen(task);
            return task;
        }
        catch (KlingException e) when (e.Error == KlingError.TaskNotFound)
        {
            throw Unresolved(intent, $"the service knows no task '{id}'", e);
        }
    }

    /// <summary>Queries one task, again where an error passes and no pause beyond the timeout is asked for.</summary>
    /// <exception cref="KlingException">The last error.</exception>
    internal async Task<KlingTask> GetAsync(string taskId, KlingTaskKind kind, CancellationToken cancellationToken)
    {
        taskId = TaskIds.Check(taskId);
        TimeSpan timeout = connection.Settings.RequestTimeout;
        long started = connection.Time.GetTimestamp();
        for (int attempt = 0; ;)
        {
            TimeSpan pause;
            string reason;
            try
            {
                return await PollAsync(taskId, kind, timeout, Left(), default, cancellationToken).ConfigureAwait(false);
            }
            catch (KlingException e) when (IsNotVisibleYet(e, taskId))
            {
                pause = RetryDelay.Before(0, e, Left(), 0);
                reason = $"the service does not know task {taskId} yet";
            }
            catch (KlingException e) when (e.IsRetryable && attempt < connection.Settings.MaxRetryCount)
            {
                pause = RetryDelay.Before(attempt++, e, Left(), Platform.NextRandom());
                reason = e.WhatHappened;
            }

            await _trace.PauseAsync(connection.Time, pause, reason, cancellationToken).ConfigureAwait(false);
        }

        TimeSpan Left() => timeout - connection.Time.GetElapsedTime(started);
    }

    /// <summary>Queries one task once.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="kind">Its kind, which decides the route.</param>
    /// <param name="timeout">For the request, once it is its turn.</param>
    /// <param name="left">The time of the command: a longer pause of the service is an error at once.</param>
    /// <param name="tooLate">Gives up waiting for its turn.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<KlingTask> PollAsync(
        string taskId,
        KlingTaskKind kind,
        TimeSpan timeout,
        TimeSpan left,
        CancellationToken tooLate,
        CancellationToken cancellationToken)
    {
        ApiRequest request = ApiRequest.Query(TaskIds.Check(taskId), kind);
        using RateLimitLease lease = connection.Limiter.Enqueue(left, _trace);
        using (CancellationTokenSource? either = tooLate.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(tooLate, cancellationToken)
            : null)
        {
            await lease.AcquireAsync(either?.Token ?? cancellationToken).ConfigureAwait(false);
        }

        ApiResponse response = await _sender
            .SendAsync(request, null, lease.Waited, timeout, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            KlingTask task = ResponseReader.Read(request, response, connection.Key.Reveal(), Now);
            connection.Recent.AddSeen(task);
            connection.Limiter.OnResponse(lease, null);
            return task;
        }
        catch (KlingException e)
        {
            connection.Limiter.OnResponse(lease, e);
            throw;
        }
    }

    /// <summary>Saves one video to a file, asking once for a fresh address where the known one is spent.</summary>
    /// <param name="video">The video; without a URL its task is queried for one.</param>
    /// <param name="path">The final path; its folder exists.</param>
    /// <param name="options">What may be replaced and how large it may be.</param>
    /// <param name="cancellationToken">Ends it; what has arrived stays for the next time.</param>
    /// <exception cref="KlingException">Nothing stands at the final path that was not there before.</exception>
    internal async Task SaveAsync(KlingVideo video, string path, SaveOptions options, CancellationToken cancellationToken)
    {
        VideoDownloader downloader = new(connection, _trace, options);
        bool isFresh = video.Url is null;
        KlingVideo current = isFresh ? await RefreshAsync(video, cancellationToken).ConfigureAwait(false) : video;
        try
        {
            await downloader.SaveAsync(current, path, cancellationToken).ConfigureAwait(false);
        }
        catch (KlingException e) when (e.Error == KlingError.VideoExpired && !isFresh && video.TaskId.Length > 0)
        {
            KlingVideo fresh = await RefreshAsync(video, cancellationToken).ConfigureAwait(false);
            await downloader.SaveAsync(fresh, path, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How long tasks of a kind should take in the median, by what earlier waits at this address saw.</summary>
    internal TimeSpan ExpectedOf(KlingTaskKind kind) =>
        connection.Journal.Expect(connection.Host, kind, connection.Settings.ExpectedDuration ?? TaskKinds.ExpectedOf(kind));

    /// <summary>Keeps what a wait saw for the next.</summary>
    internal async Task SaveDurationsAsync(IEnumerable<(KlingTaskKind Kind, TimeSpan Median, int Ended)> seen, CancellationToken cancellationToken)
    {
        try
        {
            foreach ((KlingTaskKind kind, TimeSpan median, int ended) in seen)
            {
                await connection.Journal.RecordDurationAsync(connection.Host, kind, median, ended, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KlingException e) when (e.Error == KlingError.JournalNotWritable)
        {
            // It would only have made the next wait a little better.
        }
    }

    /// <summary>The kind of a task this connection has seen or this machine submitted, else null.</summary>
    internal KlingTaskKind? KnownKind(string taskId) => connection.Recent.KindOf(taskId) ?? connection.Journal.Find(taskId)?.Kind;

    /// <summary>The last tasks this machine submitted for the connected account, oldest of them first.</summary>
    internal JournalEntry[] LastSubmitted(int count) => connection.Journal.Last(count, connection.Host, connection.Account);

    /// <returns>A warning when the journal knows that the task belongs to another account, else null.</returns>
    internal string? WarnIfOtherAccount(string taskId) =>
        connection.Journal.Find(taskId) is { } made && (made.Host != connection.Host || !connection.Account.Matches(made.Account))
            ? $"Task {taskId} was made with another key or at another address ({made.Host}), so this account will hardly be able to extend it. Connect with the key that made it."
            : null;

    /// <summary>A task of ours so young that "not found" is not believed.</summary>
    internal bool IsNotVisibleYet(KlingException e, string taskId) =>
        e.Error == KlingError.TaskNotFound && (connection.Recent.IsYoung(taskId) || connection.Journal.IsNotVisibleYet(taskId, connection.Host));

    private static KlingException Unresolved(KlingIntent intent, string why, Exception? cause = null) => new(
        KlingError.IntentUnresolved,
        $"It is unknown whether this submission created a task ({intent}): {why}.",
        cause)
    {
        Submission = SubmissionOutcome.Unknown,
    };

    private async Task<KlingVideo> RefreshAsync(KlingVideo video, CancellationToken cancellationToken)
    {
        try
        {
            KlingTask task = await GetAsync(video.TaskId, video.Kind, cancellationToken).ConfigureAwait(false);
            KlingVideo? fresh = task.Videos.FirstOrDefault(candidate => candidate.VideoId == video.VideoId);
            return fresh?.Url is null ? throw DownloadErrors.NoAddress(video) : fresh;
        }
        catch (KlingException e) when (e.Error == KlingError.TaskNotFound)
        {
            throw DownloadErrors.NoAddress(video);
        }
    }
}
