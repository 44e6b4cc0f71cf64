using System.Text.Json;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Sandbox;

public sealed class TaskLifeTests
{
    private readonly SandboxAccount _account = new();

    [Fact]
    public void A_created_task_is_submitted_and_has_the_fields_of_the_service()
    {
        JsonElement answer = SandboxAccount.Json(
            _account.Send("POST", SandboxAccount.Text, """{"prompt":"a harbour"}"""));

        Assert.Equal(0, answer.GetProperty("code").GetInt32());
        Assert.Equal("SUCCEED", answer.GetProperty("message").GetString());
        Assert.True(Guid.TryParse(answer.GetProperty("request_id").GetString(), out _));
        JsonElement data = answer.GetProperty("data");
        Assert.Equal(
            ["task_id", "task_status", "task_info", "created_at", "updated_at"],
            data.EnumerateObject().Select(property => property.Name));
        Assert.Equal("submitted", data.GetProperty("task_status").GetString());
        Assert.Matches("^[0-9]{18,19}$", data.GetProperty("task_id").GetString());
        long now = _account.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(now, data.GetProperty("created_at").GetInt64());
        Assert.Equal(now, data.GetProperty("updated_at").GetInt64());
    }

    [Fact]
    public void A_task_moves_from_submitted_to_succeed_by_the_clock()
    {
        string id = Create("a harbour");
        List<(string?, long)> seen = [];
        long created = _account.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (int step in (int[])[0, 499, 1, 1499, 1])
        {
            _account.Clock.Advance(TimeSpan.FromMilliseconds(step));
            JsonElement data = _account.Query(SandboxAccount.Text, id);
            long changed = data.GetProperty("updated_at").GetInt64() - created;
            seen.Add((data.GetProperty("task_status").GetString(), changed));
        }

        Assert.Equal(
            [("submitted", 0), ("submitted", 0), ("processing", 500), ("processing", 500), ("succeed", 2000)], seen);
    }

    [Fact]
    public void A_finished_task_has_one_video_of_the_length_asked_for()
    {
        (string taskId, string videoId, JsonElement video) = _account.Parent(""","duration":"10" """);

        Assert.NotEqual(taskId, videoId);
        Assert.Equal(taskId[..12], videoId[..12]);
        Assert.Equal("10.0", video.GetProperty("duration").GetString());
        Assert.False(video.TryGetProperty("watermark_url", out _));
        Assert.Equal("0", _account.Query(SandboxAccount.Text, taskId).GetProperty("final_unit_deduction").GetString());
    }

    [Fact]
    public void A_prompt_can_make_the_task_fail()
    {
        string id = Create("a harbour [sandbox:fail]");
        _account.Clock.Advance(TimeSpan.FromSeconds(2));

        SandboxResponse answer = _account.Send("GET", $"{SandboxAccount.Text}/{id}");

        Assert.Equal(200, answer.Status);
        JsonElement json = SandboxAccount.Json(answer);
        Assert.Equal(0, json.GetProperty("code").GetInt32());
        Assert.Equal("SUCCEED", json.GetProperty("message").GetString());
        JsonElement data = json.GetProperty("data");
        Assert.Equal("failed", data.GetProperty("task_status").GetString());
        Assert.Contains("(sandbox)", data.GetProperty("task_status_msg").GetString());
        Assert.Empty(data.GetProperty("task_result").EnumerateObject());
    }

    [Fact]
    public void A_prompt_can_make_the_task_slow()
    {
        string id = Create("a harbour [sandbox:slow 7.5]");
        _account.Clock.Advance(TimeSpan.FromSeconds(7.4));
        Assert.Equal("processing", _account.Query(SandboxAccount.Text, id).GetProperty("task_status").GetString());

        _account.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("succeed", _account.Query(SandboxAccount.Text, id).GetProperty("task_status").GetString());
    }

    private string Create(string prompt) =>
        _account.Create(SandboxAccount.Text, $$"""{"prompt":"{{prompt}}"}""").GetProperty("task_id").GetString()!;
}
