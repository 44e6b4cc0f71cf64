using System.Collections.Concurrent;
using System.Diagnostics;

namespace KlingPS.Tests.Faults;

/// <summary>The whole table, run once: most of a cell's time is a pause, so many run side by side.</summary>
public sealed class FaultMatrix : IAsyncLifetime
{
    private const int AtOnce = 40;

    private readonly ConcurrentDictionary<(string Fault, string Cmdlet), Observation> _observed = [];
    private readonly ConcurrentDictionary<(string Fault, string Cmdlet), Exception> _failed = [];
    private readonly ConcurrentBag<Shell> _shells = [];

    internal TimeSpan Took { get; private set; }

    /// <summary>What the cell came to.</summary>
    /// <exception cref="InvalidOperationException">It did not come to anything.</exception>
    internal Observation Observed((string Fault, string Cmdlet) cell) =>
        _observed.TryGetValue(cell, out Observation? observation)
            ? observation
            : throw new InvalidOperationException($"The cell {cell} did not run.", _failed.GetValueOrDefault(cell));

    public async ValueTask InitializeAsync()
    {
        Stopwatch clock = Stopwatch.StartNew();
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnce };
        // The longest first, so that none is left to run alone at the end.
        IEnumerable<FaultCell> cells = FaultTable.Cells.OrderByDescending(cell => cell.Row.WaitSec);
        await Task.Run(() => Parallel.ForEachAsync(cells, options, async (cell, _) => await RunAsync(cell)));
        Took = clock.Elapsed;
    }

    public ValueTask DisposeAsync()
    {
        foreach (Shell shell in _shells)
        {
            shell.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Runs one cell by itself.</summary>
    internal async Task<Observation> RunAloneAsync(FaultCell cell)
    {
        if (!_shells.TryTake(out Shell? shell))
        {
            shell = new Shell();
        }

        try
        {
            await using FaultRun run = new(cell, shell);
            return await run.RunAsync();
        }
        finally
        {
            // Each cell connects anew, so a runspace is as good as new.
            _shells.Add(shell);
        }
    }

    private async Task RunAsync(FaultCell cell)
    {
        try
        {
            _observed[cell.Name] = await RunAloneAsync(cell);
        }
#pragma warning disable CA1031 // Whatever it is, it is the failure of that cell's test.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failed[cell.Name] = e;
        }
    }
}
