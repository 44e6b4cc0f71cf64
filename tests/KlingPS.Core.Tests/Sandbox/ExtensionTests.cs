using System.Text.Json;

namespace KlingPS.Core.Tests.Sandbox;

public sealed class ExtensionTests
{
    private readonly SandboxAccount _account = new();

    [Fact]
    public void An_extension_is_four_and_a_half_seconds_longer_and_names_its_parent()
    {
        (string parentTask, string parentVideo, JsonElement before) = _account.Parent();

        (string taskId, string videoId, JsonElement video) = Extend(parentTask, parentVideo);

        Assert.Equal("5.0", before.GetProperty("duration").GetString());
        Assert.Equal("9.5", video.GetProperty("duration").GetString());
        Assert.NotEqual(parentVideo, videoId);
        JsonElement parent = _account.Query(SandboxAccount.Extend, taskId)
            .GetProperty("task_info").GetProperty("parent_video");
        Assert.Equal(parentVideo, parent.GetProperty("id").GetString());
        Assert.Equal("5.0", parent.GetProperty("duration").GetString());
        Assert.Equal(before.GetProperty("url").GetString(), parent.GetProperty("url").GetString());
    }

    [Fact]
    public void A_chain_of_extensions_ends_at_180_seconds()
    {
        (string taskId, string videoId, JsonElement video) = _account.Parent();
        List<double> lengths = [Seconds(video)];
        while (lengths[^1] < 180)
        {
            (taskId, videoId, video) = Extend(taskId, videoId);
            lengths.Add(Seconds(video));
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(n => Math.Min(5 + (4.5 * n), 180)), lengths);
        AssertRefused(taskId, videoId, "180 s");
    }

    [Theory]
    [InlineData("kling-v1")]
    [InlineData("kling-v1-5")]
    [InlineData("kling-v1-6")]
    public void The_first_models_can_be_extended(string model)
    {
        (string taskId, string videoId, _) = _account.Finished(
            SandboxAccount.Image, $$"""{"image":"https://x.test/a.png","model_name":"{{model}}"}""");

        Extend(taskId, videoId);
    }

    [Theory]
    [InlineData("kling-v2-master")]
    [InlineData("kling-v2-6")]
    public void Later_models_cannot_be_extended(string model)
    {
        (string taskId, string videoId, _) = _account.Parent($$""","model_name":"{{model}}" """);

        AssertRefused(taskId, videoId, model);
    }

    [Fact]
    public void A_parent_that_is_unknown_unfinished_failed_or_of_another_video_is_refused()
    {
        AssertRefused("123", "456", "no task 123");
        AssertRefused(Created("p"), "456", "submitted");
        string failed = Created("[sandbox:fail]");
        _account.Clock.Advance(TimeSpan.FromSeconds(2));
        AssertRefused(failed, "456", "failed");
        string otherVideo = _account.Parent().VideoId;
        AssertRefused(_account.Parent().TaskId, otherVideo, otherVideo);
    }

    [Fact]
    public void A_parent_can_be_extended_for_30_days()
    {
        (string taskId, string videoId, _) = _account.Parent();
        _account.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(10));
        Extend(taskId, videoId);
        _account.Clock.Advance(TimeSpan.FromSeconds(8));

        AssertRefused(taskId, videoId, "30 days");
    }

    [Theory]
    [InlineData(""" "prompt":"[sandbox:reject]" """, 1301, "")]
    [InlineData(""" "cfg_scale":2 """, 1201, "cfg_scale")]
    [InlineData(""" "callback_url":"x" """, 1201, "callback_url")]
    public void A_wrong_field_of_an_extension_is_named(string field, int expected, string named)
    {
        (string taskId, string videoId, _) = _account.Parent();

        (int status, int code, string message) = _account.Refuse(
            SandboxAccount.Extend, $$"""{"task_id":"{{taskId}}","video_id":"{{videoId}}",{{field}}}""");

        Assert.Equal((400, expected), (status, code));
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    private string Created(string prompt) =>
        _account.Create(SandboxAccount.Text, $$"""{"prompt":"{{prompt}}"}""").GetProperty("task_id").GetString()!;

    private static double Seconds(JsonElement video) =>
        double.Parse(video.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture);

    private (string TaskId, string VideoId, JsonElement Video) Extend(string taskId, string videoId) =>
        _account.Finished(SandboxAccount.Extend, Body(taskId, videoId));

    private static string Body(string taskId, string videoId) =>
        $$"""{"task_id":"{{taskId}}","video_id":"{{videoId}}","prompt":"on","cfg_scale":0.5}""";

    private void AssertRefused(string taskId, string videoId, string why)
    {
        (int status, int code, string message) = _account.Refuse(SandboxAccount.Extend, Body(taskId, videoId));

        Assert.Equal((400, 1201), (status, code));
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("the sandbox's own wording", message, StringComparison.Ordinal);
        Assert.All(
            (string[])["prompt", "cfg_scale", "callback_url"],
            field => Assert.DoesNotContain(field, message, StringComparison.Ordinal));
    }
}
