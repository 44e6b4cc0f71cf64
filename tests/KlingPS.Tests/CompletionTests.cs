namespace KlingPS.Tests;

/// <summary>What the Tab key offers.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly Shell _shell = Shell.OnSandbox();

    private readonly KlingTask _task;

    public CompletionTests() =>
        _task = _shell.Run("($task = New-KlingVideo 'x' | Wait-KlingTask); $id = $task.TaskId").Clean().Task;

    private string Id => _task.TaskId;

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("New-KlingVideo x -Model kling-v1-", "kling-v1-5 kling-v1-6")]
    [InlineData("New-KlingVideo x -Model v2-1", "kling-v2-1 kling-v2-1-master")]
    [InlineData("New-KlingVideo x -Model 'kling-v1-", "'kling-v1-5' 'kling-v1-6'")]
    [InlineData("New-KlingVideo x -Model \"kling-v1-", "\"kling-v1-5\" \"kling-v1-6\"")]
    [InlineData("New-KlingVideo x -Model \"kling-v1-6\"", "\"kling-v1-6\"")]
    [InlineData("New-KlingVideo x -Model nothing-of-that-name", "")]
    [InlineData("New-KlingVideo x -Mode ", "std pro")]
    [InlineData("New-KlingVideo x -Model kling-v2-6 -Mode ", "std pro")]
    [InlineData("New-KlingVideo x -Model kling-v3 -Mode ", "std pro '4k'")]
    [InlineData("New-KlingVideo x -Model kling-v2-master -Mode ", "")]
    [InlineData("New-KlingVideo -Image a.png -ImageTail b.png -Model kling-v1-6 -Mode ", "pro")]
    [InlineData("New-KlingVideo x -Model of-the-future -Mode ", "std pro '4k'")]
    [InlineData("New-KlingVideo x -Duration ", "5 10")]
    [InlineData("New-KlingVideo x -Model kling-v3 -Duration 1", "10 11 12 13 14 15")]
    [InlineData("New-KlingVideo x -AspectRatio ", "'16:9' '9:16' '1:1'")]
    [InlineData("New-KlingVideo x -AspectRatio 16", "'16:9'")]
    [InlineData("Get-KlingTask 1 -Kind Text", "TextToVideo")]
    [InlineData("Save-KlingVideo 1 -Kind 'Im", "'ImageToVideo'")]
    [InlineData("Connect-Kling -BaseUri ", "'https://api.cometapi.com/kling/' 'https://api-singapore.klingai.com/'")]
    [InlineData("Connect-Kling -Provider ", "CometApi Kling")]
    public void Words_are_those_of_what_stands_on_the_line(string line, string expected) =>
        Assert.Equal(expected, string.Join(' ', Texts(line)));

    [Theory]
    [InlineData("Get-KlingTask ")]
    [InlineData("Get-KlingTask $part")]
    [InlineData("Get-KlingTask '$part")]
    [InlineData("Get-KlingTask '1', $part")]
    [InlineData("Get-KlingTask -TaskId '1', ")]
    [InlineData("Wait-KlingTask ")]
    [InlineData("Wait-KlingTask '")]
    [InlineData("Wait-KlingTask -TaskId ")]
    [InlineData("New-KlingExtension ")]
    [InlineData("New-KlingExtension '$part")]
    [InlineData("New-KlingExtension -TaskId ")]
    [InlineData("Save-KlingVideo ")]
    [InlineData("Save-KlingVideo $part")]
    [InlineData("Save-KlingVideo -TaskId '$part")]
    public void Ids_of_the_session_are_offered_once_with_what_is_known_of_the_task(string line)
    {
        CompletionResult found = Assert.Single(Complete(line.Replace("$part", Id[..17], StringComparison.Ordinal)));
        Assert.Equal($"'{Id}'", found.CompletionText);
        Assert.StartsWith($"{Id}  Succeeded x ", found.ListItemText, StringComparison.Ordinal);
        Assert.StartsWith("TextToVideo, Succeeded, made ", found.ToolTip, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_failed_is_offered_where_it_can_be_looked_at_and_not_where_its_video_is_wanted()
    {
        string failed =
            $"'{_shell.Run("New-KlingVideo 'x [sandbox:fail]' | Wait-KlingTask -IncludeFailed").Clean().Task.TaskId}'";
        Assert.Equal([failed, $"'{Id}'"], Texts("Get-KlingTask "));
        Assert.Equal([$"'{Id}'"], Texts("New-KlingExtension -TaskId "));
        Assert.Equal([$"'{Id}'"], Texts("Save-KlingVideo -TaskId "));
    }

    [Theory]
    [InlineData("New-KlingExtension $task -VideoId ")]
    [InlineData("New-KlingExtension -InputObject $task -VideoId '")]
    [InlineData("$task | New-KlingExtension -VideoId ")]
    [InlineData("$id | New-KlingExtension -VideoId ")]
    [InlineData("New-KlingExtension -TaskId 'ID' -VideoId ")]
    [InlineData("New-KlingExtension -TaskId 'ID' ")]
    public void Videos_are_those_of_the_task_given(string line)
    {
        _shell.Run("New-KlingVideo 'another' | Wait-KlingTask").Clean();
        List<CompletionResult> found = Complete(line.Replace("ID", Id, StringComparison.Ordinal));
        Assert.Equal(
            $"'{_task.VideoId}'",
            line.StartsWith("$id", StringComparison.Ordinal)
                ? found[1].CompletionText
                : Assert.Single(found).CompletionText);
        Assert.Contains(Id, found[^1].ToolTip, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_and_no_connection_is_made_by_completing()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using Shell shell = Shell.On(server);
        string[] lines =
        [
            "Get-KlingTask ", "New-KlingExtension -TaskId '1' -VideoId ", "Connect-Kling -BaseUri ",
            "New-KlingVideo x -Model ",
        ];
        foreach (string line in lines)
        {
            Complete(shell, line);
        }

        Assert.Equal(0, server.RequestCount);
        shell.Run("Disconnect-Kling").Clean();
        Complete(shell, "Get-KlingTask ");
        Assert.Empty(shell.Run("Get-KlingConnection").Clean().Output);
    }

    [Theory]
    [InlineData("Get-KlingTask ''")]
    [InlineData("Get-KlingTask \"$(")]
    [InlineData("Get-KlingTask @(")]
    [InlineData("Get-KlingTask [")]
    [InlineData("Get-KlingTask *")]
    [InlineData("Get-KlingTask `")]
    [InlineData("Get-KlingTask '\u2019")]
    [InlineData("$nothing | New-KlingExtension -VideoId ")]
    [InlineData("$env:PATH | New-KlingExtension -VideoId ")]
    [InlineData("$(throw 'no') | New-KlingExtension -VideoId ")]
    [InlineData("New-KlingVideo x -Model $null -Mode ")]
    [InlineData("New-KlingVideo x -Model @{} -Duration ")]
    [InlineData("New-KlingExtension @{} -VideoId ")]
    [InlineData("New-KlingVideo x -Model [")]
    public void An_odd_line_is_completed_or_not_and_nothing_fails(string line) =>
        Assert.All(Complete(line), result => Assert.NotNull(result.CompletionText));

    private List<string> Texts(string line) => [.. Complete(line).Select(result => result.CompletionText)];

    private List<CompletionResult> Complete(string line) => Complete(_shell, line);

    private static List<CompletionResult> Complete(Shell shell, string line)
    {
        shell.Set("line", line);
        return [.. shell.Run(
            "$Error.Clear(); [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, "
                + "$null).CompletionMatches; if ($Error) { throw $Error[0] }")
            .Clean().Output.Select(item => (CompletionResult)item.BaseObject)];
    }
}
