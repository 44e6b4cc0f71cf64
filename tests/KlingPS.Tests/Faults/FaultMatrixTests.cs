using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

[Collection(nameof(FaultMatrix))]
public sealed class FaultMatrixTests(FaultMatrix matrix)
{
    private readonly FaultMatrix _matrix = matrix;

    public static TheoryData<string, string> Cells => new(FaultTable.Cells.Select(cell => cell.Name));

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_fault_comes_to_what_the_table_says(string fault, string cmdlet)
    {
        FaultCell cell = FaultTable.Cells.Single(known => known.Name == (fault, cmdlet));

        Observation observation = _matrix.Observed(cell.Name);

        Assert.Equal(cell.Expected, observation.Outcome);
        Assert.Empty(observation.Objections);
    }

    [Fact]
    public void No_fault_makes_two_tasks_of_one_request()
    {
        Assert.All(FaultTable.Cells, cell => Assert.InRange(_matrix.Observed(cell.Name).Outcome.Created, 0, 1));
    }

    [Fact]
    public void What_may_have_been_paid_for_is_never_sent_again()
    {
        Assert.All(
            FaultTable.Cells.Select(cell => _matrix.Observed(cell.Name).Outcome).Where(seen => seen.Submission == SubmissionOutcome.Unknown),
            seen => Assert.False(seen.IsResent));
    }

    [Fact]
    public async Task The_page_of_faults_is_what_was_observed()
    {
        string observed = FaultReport.Render(_matrix);
        await using FaultyEndpoint timeout = await FaultyEndpoints.NeverConnectingAsync();
        string print = $"{observed}Run in {_matrix.Took.TotalSeconds:0.0} s. The connect timeout: {timeout.Remark}";
        TestContext.Current.TestOutputHelper?.WriteLine(print);
        Console.WriteLine(print);
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_DOCS") == "1")
        {
            FaultReport.Write(observed);
        }

        string page = await File.ReadAllTextAsync(FaultReport.Page, TestContext.Current.CancellationToken);
        Assert.True(
            page.ReplaceLineEndings("\n") == observed,
            "What was observed differs from docs/faults.md. If that is meant, run the tests with KLINGPS_UPDATE_DOCS=1 and commit the page.");
    }
}

/// <summary>The matrix keeps the machine busy by itself, and its tests of memory look at the whole process.</summary>
[CollectionDefinition(nameof(FaultMatrix), DisableParallelization = true)]
public sealed class FaultMatrixCollection : ICollectionFixture<FaultMatrix>;
