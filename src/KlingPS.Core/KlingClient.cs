using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Providers;
using KlingPS.Requests;
using KlingPS.Responses;
using KlingPS.Submitting;
using KlingPS.Transport;
using KlingPS.Waiting;

namespace KlingPS;

/// <summary>The only door to the service. Light: made for each command over the connection they share.</summary>
internal sealed class KlingClient(KlingConnection connection, IRequestTrace? trace = null)
{
    // Packs that were bought earlier are not listed.
    private static readonly TimeSpan LongestPack = TimeSpan.FromDays(365);

    private readonly IRequestTrace _trace = trace ?? NoTrace.Instance;
    private readonly ApiTransport _transport = new(connection, trace ?? NoTrace.Instance);
    private readonly TaskPoller _poller = new(connection, trace ?? NoTrace.Instance);

    internal KlingConnection Connection => connection;

    /// <summary>What this command submits, and what of it has been told.</summary>
    internal SubmissionLog Submissions { get; } = new(connection.Journal);

    internal DateTimeOffset Now => connection.Time.GetUtcNow();

    /// <summary>The request for -WhatIf and -Confirm: method, address, and below them the body.</summary>
    internal string Describe(SubmitRequest request)
    {
        request = ForProvider(request);
        Uri address = ApiRequest.Submit(request).Address(connection.Settings.BaseUri);
        return $"POST {address}{Environment.NewLine}{RequestWriter.Preview(request)}";
    }

    /// <summary>Creates a task. Sent again only where the service provably created nothing.</summary>
    /// <param name="options">How long to wait for a slot, and what may be sent.</param>
    /// <exception cref="KlingException">With <see cref="KlingException.Submission"/> saying what is known of the
    /// task.</exception>
    internal Task<KlingTask> SubmitAsync(
        SubmitRequest request,
        SubmitOptions options,
        CancellationToken cancellationToken) =>
        new Submission(
            connection,
            _transport,
            GetAsync,
            FindAsync,
            _trace,
            Submissions,
            ForProvider(request),
            options).RunAsync(cancellationToken);

    /// <returns>The task that -Once would write instead of paying, as far as this machine knows; else null.</returns>
    /// <exception cref="KlingException">NameTaken, MayBePaidAlready or JournalNotWritable.</exception>
    internal string? TaskPaidBefore(SubmitRequest request, bool isForced)
    {
        request = ForProvider(request);
        ClaimRules rules = new(connection.Host, connection.Account, Submissions.Command)
        {
            IsOnce = true,
            IsForced = isForced,
        };
        return connection.Journal.Find(request, new RequestFingerprint(request), rules)?.Entry.TaskId;
    }

    /// <summary>Asks the service what became of a submission, and records the task it finds.</summary>
    /// <exception cref="KlingException">IntentUnresolved, or the error of the query.</exception>
    internal async Task<KlingTask> ResolveAsync(KlingIntent intent, CancellationToken cancellationToken)
    {
        JournalEntry entry = intent.Entry;
        if (!intent.IsThisAccount)
        {
            throw Unresolved(
                entry,
                $"it was sent with another key or to another address ({intent.Host}); connect with those first");
        }

        try
        {
            FoundTask found = await FindAsync(entry, cancellationToken).ConfigureAwait(false);
            await Submissions.AddFoundAsync(entry, found, cancellationToken).ConfigureAwait(false);
            if (found.IsByListAlone)
            {
                _trace.Warn(
                    $"Task {found.Task.TaskId} was found by its time and its parent, not by an id of this submission; "
                        + "one that another machine sent would look the same.");
            }

            return connection.Recent.Add(found.Task.With(entry.Details));
        }
        catch (KlingException e) when (e.Error == KlingError.TaskNotFound)
        {
            throw Unresolved(entry, $"the service has no task '{entry.TaskId ?? entry.ExternalTaskId}'", e);
        }
    }

    /// <summary>
    /// Asks for the task of a submission: by the id that an error named, by the user's own id, else by the list.
    /// </summary>
    /// <exception cref="KlingException">TaskNotFound: the service says that it has none. IntentUnresolved: nobody can
    /// say. Else the error of the query.</exception>
    private async Task<FoundTask> FindAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        if ((entry.TaskId ?? entry.ExternalTaskId) is { } id)
        {
            try
            {
                return new FoundTask(await GetAsync(id, entry.Kind, cancellationToken).ConfigureAwait(false));
            }
            catch (KlingException e) when (e.Error == KlingError.TaskNotFound
                && entry.TaskId is null && !Provider.TakesExternalId(entry.Kind))
            {
                throw Unresolved(entry, $"the service finds no task '{id}', but may take no external ids here", e);
            }
        }

