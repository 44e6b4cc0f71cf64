using System.IO.Compression;
using System.Text.RegularExpressions;

namespace KlingPS.Tests.Faults;

[Collection(nameof(FaultMatrix))]
public sealed class FaultMatrixTests(FaultMatrix matrix)
{
    public static TheoryData<string, string> Cells => new(FaultTable.Cells.Select(cell => cell.Name));

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_fault_comes_to_what_the_table_says(string fault, string cmdlet)
    {
        FaultCell cell = FaultTable.Cells.Single(known => known.Name == (fault, cmdlet));

        Observation observation = matrix.Observed(cell.Name);

        Assert.Equal(cell.Expected, observation.Outcome);
        Assert.Empty(observation.Objections);
    }

    [Fact]
    public void No_fault_makes_two_tasks_of_one_request()
    {
        Assert.All(FaultTable.Cells, cell => Assert.InRange(matrix.Observed(cell.Name).Outcome.Created, 0, 1));
    }

    [Fact]
    public void What_may_have_been_paid_for_is_never_sent_again()
    {
        Assert.All(
            FaultTable.Cells.Select(cell => matrix.Observed(cell.Name).Outcome).Where(
                seen => seen.Submission == SubmissionOutcome.Unknown),
            seen => Assert.False(seen.IsResent));
    }

    [Fact]
    public async Task The_page_of_faults_is_what_was_observed()
    {
        string observed = FaultReport.Render(matrix);
        await using FaultyEndpoint timeout = await FaultyEndpoints.NeverConnectingAsync();
        string print = $"{observed}Run in {matrix.Took.TotalSeconds:0.0} s. The connect timeout: {timeout.Remark}";
        TestContext.Current.TestOutputHelper?.WriteLine(print);
        Console.WriteLine(print);
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_DOCS") == "1")
        {
            FaultReport.Write(observed);
        }

        string page = await File.ReadAllTextAsync(FaultReport.Page, TestContext.Current.CancellationToken);
        Assert.True(
            page.ReplaceLineEndings("\n") == observed,
            "What was observed differs from docs/faults.md. If that is meant, run the tests with KLINGPS_UPDATE_DOCS=1 "
                + "and commit the page.");
    }
}

/// <summary>The same table at Kling's own API.</summary>
[Collection(nameof(KlingFaultMatrix))]
public sealed class KlingFaultMatrixTests(KlingFaultMatrix matrix)
{
    [Fact]
    public void A_fault_comes_to_what_the_table_says() => Assert.All(FaultTable.CellsOfKling, cell =>
    {
        Observation observation = matrix.Observed(cell.Name);

        Assert.Equal((cell.Name, cell.Expected), (cell.Name, observation.Outcome));
        Assert.Empty(observation.Objections);
        Assert.InRange(observation.Outcome.Created, 0, 1);
    });
}

/// <summary>It keeps the machine busy as the other does.</summary>
[CollectionDefinition(nameof(KlingFaultMatrix), DisableParallelization = true)]
public sealed class KlingFaultMatrixCollection : ICollectionFixture<KlingFaultMatrix>;

/// <summary>The matrix keeps the machine busy by itself, and its tests of memory look at the whole process.</summary>
[CollectionDefinition(nameof(FaultMatrix), DisableParallelization = true)]
public sealed class FaultMatrixCollection : ICollectionFixture<FaultMatrix>;

/// <summary>Answers larger than memory. These look at the whole process, so nothing runs beside them.</summary>
[Collection(nameof(FaultMatrix))]
public sealed class FaultMemoryTests(FaultMatrix matrix)
{
    // A wait reads four megabytes of each of its answers; everything that is sent is three times this and more.
    private const long Bound = 64L * 1024 * 1024;

    public static TheoryData<string, string> Cells => new(FaultTable.TooLarge.Select(cell => cell.Name));

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task What_is_larger_than_memory_does_not_get_there(string fault, string cmdlet)
    {
        FaultCell cell = FaultTable.TooLarge.Single(known => known.Name == (fault, cmdlet));
        long before = GC.GetTotalAllocatedBytes(precise: true);

        Observation observation = await matrix.RunAloneAsync(cell);

        Assert.Equal(cell.Expected, observation.Outcome);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Bound);
    }
}

/// <summary>What was observed, as the page of the documentation.</summary>
internal static class FaultReport
{
    internal static string Page { get; } = Path.Combine(Repository.Root, "docs", "faults.md");

    private static readonly Regex Figure = new("[0-9]+ faults × [0-9]+ cmdlets = [0-9]+ cells");

    internal static string Render(FaultMatrix matrix)
    {
        // What a person writes stands above the first table, and stays.
        string now = File.ReadAllText(Page).ReplaceLineEndings("\n");
        StringBuilder page = new(now[..(now.IndexOf("\n## ", StringComparison.Ordinal) + 1)]);
        foreach ((string title, IReadOnlyList<FaultRow> rows) in FaultTable.Groups)
        {
            page.Append($"## {title}\n\n| fault |");
            page.AppendJoin('|', FaultColumn.All.Select(column => $" {column.Cmdlet} ")).Append("|\n|---|");
            page.Append(string.Concat(FaultColumn.All.Select(_ => "---|"))).Append('\n');
            foreach (FaultRow row in rows)
            {
                page.Append($"| {row.Name} |");
                page.AppendJoin(
                    '|',
                    FaultColumn.All.Select(column => $" {CellOf(matrix, new FaultCell(row, column))} ")).Append("|\n");
            }

            page.Append('\n');
        }

        return page.Append(
            $"{FaultTable.Rows.Count} faults × {FaultColumn.All.Count} cmdlets = {FaultTable.Cells.Count} cells.\n")
            .ToString();
    }

    /// <summary>Writes the page, and its figure into the page of all figures.</summary>
    internal static void Write(string observed)
    {
        string figures = Path.Combine(Repository.Root, "docs", "guarantees.md");
        File.WriteAllText(Page, observed);
        File.WriteAllText(figures, Figure.Replace(File.ReadAllText(figures), Figure.Match(observed).Value));
    }

    private static string CellOf(FaultMatrix matrix, FaultCell cell)
    {
        (string error, bool isResent, int created, SubmissionOutcome? submission) = matrix.Observed(cell.Name).Outcome;
        string id = error == Outcome.NoError ? "*none*" : error;
        string money = cell.Column.IsPaid && submission is not null ? $" {submission}," : "";
        string tasks = created == 1 ? "1 task" : $"{created} tasks";
        return $"{id},{money} {(isResent ? "again" : "once")}, {tasks}";
    }
}
