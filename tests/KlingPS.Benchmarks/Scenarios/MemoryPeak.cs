using System.Diagnostics;

namespace KlingPS.Benchmarks.Scenarios;

/// <summary>How much more memory the process held at most, and how many threads, than when a watch began.</summary>
internal sealed class MemoryPeak
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    internal double Megabytes { get; private set; }

    internal int Threads { get; private set; }

    internal IDisposable Watch()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return new Watching(this, Look().Bytes);
    }

    private static (long Bytes, int Threads) Look()
    {
        using Process process = Process.GetCurrentProcess();
        return (process.WorkingSet64, process.Threads.Count);
    }

    private sealed class Watching : IDisposable
    {
        private readonly MemoryPeak _peak;
        private readonly long _start;
        private readonly Timer _timer;

        internal Watching(MemoryPeak peak, long start)
        {
            _peak = peak;
            _start = start;
            _timer = new Timer(_ => Take(), null, Pause, Pause);
        }

        public void Dispose()
        {
            _timer.Dispose();
            Take();
        }

        private void Take()
        {
            (long bytes, int threads) = Look();
            _peak.Megabytes = Math.Max(_peak.Megabytes, (bytes - _start) / 1e6);
            _peak.Threads = Math.Max(_peak.Threads, threads);
        }
    }
}
