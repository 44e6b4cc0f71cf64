using System.Globalization;
using System.Net;
using System.Text;
using KlingPS.Transport;
using KlingPS.Waiting;

namespace KlingPS.Benchmarks.Pace;

/// <summary>The real waiter, over the real client, on virtual time.</summary>
internal static class VirtualWait
{
    /// <summary>Waits for tasks this connection has just created, all at once.</summary>
    internal static async Task<WaitFigures> RunAsync(
        double[] durations,
        Func<ConnectionSettings, ConnectionSettings>? change = null,
        TimeSpan? interval = null,
        Action<WaitProgress>? report = null)
    {
        VirtualTime time = new();
        using VirtualService service = new(time, durations);
        ConnectionSettings settings =
            new() { BaseUri = new Uri("https://virtual.invalid/kling/"), MaxRequestsPerSec = 0 };
        using KlingConnection connection = new(
            change?.Invoke(settings) ?? settings,
            new ApiKey("sk-0123456789abcdefWXYZ", "a measurement"), time,
            service);
        WaitOptions options = new() { Timeout = TimeSpan.MaxValue, PollInterval = interval };
        int told = 0;
        TaskWaiter waiter = new KlingClient(connection).Wait(options, _ => told++, report);
        Task wait = waiter.RunAsync(CancellationToken.None);
        for (int i = 0; i < durations.Length; i++)
        {
            KlingTask task = KlingTask.FromId($"{i}", KlingTaskKind.VideoExtension, time.GetUtcNow())
                with { Status = KlingTaskStatus.Submitted };
            connection.Recent.Add(task, isNew: true);
            waiter.Add(task);
            // As in a pipeline, where each is taken while the next is submitted: the connection remembers so many only.
            SpinWait.SpinUntil(() => waiter.IsResting);
        }

        waiter.CompleteAdding();
        while (!wait.IsCompleted)
        {
            if (waiter.IsResting)
            {
                time.Step();
            }
            else
            {
                Thread.SpinWait(20);
            }
        }

        await wait;
        return told == durations.Length
            ? WaitFigures.Of(service.Gets, service.Delays)
            : throw new InvalidOperationException($"{told} of {durations.Length} tasks were told of.");
    }
}

/// <summary>A clock that jumps from one timer to the next, as fast as what they set off is done.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly SortedSet<Alarm> _alarms = [];
    private long _now;
    private long _lastOrder;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    internal TimeSpan Now => TimeSpan.FromTicks(Volatile.Read(ref _now));

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Start + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Sets the clock to the next timer and runs it; false when there is none.</summary>
    internal bool Step()
    {
        Alarm next;
        lock (_gate)
        {
            if (_alarms.Min is not { } first)
            {
                return false;
            }

            next = first;
            _alarms.Remove(first);
            Volatile.Write(ref _now, Math.Max(_now, first.Due));
        }

        next.Ring();
        return true;
    }

    private sealed class Alarm(VirtualTime time, Action ring) : ITimer, IComparable<Alarm>
    {
        private long _order;

        internal long Due { get; private set; }

        internal void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._alarms.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = time._now + dueTime.Ticks;
                    _order = ++time._lastOrder;
                    time._alarms.Add(this);
                }
            }

            return true;
        }

        public int CompareTo(Alarm? other)
        {
            int byTime = Due.CompareTo(other!.Due);
            return byTime != 0 ? byTime : _order.CompareTo(other._order);
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Answers queries for tasks "0" to "n-1", and keeps when each was asked about.</summary>
/// <remarks>Less than the sandbox, so that what is measured is the wait and not the service.</remarks>
internal sealed class VirtualService(VirtualTime time, double[] durations) : HttpMessageHandler
{
    private readonly DateTimeOffset _created = time.GetUtcNow();
    private readonly TimeSpan _start = time.Now;
    private readonly int[] _gets = new int[durations.Length];
    private readonly double[] _seen = new double[durations.Length];

    /// <summary>All queries.</summary>
    internal long Gets => _gets.Sum(count => (long)count);

    /// <summary>For each task that has answered with its end: how many seconds after it.</summary>
    internal double[] Delays => [.. _seen.Zip(durations, (seen, duration) => seen - duration)];

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string id = request.RequestUri!.Segments[^1];
        int task = int.Parse(id, CultureInfo.InvariantCulture);
        double age = (time.Now - _start).TotalSeconds;
        _gets[task]++;
        bool ended = age >= durations[task];
        _seen[task] = age;
        long created = _created.ToUnixTimeMilliseconds();
        long updated = ended ? created + (long)(durations[task] * 1000) : created;
        string result = ended
            ? $$$""" ,"task_result":{"videos":[{"id":"v{{{id}}}","url":"https://v.test/{{{id}}}","duration":"5"}]}"""
            : "";
        string status = ended ? "succeed" : "processing";
        string body = $$$"""
            {"code":0,"message":"SUCCEED","request_id":"r{{{id}}}",
            "data":{"task_id":"{{{id}}}","task_status":"{{{status}}}","task_status_msg":"",
            "created_at":{{{created}}},"updated_at":{{{updated}}}{{{result}}}}}
            """;
        ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }
}

/// <summary>What a wait cost and how late it saw the ends.</summary>
internal sealed record WaitFigures(double Gets, double Mean, double P95, double Most)
{
    internal static WaitFigures Of(long gets, double[] delays)
    {
        double[] sorted = [.. delays.Order()];
        return new WaitFigures(
            (double)gets / sorted.Length, sorted.Average(), sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1],
            sorted[^1]);
    }

    /// <summary>An interval from the creation on, as one would compute it: nothing is asked at age zero.</summary>
    internal static WaitFigures OfFixed(double interval, double[] durations)
    {
        double[] asked = [.. durations.Select(duration => Math.Ceiling(duration / interval))];
        return Of((long)asked.Sum(), [.. asked.Zip(durations, (count, duration) => (count * interval) - duration)]);
    }

    /// <summary>Several sets as one.</summary>
    internal static WaitFigures Together(IReadOnlyList<WaitFigures> sets) => new(
        sets.Average(set => set.Gets),
        sets.Average(set => set.Mean),
        sets.Average(set => set.P95),
        sets.Max(set => set.Most));
}

/// <summary>How long the virtual tasks take.</summary>
internal static class Durations
{
    internal const double Median = 230;
    private const double Spread = 0.45;
    private const double Floor = 60;

    /// <summary>Lognormal with a floor, the same for the same seed.</summary>
    internal static double[] Lognormal(int count, double median, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Max(Floor, median * Math.Exp(Spread * Normal(random))))];
    }

    // Box and Muller's way.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
