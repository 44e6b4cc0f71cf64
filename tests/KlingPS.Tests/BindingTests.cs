using System.Management.Automation;
using KlingPS.TestServer;

namespace KlingPS.Tests;

/// <summary>Every way a task, a video or an id reaches a cmdlet, live and back from a file.</summary>
public sealed class BindingTests : IAsyncLifetime
{
    private KlingTestServer _server = null!;
    private Shell _shell = null!;

    public static TheoryData<string> Forms => ["live", "clixml", "json", "jsonArray", "csv"];

    public async ValueTask InitializeAsync()
    {
        _server = await KlingTestServer.StartAsync();
        _shell = Shell.On(_server);
        _shell.Run("$task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask; $video = $task.Videos[0]").Clean();
    }

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_task_in_any_form_is_extended_from_the_pipeline_and_by_position(string form)
    {
        _shell.Set("it", Form(form, (KlingTask)Unwrap("task")));
        foreach (string line in new[] { "$it | New-KlingExtension", "New-KlingExtension $it", "New-KlingExtension -InputObject $it", "$it | New-KlingExtension -Prompt 'On'" })
        {
            KlingTask extension = _shell.Run(line).Clean().Task;
            Assert.Equal(KlingTaskKind.VideoExtension, extension.Kind);
            string body = _server.Requests[^1].Body;
            Assert.Contains(((KlingTask)Unwrap("task")).TaskId, body, StringComparison.Ordinal);
            Assert.Contains(((KlingTask)Unwrap("task")).VideoId!, body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_finished_task_in_any_form_passes_the_wait_without_a_request(string form)
    {
        _shell.Set("it", Form(form, (KlingTask)Unwrap("task")));
        foreach (string line in new[] { "$it | Wait-KlingTask", "Wait-KlingTask $it", "Wait-KlingTask @($it, $it)" })
        {
            int before = _server.RequestCount;
            KlingTask passed = _shell.Run(line).Clean().Task;
            Assert.Equal(((KlingTask)Unwrap("task")).VideoId, passed.VideoId);
            Assert.Equal(KlingTaskKind.TextToVideo, passed.Kind);
            Assert.Equal(before, _server.RequestCount);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_task_in_any_form_is_queried_by_its_id_and_kind(string form)
    {
        _shell.Set("it", Form(form, (KlingTask)Unwrap("task")));
        foreach (string line in new[] { "$it | Get-KlingTask", "Get-KlingTask $it" })
        {
            Assert.Equal(KlingTaskStatus.Succeed, _shell.Run(line).Clean().Task.Status);
            Assert.Contains("/text2video/", _server.Requests[^1].Path, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_task_in_any_form_is_saved(string form)
    {
        using TempFolder folder = new();
        _shell.Set("out", folder.Path);
        _shell.Set("it", Form(form, (KlingTask)Unwrap("task")));
        foreach (string line in new[] { "$it | Save-KlingVideo -Destination $out -Force", "$it | Save-KlingVideo $out -Force", "Save-KlingVideo $it $out -Force" })
        {
            Result result = _shell.Run(line).Clean();
            Assert.True(Assert.IsType<FileInfo>(Assert.Single(result.Output).BaseObject).Exists);
            Assert.Equal(((KlingTask)Unwrap("task")).TaskId, result.Output[0].Properties["TaskId"].Value);
        }
    }

    [Theory]
    [InlineData("live")]
    [InlineData("clixml")]
    [InlineData("json")]
    [InlineData("csv")]
    public void A_video_in_any_form_is_saved_without_asking_for_its_task(string form)
    {
        using TempFolder folder = new();
        _shell.Set("out", folder.Path);
        _shell.Set("it", Form(form, (KlingVideo)Unwrap("video")));
        foreach (string line in new[]
        {
            "$it | Save-KlingVideo -Destination $out -Force", "$it | Save-KlingVideo $out -Force",
            "Save-KlingVideo $it $out -Force", "Save-KlingVideo -Video $it -Destination $out -Force",
        })
        {
            int before = _server.Requests.Count;
            Assert.Single(_shell.Run(line).Clean().Output);
            Assert.All(_server.Requests.Skip(before), request => Assert.StartsWith("/videos/", request.Path, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Bare_ids_are_taken_from_the_pipeline_and_by_position()
    {
        _shell.Run("$id = $task.TaskId; $other = (New-KlingVideo 'B' -Model kling-v1-6).TaskId").Clean();
        using TempFolder folder = new();
        _shell.Set("out", folder.Path);
        foreach (string line in new[]
        {
            "$id, $other | Get-KlingTask", "Get-KlingTask $id, $other", "$id, $other | Wait-KlingTask", "Wait-KlingTask $id, $other",
            "Wait-KlingTask $task, $other", "[long]$id, $other | Get-KlingTask",
        })
        {
            Assert.Equal(2, _shell.Run(line).Clean().Tasks.Count());
        }

        Assert.Equal(2, _shell.Run("$id, $other | Save-KlingVideo -Destination $out").Clean().Output.Count);
        Assert.Equal("TaskId", Assert.Single(_shell.Run("New-KlingExtension $id $task.VideoId | ForEach-Object { 'TaskId' }").Clean().Output).BaseObject);
    }

    [Fact]
    public void A_row_of_ids_with_a_prompt_a_row_submits_each_with_its_own()
    {
        _shell.Run("""
            $rows = foreach ($prompt in 'First', 'Second', '') {
              [pscustomobject]@{ TaskId = $task.TaskId; VideoId = $task.VideoId; Prompt = $prompt; CfgScale = if ($prompt) { '0.5' } else { '' }; CallbackUrl = '' }
            }
            """).Clean();
        Assert.Equal(3, _shell.Run("$rows | New-KlingExtension").Clean().Tasks.Count());
        string[] bodies = [.. _server.Requests.TakeLast(3).Select(request => request.Body)];
        Assert.Contains("\"prompt\":\"First\"", bodies[0], StringComparison.Ordinal);
        Assert.Contains("\"prompt\":\"Second\",\"cfg_scale\":0.5", bodies[1], StringComparison.Ordinal);
        Assert.DoesNotContain("prompt", bodies[2], StringComparison.Ordinal);
        Assert.DoesNotContain("cfg_scale", bodies[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_a_task_with_a_prompt_is_not_paid_for_without_it()
    {
        PSObject row = (PSObject)Form("csv", (KlingTask)Unwrap("task"));
        row.Properties.Add(new PSNoteProperty("Prompt", "The sun"));
        _shell.Set("it", row);
        int before = _server.RequestCount;
        Assert.Equal(["InvalidRequest"], _shell.Run("$it | New-KlingExtension").ErrorIds);
        Assert.Equal(before, _server.RequestCount);
        _shell.Run("$it | New-KlingExtension -Prompt 'The moon'; $it.PSObject.Properties.Remove('Status'); $it | New-KlingExtension").Clean();
        Assert.Contains("The moon", _server.Requests[^2].Body, StringComparison.Ordinal);
        Assert.Contains("The sun", _server.Requests[^1].Body, StringComparison.Ordinal);
        row.Properties["Prompt"].Value = "";
        _shell.Run("$it | New-KlingExtension").Clean();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_task_in_any_form_slips_past_the_checks_of_a_parent(string form)
    {
        KlingTask good = (KlingTask)Unwrap("task");
        KlingVideo second = good.Videos[0] with { VideoId = "2" };
        (KlingTask Task, string Id)[] parents =
        [
            (good with { Status = KlingTaskStatus.Processing }, "ParentNotReady"),
            (good with { Status = KlingTaskStatus.Failed }, "ParentNotReady"),
            (good with { Status = KlingTaskStatus.Unknown, RawStatus = "odd" }, "ParentNotReady"),
            (good with { VideoId = null, Videos = [], VideoCount = 0 }, "ParentHasNoVideo"),
            (good with { Videos = [good.Videos[0], second], VideoCount = 2 }, "AmbiguousVideo"),
            (good with { ExpiresAt = DateTime.Now.AddDays(-1), Videos = [good.Videos[0] with { ExpiresAt = DateTime.Now.AddDays(-1) }] }, "ParentExpired"),
            (good with { Duration = TimeSpan.FromSeconds(180), Videos = [good.Videos[0] with { Duration = TimeSpan.FromSeconds(180) }] }, "ParentTooLong"),
        ];
        int before = _server.CreatedCount;
        foreach ((KlingTask parent, string id) in parents)
        {
            _shell.Set("it", Form(form, parent));
            foreach (string line in new[] { "$it | New-KlingExtension", "New-KlingExtension $it", "New-KlingExtension -InputObject $it -Prompt 'x'" })
            {
                Result result = _shell.Run(line);
                Assert.Equal([id], result.ErrorIds);
                Assert.Empty(result.Output);
            }
        }

        Assert.Equal(before, _server.CreatedCount);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Nineteen_digits_survive_every_form(string form)
    {
        const string id = "2032273942220931072";
        _shell.Set("it", Form(form, (KlingTask)Unwrap("task") with { TaskId = id, VideoId = "2032273942220931099", Videos = [] }));
        Assert.Equal(["TaskNotFound", "TaskNotFound"], _shell.Run("$it | Get-KlingTask; Get-KlingTask ([long]'2032273942220931072')").ErrorIds);
        Assert.All(_server.Requests.TakeLast(2), request => Assert.EndsWith($"/{id}", request.Path, StringComparison.Ordinal));
        Assert.Equal(id, _shell.Run("$it | Wait-KlingTask").Clean().Task.TaskId);
        Assert.Equal(["ParentNotExtendable"], _shell.Run("$it | New-KlingExtension").ErrorIds);
        Assert.Equal("""{"task_id":"2032273942220931072","video_id":"2032273942220931099"}""", _server.Requests[^1].Body);
    }

    private static object Form(string form, object value) => form switch
    {
        "live" => value,
        "clixml" => PSSerializer.Deserialize(PSSerializer.Serialize(value, 2)),
        "json" => Shapes.FromJson(value, nested: true),
        "jsonArray" => Shapes.FromJson(value, nested: false),
        _ => Shapes.FromCsv(value),
    };

    private object Unwrap(string name) =>
        _shell.Get(name) is PSObject wrapped ? wrapped.BaseObject : _shell.Get(name)!;
}
