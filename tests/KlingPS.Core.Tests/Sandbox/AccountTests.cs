using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Sandbox;

public sealed class AccountTests
{
    private const string Body = """{"prompt":"a harbour"}""";

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    public void Without_a_key_the_service_says_401_1001(string header)
    {
        SandboxAccount account = new();
        SandboxResponse answer = account.Send("POST", SandboxAccount.Text, Body, ("Authorization", header));

        Assert.Equal(401, answer.Status);
        Assert.Equal(1001, SandboxAccount.Json(answer).GetProperty("code").GetInt32());
        Assert.Equal(0, account.Service.CreatedCount);
    }

    [Fact]
    public void Another_key_than_the_required_one_gets_the_gateway_envelope()
    {
        SandboxAccount account = new(options => options.RequiredKey = "sk-right");
        SandboxResponse wrong = account.Send("POST", SandboxAccount.Text, Body, ("Authorization", "Bearer sk-wrong"));
        SandboxResponse right = account.Send("POST", SandboxAccount.Text, Body, ("Authorization", "Bearer sk-right"));

        Assert.Equal((401, 200), (wrong.Status, right.Status));
        JsonElement error = SandboxAccount.Json(wrong).GetProperty("error");
        Assert.Equal("comet_api_error", error.GetProperty("type").GetString());
        Assert.Contains("sandbox", error.GetProperty("message").GetString());
    }

    [Fact]
    public void More_tasks_than_slots_are_429_1303_until_one_finishes()
    {
        SandboxAccount account = new(options => options.ConcurrentTasks = 1);
        account.Create(SandboxAccount.Text, Body);

        (int status, int code, string message) = account.Refuse(SandboxAccount.Text, Body);
        account.Clock.Advance(TimeSpan.FromSeconds(2));
        account.Create(SandboxAccount.Text, Body);

        Assert.Equal((429, 1303), (status, code));
        Assert.Equal("parallel task over resource pack limit (sandbox)", message);
    }

    [Fact]
    public void A_task_is_found_by_its_external_id()
    {
        SandboxAccount account = new();
        string id = account.Create(SandboxAccount.Text, """{"prompt":"p","external_task_id":"my id/1"}""")
            .GetProperty("task_id").GetString()!;

        JsonElement data = account.Query(SandboxAccount.Text, "my%20id%2F1");

        Assert.Equal(id, data.GetProperty("task_id").GetString());
        Assert.Equal("my id/1", data.GetProperty("task_info").GetProperty("external_task_id").GetString());
    }

    [Fact]
    public void An_external_id_is_taken_once()
    {
        SandboxAccount account = new();
        account.Create(SandboxAccount.Text, """{"prompt":"p","external_task_id":"mine"}""");

        (int status, int code, string message) =
            account.Refuse(SandboxAccount.Image, """{"image":"https://x.test/a.png","external_task_id":"mine"}""");

        Assert.Equal((400, 1201), (status, code));
        Assert.StartsWith("External_task_id mine already exists", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SandboxAccount.Text, "123")]
    [InlineData("/kling/v1/videos/effects", "123")]
    [InlineData(SandboxAccount.Image, null)]
    [InlineData(SandboxAccount.Extend, null)]
    public void An_id_the_route_does_not_know_is_400_1201(string route, string? id)
    {
        SandboxAccount account = new();
        id ??= account.Create(SandboxAccount.Text, Body).GetProperty("task_id").GetString()!;

        SandboxResponse answer = account.Send("GET", $"{route}/{id}");

        Assert.Equal(400, answer.Status);
        JsonElement json = SandboxAccount.Json(answer);
        Assert.Equal(1201, json.GetProperty("code").GetInt32());
        Assert.StartsWith(
            $"Task not found by id/external id: {id}", json.GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/x")]
    [InlineData("GET", "/")]
    [InlineData("OPTIONS", "*")]
    [InlineData("GET", "/kling/v1/videos/text2video")]
    [InlineData("GET", "/kling/v1/videos/text2video/")]
    [InlineData("POST", "/kling/v1/videos/text2video/1")]
    [InlineData("DELETE", "/kling/v1/videos/text2video/1")]
    public void An_unknown_route_gets_the_gateways_404(string method, string path)
    {
        SandboxResponse answer = new SandboxAccount().Send(method, path);

        Assert.Equal(404, answer.Status);
        JsonElement error = SandboxAccount.Json(answer).GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.StartsWith(
            $"Invalid URL ({method} {path})", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_kinds_are_refused_with_a_word_about_the_sandbox()
    {
        (int status, int code, string message) =
            new SandboxAccount().Refuse("/kling/v1/videos/avatar/image2video", Body);

        Assert.Equal((400, 1200), (status, code));
        Assert.Contains("Avatar", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Side_by_side_creations_all_get_an_id_of_their_own()
    {
        SandboxAccount account = new();
        byte[] body = Encoding.UTF8.GetBytes(Body);
        Dictionary<string, string> headers = new() { ["Authorization"] = "Bearer any" };

        Parallel.For(0, 500, _ =>
            account.Service.Handle(new SandboxRequest("POST", SandboxAccount.Text, headers, body)));

        Assert.Equal(500, account.Service.CreatedCount);
        Assert.Equal(500, account.Service.Created.Select(task => task.TaskId).Distinct().Count());
    }
}

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
        string method, string path, string body = "", params (string Name, string Value)[] headers)
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
