using System.Text;
using System.Text.Json;
using KlingPS.Sandbox;
using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Sandbox;

/// <summary>An account in a sandbox of its own, on a clock the test moves.</summary>
internal sealed class SandboxAccount
{
    internal const string Text = "/kling/v1/videos/text2video";
    internal const string Image = "/kling/v1/videos/image2video";
    internal const string Extend = "/kling/v1/videos/video-extend";

    internal SandboxAccount(Action<SandboxOptions>? configure = null)
    {
        SandboxOptions options = new() { Time = Clock };
        configure?.Invoke(options);
        Service = new SandboxService(options);
    }

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal SandboxService Service { get; }

    internal static JsonElement Json(SandboxResponse answer) => JsonDocument.Parse(answer.Body).RootElement;

    internal SandboxResponse Send(
        string method,
        string path,
        string body = "",
        params (string Name, string Value)[] headers)
    {
        Dictionary<string, string> all = new(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = "Bearer any" };
        foreach ((string name, string value) in headers)
        {
            all[name] = value;
        }

        return Service.Handle(new SandboxRequest(method, path, all, Encoding.UTF8.GetBytes(body)));
    }

    /// <summary>Creates and returns the data; the answer must be a success.</summary>
    internal JsonElement Create(string route, string body)
    {
        SandboxResponse answer = Send("POST", route, body);
        Assert.Equal(200, answer.Status);
        return Json(answer).GetProperty("data");
    }

    /// <summary>Creates and returns the refusal; nothing may have been created.</summary>
    internal (int Status, int Code, string Message) Refuse(string route, string body)
    {
        int before = Service.CreatedCount;
        SandboxResponse answer = Send("POST", route, body);
        Assert.Equal(before, Service.CreatedCount);
        JsonElement json = Json(answer);
        Assert.False(json.TryGetProperty("data", out _));
        string message = json.GetProperty("message").GetString()!;
        Assert.Contains("sandbox", message, StringComparison.OrdinalIgnoreCase);
        return (answer.Status, json.GetProperty("code").GetInt32(), message);
    }

    internal JsonElement Query(string route, string id)
    {
        SandboxResponse answer = Send("GET", $"{route}/{id}");
        Assert.Equal(200, answer.Status);
        return Json(answer).GetProperty("data");
    }

    /// <summary>A finished task: its ids and its first video.</summary>
    internal (string TaskId, string VideoId, JsonElement Video) Finished(string route, string body)
    {
        string taskId = Create(route, body).GetProperty("task_id").GetString()!;
        Clock.Advance(TimeSpan.FromSeconds(2));
        JsonElement video = Query(route, taskId).GetProperty("task_result").GetProperty("videos")[0];
        return (taskId, video.GetProperty("id").GetString()!, video);
    }

    internal (string TaskId, string VideoId, JsonElement Video) Parent(string more = "") =>
        Finished(Text, $$"""{"prompt":"a harbour"{{more}}}""");
}
