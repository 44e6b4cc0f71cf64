using System.Text.Json;

namespace KlingPS.Tests.Inputs;

/// <summary>Every odd value is refused before any request, with an error that helps, or taken for a reason.</summary>
public sealed class InputTests(InputTests.SharedBench shared) : IClassFixture<InputTests.SharedBench>
{
    // Beyond that nobody reads.
    private const int LongestMessage = 3_000;

    public static TheoryData<string> Keys => [.. InputDecisions.All.Select(decision => decision.Key).Distinct()];

    [Fact]
    public void Every_parameter_of_every_cmdlet_is_decided()
    {
        using Shell shell = new();
        IEnumerable<string> parameters = Cmdlets(shell).SelectMany(
            cmdlet => cmdlet.Parameters.Values.Where(IsOurs),
            (cmdlet, parameter) => $"{cmdlet.Name} -{parameter.Name}");
        Assert.Equal(
            parameters.Order(StringComparer.Ordinal),
            InputDecisions.All.Select(decision => decision.Key).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_decision_names_values_that_there_are_and_says_why() => Assert.All(
        InputDecisions.All.SelectMany(decision => decision.Taken),
        taken =>
        {
            Assert.NotEmpty(taken.Reason);
            Assert.All(taken.Values.Split(", "), name => Assert.Contains(BadValues.All, value => value.Name == name));
        });

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task An_odd_value_is_refused_before_any_request_or_taken_for_a_reason(string key)
    {
        List<string> wrong = [];
        foreach (InputDecision decision in InputDecisions.All.Where(decision => decision.Key == key))
        {
            CmdletInfo cmdlet = Cmdlets(shared.Bench.Shell).Single(cmdlet => cmdlet.Name == decision.Cmdlet);
            foreach (Ways way in WaysOf(cmdlet.Parameters[decision.Parameter]).Where(way => decision.Only.HasFlag(way)))
            {
                await using InputBench? own = decision.IsUnique ? await InputBench.CreateAsync() : null;
                wrong.AddRange(
                    await TryAllAsync(own ?? shared.Bench, decision, way, InputBench.Line(decision, way, cmdlet)));
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static async Task<List<string>> TryAllAsync(InputBench bench, InputDecision decision, Ways way, string line)
    {
        List<string> wrong = [];
        bench.Reset(decision);
        bench.Shell.Run($"$good = {decision.Good}").Clean();
        InputRun good = await bench.RunAsync(line, bench.Shell.Get("good"));
        Assert.True(good.Result.Errors.Count == 0, $"{line} with {decision.Good}: {Show(good)}");
        foreach (BadValue value in BadValues.All)
        {
            if (InputBench.TryCarry(value, way, out object? carried))
            {
                bench.Reset(decision);
                InputRun run = await bench.RunAsync(line, carried);
                string? complaint =
                    decision.For(value, way) is { } taken ? NotTaken(run, taken, carried) : NotRefused(run);
                complaint ??= decision.IsSecret && IsRepeated(run, carried) ? "was repeated" : null;
                wrong.AddRange(complaint is null ? [] : [$"{line} with {value.Name} ({way}): {complaint}"]);
            }
        }

        return wrong;
    }

    /// <summary>Why a run is no clear refusal, or null when it is one.</summary>
    internal static string? NotRefused(InputRun run) =>
        run.Requests.Length > 0 ? $"sent {Show(run.Requests[0])}, then {Show(run)}"
        : run.Result.Output.Count > 0 ? "wrote something"
        : run.Result.Errors.Count == 0 ? "was taken"
        : Unclear(run);

    /// <summary>Why one of the errors is not clear, or null when all are.</summary>
    internal static string? Unclear(InputRun run)
    {
        foreach (ErrorRecord error in run.Result.Errors)
        {
            bool isClear = error.Exception switch
            {
                ParameterBindingException => true,
                KlingException ours => ours.WhatHappened.Length > 0
                    && (
                        error.ErrorDetails.RecommendedAction.Length > 0
                            || ours.ErrorId == nameof(KlingError.InvalidRequest))
                    && error.FullyQualifiedErrorId.StartsWith(ours.ErrorId + ",", StringComparison.Ordinal)
                    && ours.Message.Length <= LongestMessage
                    && !ours.Message.Any(char.IsControl),
                _ => false,
            };
            if (!isClear)
            {
                return $"is not clear: {Show(run)}";
            }
        }

        return run.Result.Thrown is null ? null : $"threw {run.Result.Thrown}";
    }

    // A short one may stand in any sentence.
    private static bool IsRepeated(InputRun run, object? value) =>
        value is string or IFormattable && InputBench.Text(value) is { Length: >= 8 } text
        && run.Result.Errors.Any(
            error => $"{error} {error.Exception} {error.TargetObject}".Contains(text, StringComparison.Ordinal));

    private static string? NotTaken(InputRun run, Taken taken, object? value)
    {
        string[] expected = taken.Error is null ? [] : [taken.Error];
        return !run.Result.ErrorIds.SequenceEqual(expected)
            ? $"is not taken, though it should be ({taken.Reason}): {Show(run)}"
            : taken.Error is not null && run.Requests.Length == 0 ? "was refused without asking the service"
            : taken.Field is { } field && Field(run, field) is var sent && sent != Expected(value, field)
                ? $"sent '{sent}'"
            : Unclear(run);
    }

    private static string? Expected(object? value, string field)
    {
        string? text = InputBench.Text(value);
        return string.IsNullOrWhiteSpace(text) || field == "watermark_info" ? null : text;
    }

    private static string? Field(InputRun run, string name)
    {
        using JsonDocument body = JsonDocument.Parse(Assert.Single(run.Requests).Body);
        return body.RootElement.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
    }

    private static IEnumerable<Ways> WaysOf(ParameterMetadata parameter)
    {
        yield return Ways.Named;
        if (InputBench.BindsByName(parameter))
        {
            yield return Ways.Property;
            yield return Ways.Cell;
        }

        if (parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline))
        {
            yield return Ways.Piped;
        }
    }

    private static IEnumerable<CmdletInfo> Cmdlets(Shell shell) =>
        shell.Run("Get-Command -Module KlingPS").Clean().Output.Select(
            item => Assert.IsType<CmdletInfo>(item.BaseObject));

    private static bool IsOurs(ParameterMetadata parameter) =>
        !Cmdlet.CommonParameters.Contains(parameter.Name) && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name);

    private static string Show(ReceivedRequest request) => Show($"{request.Method} {request.Path} {request.Body}");

    private static string Show(InputRun run) =>
        string.Join(
            "; ",
            run.Result.Errors.Select(
                error => Show($"{error.FullyQualifiedErrorId} ({error.Exception.GetType().Name}) {error}")));

    private static string Show(string text) =>
        string.Concat((text.Length > 300 ? text[..300] : text).Select(
            c => char.IsControl(c) || char.IsSurrogate(c) ? $"<{(int)c:X4}>" : c.ToString()));

    /// <summary>One bench for all rows: opening a shell for each would take longer than the tests.</summary>
    public sealed class SharedBench : IAsyncLifetime
    {
        internal InputBench Bench { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Bench = await InputBench.CreateAsync();

        public ValueTask DisposeAsync() => Bench.DisposeAsync();
    }
}

/// <summary>Rows of tasks with an odd cell: an error that helps, and nothing paid that the row does not say.</summary>
public sealed class RowTests : IAsyncLifetime
{
    private static readonly string[] Cmdlets =
    [
        "Get-KlingTask", "Wait-KlingTask -TimeoutSec 0", "Save-KlingVideo -Destination $out -Force",
        "New-KlingExtension", "Export-KlingGallery $out",
    ];

    private InputBench _bench = null!;

    public static TheoryData<string> Columns =>
        [.. typeof(KlingTask).GetProperties().Select(property => property.Name)];

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
                // With another Status than ours it is a row of ids, which are sent as they are.
                bool mayBePaid = column is not ("TaskId" or "VideoId") || value.Value is int or long or double;
                string? complaint = InputTests.Unclear(run) ?? (isPaid && !mayBePaid ? "was sent" : null);
                wrong.AddRange(complaint is null ? [] : [$"{cmdlet} with {value.Name} as {column}: {complaint}"]);
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
