using System.Management.Automation;

namespace KlingPS.Tests.Inputs;

/// <summary>Rows of tasks with an odd cell: whatever it is, an error says what to do, and nothing is paid for that the row does not say.</summary>
public sealed class RowTests : IAsyncLifetime
{
    private static readonly string[] Cmdlets = ["Get-KlingTask", "Wait-KlingTask -TimeoutSec 0", "Save-KlingVideo -Destination $out -Force", "New-KlingExtension"];

    private InputBench _bench = null!;

    public static TheoryData<string> Columns => [.. typeof(KlingTask).GetProperties().Select(property => property.Name)];

    public async ValueTask InitializeAsync() => _bench = await InputBench.CreateAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task An_odd_cell_breaks_nothing(string column)
    {
        KlingTask task = (KlingTask)((PSObject)_bench.Shell.Get("task")!).BaseObject;
        List<string> wrong = [];
        foreach (BadValue value in BadValues.All)
        {
            PSObject row = Shapes.FromCsv(task);
            row.Properties[column].Value = value.Value;
            foreach (string cmdlet in Cmdlets)
            {
                InputRun run = await _bench.RunAsync($"$value | {cmdlet}", row);
                bool isPaid = run.Requests.Any(request => request.Method == "POST");
                bool mayBePaid = column is not ("Status" or "TaskId" or "VideoId") || (column is not "Status" && value.Value is int or long or double);
                string? complaint = InputTests.Unclear(run) ?? (isPaid && !mayBePaid ? "was sent" : null);
                wrong.AddRange(complaint is null ? [] : [$"{cmdlet} with {value.Name} as {column}: {complaint}"]);
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
