using System.Globalization;
using System.Management.Automation;
using KlingPS.TestServer;

namespace KlingPS.Tests;

/// <summary>Every way a task, a video or an id reaches a cmdlet, live and back from a file.</summary>
public sealed class BindingTests : IAsyncLifetime
{
    // What Select-Object *, @{ n = …; e = … } makes, which this engine has not.
    private const string With =
        "function With($it, $more) { $all = [ordered]@{}; foreach ($p in $it.PSObject.Properties) { $all[$p.Name] = "
            + "$p.Value }; foreach ($name in $more.Keys) { $all[$name] = $more[$name] }; [pscustomobject]$all }";

    private KlingTestServer _server = null!;
    private Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await KlingTestServer.StartAsync();
        _shell = Shell.On(_server);
        _shell.Run(
            "$task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask; $video = $task.Videos[0]").Clean();
    }

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        await _server.DisposeAsync();
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
            Assert.All(
                _server.Requests.Skip(before),
                request => Assert.StartsWith("/videos/", request.Path, StringComparison.Ordinal));
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
            "$id, $other | Get-KlingTask", "Get-KlingTask $id, $other", "$id, $other | Wait-KlingTask",
            "Wait-KlingTask $id, $other",
            "Wait-KlingTask $task, $other", "[long]$id, $other | Get-KlingTask",
        })
        {
            Assert.Equal(2, _shell.Run(line).Clean().Tasks.Count());
        }

        Assert.Equal(2, _shell.Run("$id, $other | Save-KlingVideo -Destination $out").Clean().Output.Count);
        Assert.Equal(
            "TaskId",
            Assert.Single(
                _shell.Run(
                    "New-KlingExtension $id $task.VideoId | ForEach-Object { 'TaskId' }").Clean().Output).BaseObject);
    }

    [Fact]
    public void A_row_of_ids_with_a_prompt_a_row_submits_each_with_its_own()
    {
        _shell.Run("""
            $rows = foreach ($prompt in 'First', 'Second', '') {
              $cfg = if ($prompt) { '0.5' } else { '' }
              [pscustomobject]@{
                TaskId = $task.TaskId; VideoId = $task.VideoId; Prompt = $prompt; CfgScale = $cfg; CallbackUrl = '' }
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
    public void A_row_of_a_task_with_a_prompt_is_extended_by_it_and_the_command_line_wins()
    {
        PSObject row = (PSObject)Form("csv", (KlingTask)Unwrap("task"));
        row.Properties.Add(new PSNoteProperty("Prompt", "The sun"));
        row.Properties.Add(new PSNoteProperty("CfgScale", "0.5"));
        _shell.Set("it", row);
        string[] lines = ["$it | New-KlingExtension", "New-KlingExtension $it", "New-KlingExtension -InputObject $it"];
        foreach (string line in lines)
        {
            _shell.Run(line).Clean();
            Assert.Equal(Body("The sun", "0.5"), _server.Requests[^1].Body);
        }

        _shell.Run("$it | New-KlingExtension -Prompt 'The moon'").Clean();
        Assert.Equal(Body("The moon", "0.5"), _server.Requests[^1].Body);
        _shell.Run("$it | New-KlingExtension -Prompt ''").Clean();
        Assert.Equal(Body(null, "0.5"), _server.Requests[^1].Body);
        _shell.Run("$it.Prompt = ''; $it.CfgScale = ''; $it | New-KlingExtension").Clean();
        Assert.Equal(Body(null), _server.Requests[^1].Body);
    }

    [Theory]
    [InlineData("Prompt = @{ a = 1 }")]
    [InlineData("CfgScale = 'much'")]
    [InlineData("CfgScale = '2'")]
    [InlineData("CallbackUrl = 'here'")]
    [InlineData("Prompt = [string]::new('x', 2501)")]
    public void A_cell_of_a_tasks_row_that_cannot_be_used_is_an_error_and_nothing_is_paid(string cell)
    {
        _shell.Set("row", Form("csv", (KlingTask)Unwrap("task")));
        int before = _server.RequestCount;
        string[] ids = _shell.Run($"{With}; With $row @{{ {cell} }} | New-KlingExtension").ErrorIds;
        Assert.Contains(Assert.Single(ids), new[] { "InvalidRequest", "PromptTooLong" });
        Assert.Equal(before, _server.RequestCount);
    }

    [Fact]
    public void A_queried_task_with_a_prompt_added_is_extended_by_it()
    {
        _shell.Run(With + "; With (Get-KlingTask $task.TaskId) @{ Prompt = 'The sun' } | New-KlingExtension").Clean();
        Assert.Equal(Body("The sun"), _server.Requests[^1].Body);
        _shell.Run(
            "$it = Get-KlingTask $task.TaskId; $it.PSObject.Properties.Add([psnoteproperty]::new('Prompt', 'The "
                + "moon')); $it | New-KlingExtension").Clean();
        Assert.Equal(Body("The moon"), _server.Requests[^1].Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("All")]
    public void Each_of_a_mixed_pipeline_of_ids_and_tasks_gets_what_its_own_row_says(string prompt)
    {
        _shell.Run(With + """

            $ids = @{ TaskId = $task.TaskId; VideoId = $task.VideoId }
            $row = With $task @{ }
            $rows = @(
              [pscustomobject]($ids + @{
                Prompt = 'One'; NegativePrompt = 'rain'; CfgScale = 0.1; CallbackUrl = 'https://me.test/1' })
              With $row @{ Prompt = 'Two'; CfgScale = '0.2' }
              $row
              [pscustomobject]$ids
              With $row @{ Prompt = ''; NegativePrompt = 'snow' }
              $task
              [pscustomobject]($ids + @{ Prompt = 'Seven' })
              $task
              With $row @{ CallbackUrl = 'https://me.test/9' }
              [pscustomobject]($ids + @{ Prompt = ''; NegativePrompt = ''; CfgScale = ''; CallbackUrl = '' })
            )
            """).Clean();
        Assert.Equal(
            10,
            _shell.Run($"$rows | New-KlingExtension {(prompt.Length > 0 ? $"-Prompt '{prompt}'" : "")}")
                .Clean().Tasks.Count());
        string? Own(string? own) => prompt.Length > 0 ? prompt : own;
        Assert.Equal(
            [
                Body(Own("One"), "0.1", "rain", "https://me.test/1"),
                Body(Own("Two"), "0.2"),
                Body(Own(null)),
                Body(Own(null)),
                Body(Own(null), null, "snow"),
                Body(Own(null)),
                Body(Own("Seven")),
                Body(Own(null)),
                Body(Own(null), null, null, "https://me.test/9"),
                Body(Own(null)),
            ],
            _server.Requests.TakeLast(10).Select(request => request.Body));
    }

    [Fact]
    public void Nothing_of_one_row_of_a_video_goes_into_the_next()
    {
        _shell.Run("""
            [pscustomobject]@{ Prompt = 'a'; NegativePrompt = 'n'; Model = 'kling-v1'; Mode = 'pro'; Duration = 10
              AspectRatio = '9:16'; CfgScale = 0.1; CallbackUrl = 'https://me.test/1'
              ExternalTaskId = 'mine'; Watermark = $true },
            [pscustomobject]@{ Prompt = 'b' },
            [pscustomobject]@{ Prompt = 'c'; Image = 'https://me.test/a.png'; ImageTail = 'https://me.test/b.png' },
            'd', [pscustomobject]@{ Image = 'https://me.test/e.png' },
            [pscustomobject]@{ Prompt = 'f' } | New-KlingVideo
            """).Clean();
        Assert.Equal(
            [
                """{"prompt":"b"}""",
                """{"prompt":"c","image":"https://me.test/a.png","image_tail":"https://me.test/b.png"}""",
                """{"prompt":"d"}""",
                """{"image":"https://me.test/e.png"}""",
                """{"prompt":"f"}""",
            ],
            _server.Requests.TakeLast(5).Select(request => request.Body));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    [InlineData("en-US")]
    public void Dates_of_any_calendar_are_read_right_in_their_own_culture_and_never_wrong_in_another(string writer)
    {
        DateTime date = DateTime.Now.AddDays(-1);
        date = date.AddTicks(-(date.Ticks % TimeSpan.TicksPerMinute));
        CultureInfo culture = new(writer);
        string[] texts =
        [
            .. new[] { "o", "s", "yyyy-MM-dd HH:mm", "d/M/yy HH:mm", "yyyy/MM/dd", "g", "G", "D" }.Select(
                form => date.ToString(form, culture)),
        ];
        List<string> wrong = [];
        foreach (string reader in new[] { writer, "th-TH", "fa-IR", "ar-SA", "en-GB", "ja-JP", "" })
        {
            foreach (string text in texts)
            {
                PSObject row = (PSObject)Form("json", (KlingTask)Unwrap("task"));
                row.Properties["ExpiresAt"].Value = text;
                row.Properties["Videos"].Value = null;
                _shell.Set("it", row);
                DateTime? read = _shell.Run(
                    $"[cultureinfo]::CurrentCulture = '{reader}'; $it | Wait-KlingTask").Clean().Task.ExpiresAt;
                bool isRight = read == date || (read == date.Date && !text.Contains(':', StringComparison.Ordinal));
                bool isRoundTrip = text.Length > 16 && text[10] == 'T';
                // Day and month of two cultures of one calendar cannot be told apart.
                bool isSwapped =
                    read is { } other && other.Month == date.Day && other.Day == date.Month && other.Year == date.Year;
                if (!(isRight || (read is null && !isRoundTrip) || isSwapped))
                {
                    wrong.Add(
                        $"'{text}' under '{reader}' was read as "
                            + $"{read?.ToString("s", CultureInfo.InvariantCulture) ?? "nothing"}");
                }
            }
        }

        _shell.Run("[cultureinfo]::CurrentCulture = ''");
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("2026-03-01 08:00", "2026-03-01T08:00:00")]
    [InlineData("2026-03-01", "2026-03-01T00:00:00")]
    [InlineData("1/3/2569 08:00", "2026-03-01T08:00:00")]
    [InlineData("2019-12-31T23:59:59", null)]
    [InlineData("2101-01-01T00:00:00", null)]
    [InlineData("0001-01-01T00:00:00", null)]
    [InlineData("9999-12-31T23:59:59.9999999", null)]
    [InlineData("2020-01-01T00:00:00", "2020-01-01T00:00:00")]
    [InlineData("soon", null)]
    public void A_date_is_one_of_this_century_or_none(string text, string? date)
    {
        PSObject row = (PSObject)Form("json", (KlingTask)Unwrap("task"));
        row.Properties["ExpiresAt"].Value = text;
        _shell.Set("it", row);
        DateTime? read = _shell.Run(
            "[cultureinfo]::CurrentCulture = 'th-TH'; $it | Wait-KlingTask; [cultureinfo]::CurrentCulture = ''")
            .Clean().Task.ExpiresAt;
        Assert.Equal(date, read?.ToString("s", CultureInfo.InvariantCulture));
        row.Properties["ExpiresAt"].Value =
            date is null ? new DateTime(2500, 1, 1) : DateTime.Parse(date, CultureInfo.InvariantCulture);
        read = _shell.Run("$it | Wait-KlingTask").Clean().Task.ExpiresAt;
        Assert.Equal(date, read?.ToString("s", CultureInfo.InvariantCulture));
    }

    private string Body(string? prompt, string? cfgScale = null, string? negative = null, string? callback = null)
    {
        KlingTask task = (KlingTask)Unwrap("task");
        string?[] fields =
        [
            $"\"task_id\":\"{task.TaskId}\"",
            $"\"video_id\":\"{task.VideoId}\"",
            prompt is null ? null : $"\"prompt\":\"{prompt}\"",
            negative is null ? null : $"\"negative_prompt\":\"{negative}\"",
            cfgScale is null ? null : $"\"cfg_scale\":{cfgScale}",
            callback is null ? null : $"\"callback_url\":\"{callback}\"",
        ];
        return $"{{{string.Join(",", fields.OfType<string>())}}}";
    }

    private static object Form(string form, object value) => form switch
    {
        "live" => value,
        "clixml" => PSSerializer.Deserialize(PSSerializer.Serialize(value, 2)),
        "json" => Shapes.FromJson(value, nested: true),
        _ => Shapes.FromCsv(value),
    };

    private object Unwrap(string name) => _shell.Get(name) is PSObject wrapped ? wrapped.BaseObject : _shell.Get(name)!;
}
