using System.Text.Json;
using KlingPS.Providers;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Sandbox;

/// <summary>The sandbox as Kling's own API: its routes, tokens, lists, packs and models.</summary>
public sealed class KlingAccountTests
{
    private const string Text = "/v1/videos/text2video";
    private const string Extend = "/v1/videos/video-extend";
    private const string Body = """{"prompt":"a harbour","model_name":"kling-v3"}""";

    private readonly SandboxAccount _account = new(options =>
    {
        options.Provider = KlingProvider.Kling;
        options.AccessKey = Given.AccessKey;
        options.SecretKey = Given.SecretKey;
    });

    private string Good => Sign();

    public static TheoryData<string, int> BadTokens => new()
    {
        { "", 1001 },
        { "Bearer", 1001 },
        { "Basic abc", 1002 },
        { "Bearer sk-0123456789", 1002 },
        { "Bearer a.b", 1002 },
        { "Bearer ..", 1002 },
        { "Bearer " + KeyPair.Sign("ak-of-another", Given.SecretKey, Given.Start), 1000 },
        { "Bearer " + KeyPair.Sign(Given.AccessKey, "another secret", Given.Start), 1000 },
        { "Bearer " + KeyPair.Sign(Given.AccessKey, Given.SecretKey, Given.Start) + "=", 1000 },
        { "Bearer " + KeyPair.Sign(Given.AccessKey, Given.SecretKey, Given.Start.AddSeconds(6)), 1003 },
        { "Bearer " + KeyPair.Sign(Given.AccessKey, Given.SecretKey, Given.Start.AddMinutes(-30)), 1004 },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public void A_token_is_checked_as_the_documentation_says(string header, int code)
    {
        SandboxResponse answer = _account.Send("POST", Text, Body, ("Authorization", header));

        Assert.Equal((401, code), (answer.Status, SandboxAccount.Json(answer).GetProperty("code").GetInt32()));
        Assert.Equal(0, _account.Service.CreatedCount);
    }

    [Theory]
    [InlineData("POST", "/kling/v1/videos/text2video")]
    [InlineData("GET", "/user/quota?key=x")]
    public void A_gateways_routes_are_unknown(string method, string path) =>
        Assert.Equal(404, Send(method, path).Status);

    [Theory]
    [InlineData("kling-v1")]
    [InlineData("kling-v1-6")]
    [InlineData("kling-v2-master")]
    [InlineData(null)]
    public void A_model_that_Kling_has_ended_is_404_1203(string? model)
    {
        SandboxResponse answer = Send(
            "POST", Text, model is null ? """{"prompt":"p"}""" : $$"""{"prompt":"p","model_name":"{{model}}"}""");

        Assert.Equal((404, 1203), (answer.Status, SandboxAccount.Json(answer).GetProperty("code").GetInt32()));
    }

    [Fact]
    public void An_extension_needs_its_video_alone()
    {
        SandboxTask parent = _account.Service.Make(
            KlingTaskKind.TextToVideo, Encoding.UTF8.GetBytes("""{"prompt":"p","model_name":"kling-v1-6"}"""));
        _account.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(200, Send("POST", Extend, $$"""{"video_id":"{{parent.VideoId}}"}""").Status);
        Assert.Equal(400, Send("POST", Extend, """{"video_id":"123"}""").Status);
    }

    [Fact]
    public void Tasks_of_a_kind_are_listed_newest_first_page_by_page()
    {
        string[] made = [.. Enumerable.Range(0, 5).Select(_ => IdOf(Data("POST", Text, Body)))];

        Assert.Equal([made[4], made[3]], Ids($"{Text}?pageNum=1&pageSize=2"));
        Assert.Equal([made[0]], Ids($"{Text}?pageNum=3&pageSize=2"));
        Assert.Empty(Ids($"{Text}?pageNum=4&pageSize=2"));
        Assert.Equal(5, Ids(Text).Length);
        Assert.Empty(Ids(Extend));
        Assert.Equal(400, Send("GET", $"{Text}?pageSize=501").Status);
        Assert.Equal(400, Send("GET", $"{Text}?pageNum=0").Status);
    }

    [Fact]
    public void Packs_are_told_for_a_time()
    {
        Assert.Equal(400, Send("GET", "/account/costs").Status);
        JsonElement data = Data("GET", "/account/costs?start_time=1&end_time=2");
        JsonElement pack = data.GetProperty("resource_pack_subscribe_infos")[0];
        Assert.Equal(1000, pack.GetProperty("total_quantity").GetInt32());
    }

    private static string Sign() => "Bearer " + KeyPair.Sign(Given.AccessKey, Given.SecretKey, Given.Start);

    private string[] Ids(string path) =>
        [.. Data("GET", path).EnumerateArray().Select(IdOf)];

    private static string IdOf(JsonElement task) => task.GetProperty("task_id").GetString()!;

    private SandboxResponse Send(string method, string path, string body = "") =>
        _account.Send(method, path, body, ("Authorization", Good));

    private JsonElement Data(string method, string path, string body = "")
    {
        SandboxResponse answer = Send(method, path, body);
        Assert.Equal(200, answer.Status);
        return SandboxAccount.Json(answer).GetProperty("data");
    }
}