        return !connection.Provider.ListsTasks
                ? throw Unresolved(entry, "it has no external id, and the service cannot list its tasks")
            : entry.ParentVideoId is null
                ? throw Unresolved(entry, "nothing tells its task from others in the service's list")
            : new FoundTask(await FindInListAsync(entry, cancellationToken).ConfigureAwait(false), IsByListAlone: true);
    }

    // An extension has no id of ours, but its parent: the only one of it made at that time that nothing else made.
    private async Task<KlingTask> FindInListAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        (DateTimeOffset from, DateTimeOffset until) = WhenMade(entry);
        bool MayHaveMade(JournalEntry other) =>
            other.Id != entry.Id && other.ParentVideoId == entry.ParentVideoId
            && WhenMade(other) is var made && made.From <= until && made.Until >= from;
        if (connection.Journal.Unsettled().Any(state => MayHaveMade(state.Entry)))
        {
            throw Unresolved(entry, "another submission of that time, for the same video, is unsettled too");
        }

        List<KlingTask> found = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int page = 1; page <= ApiRequest.LastPage; page++)
        {
            TaskPage tasks = await ListAsync(
                entry.Kind, page, ApiRequest.LargestPage, cancellationToken).ConfigureAwait(false);
            KlingTask[] others = [.. tasks.Tasks.Where(task => seen.Add(task.TaskId))];
            found.AddRange(others.Where(task =>
                task.ParentVideo?.VideoId == entry.ParentVideoId
                && task.CreatedAt >= from.LocalDateTime && task.CreatedAt <= until.LocalDateTime
                // What was only taken for that of another submission may be this one's.
                && connection.Journal.Find(task.TaskId) is null or { IsFound: true } or { IsListed: true }));
            if (tasks.Count < ApiRequest.LargestPage || others.Length == 0
                || tasks.Tasks.All(task => task.CreatedAt < from.LocalDateTime))
            {
                break;
            }
        }

        if (found.Count != 1)
        {
            throw Unresolved(
                entry,
                found.Count == 0
                    ? "the service lists no extension of this video made at that time"
                    : $"the service lists {found.Count} extensions of this video made at that time "
                        + $"({string.Join(", ", found.Select(task => task.TaskId))})");
        }

        return connection.Journal.Find(found[0].TaskId) is { } taken && taken.Id != entry.Id
            ? throw Unresolved(
                entry, $"the service lists one that fits, {found[0].TaskId}, which was taken for another submission's")
            : found[0];
    }

    // The entry is of the moment at which the request was sent or its outcome became unknown.
    private static (DateTimeOffset From, DateTimeOffset Until) WhenMade(JournalEntry entry)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(entry.TimeoutSeconds ?? SubmitOptions.UsualTimeout.TotalSeconds);
        return (entry.At - timeout - SubmitOptions.OnItsWay, entry.At + timeout + SubmitOptions.OnItsWay);
    }

    /// <summary>One page of the tasks of a kind, newest first; their kinds are known from then on.</summary>
    /// <param name="page">From 1.</param>
    /// <exception cref="KlingException">NotSupported where the provider has no lists; else the last error.</exception>
    internal async Task<TaskPage> ListAsync(KlingTaskKind kind, int page, int size, CancellationToken cancellationToken)
    {
        if (!connection.Provider.ListsTasks)
        {
            throw new KlingException(
                KlingError.NotSupported,
                "The tasks were not listed: CometAPI has no list of tasks.",
                action: "Get-KlingTask -Last lists those that this machine submitted.");
        }

        TaskPage tasks = await _poller.GetAsync(
            ApiRequest.List(kind, page, size),
            (body, key) => ListReader.ReadTasks(body, kind, key, Now),
            cancellationToken).ConfigureAwait(false);
        IEnumerable<KlingTask> known = tasks.Tasks.Select(
            task => connection.Recent.Add(task.With(connection.DetailsOf(task.TaskId))));
        return tasks with { Tasks = [.. known] };
    }

    /// <summary>What the account has left; free.</summary>
    /// <exception cref="KlingException">NotSupported where nobody can be asked; else the last error.</exception>
    internal Task<KlingBalance[]> GetBalanceAsync(CancellationToken cancellationToken)
    {
        ConnectionSettings settings = connection.Settings;
        if (connection.Provider == Provider.Kling)
        {
            long now = Now.ToUnixTimeMilliseconds();
            long start = (Now - LongestPack).ToUnixTimeMilliseconds();
            string path = FormattableString.Invariant($"account/costs?start_time={start}&end_time={now}");
            return _poller.GetAsync(
                ApiRequest.Balance(new Uri(settings.BaseUri, path), isAuthorized: true),
                ListReader.ReadPacks,
                cancellationToken);
        }

        Uri quota = settings.QuotaUri ?? Provider.QuotaOf(settings.BaseUri) ?? throw new KlingException(
            KlingError.NotSupported,
            $"The balance was not queried: only CometAPI's own address has this service, not {connection.Host}.",
            action: "Look at the account's page at the gateway.");
        // The service wants the key in the query, which nothing shows.
        UriBuilder address = new(quota) { Query = "key=" + Uri.EscapeDataString(connection.Key.Reveal()) };
        return _poller.GetAsync(
            ApiRequest.Balance(address.Uri, isAuthorized: false), ListReader.ReadQuota, cancellationToken);
    }

    /// <summary>Queries one task, again where an error passes and no pause beyond the timeout is asked for.</summary>
    /// <exception cref="KlingException">The last error.</exception>
    internal Task<KlingTask> GetAsync(string taskId, KlingTaskKind kind, CancellationToken cancellationToken) =>
        GetAsync(taskId, kind, connection.DetailsOf(taskId), cancellationToken);

    /// <param name="known">What the caller knows of the task.</param>
    /// <inheritdoc cref="GetAsync(string, KlingTaskKind, CancellationToken)"/>
    internal async Task<KlingTask> GetAsync(
        string taskId,
        KlingTaskKind kind,
        TaskDetails known,
        CancellationToken cancellationToken)
    {
        try
        {
            KlingTask task = await _poller.GetAsync(taskId, kind, cancellationToken).ConfigureAwait(false);
            return known == TaskDetails.None ? task : connection.Recent.Add(task.With(known));
        }
        catch (KlingException e) when (e.Error == KlingError.TaskNotFound
            && connection.Recent.TaskOfVideo(taskId.Trim()) is { } owner)
        {
            throw new KlingException(
                KlingError.TaskNotFound,
                $"{taskId.Trim()} is the id of a video, not of a task.",
                e,
                action: $"Give the id of its task, {owner}.");
        }
    }

    /// <summary>A wait for a set of tasks, which its RunAsync begins.</summary>
    /// <inheritdoc cref="TaskWaiter(TaskPoller, WaitOptions, Action{WaitOutcome}, Action{WaitProgress}?)"/>
    internal TaskWaiter Wait(WaitOptions options, Action<WaitOutcome> tell, Action<WaitProgress>? report = null) =>
        new(_poller, options, tell, report);

    /// <summary>Saves one video to a file, asking once for a fresh address where the known one is spent.</summary>
    /// <param name="video">The video; without a URL its task is queried for one.</param>
    /// <param name="path">The final path; its folder exists.</param>
    /// <param name="options">What may be replaced and how large it may be.</param>
    /// <exception cref="KlingException">Nothing stands at the final path that was not there before.</exception>
    internal async Task SaveAsync(
        KlingVideo video,
        string path,
        SaveOptions options,
        CancellationToken cancellationToken)
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

        try
        {
            if (!string.IsNullOrEmpty(video.VideoId) && !options.IsTemporary)
            {
                await connection.Journal.RecordSavedAsync(video, path, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KlingException e) when (e.Error == KlingError.JournalNotWritable)
        {
            // The file is whole; only a later -SkipExisting knows less.
        }
    }

    /// <summary>The kind of a task this connection has seen or this machine submitted, else null.</summary>
    internal KlingTaskKind? KnownKind(string taskId) =>
        connection.Recent.KindOf(taskId) ?? connection.Journal.Find(taskId)?.Kind;

    /// <returns>A warning when the journal knows that the task belongs to another account, else null.</returns>
    internal string? WarnIfOtherAccount(string taskId) =>
        connection.Journal.Find(taskId) is { } made && !connection.Owns(made)
            ? $"Task {taskId} was made with another key or at another address ({made.Host}), so this account "
                + "probably cannot extend it. Connect with the key that made it."
            : null;

    private SubmitRequest ForProvider(SubmitRequest request) => request is ExtensionRequest extension
        ? extension with { NamesTask = connection.Provider.SendsParentTask }
        : request;

    private static KlingException Unresolved(JournalEntry entry, string why, Exception? cause = null) => new(
        KlingError.IntentUnresolved,
        $"It is unknown whether this submission created a task ({entry.Describe()}): {why}.",
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
