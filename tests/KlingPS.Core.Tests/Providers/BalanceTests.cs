using KlingPS.Core.Tests.Transport;

namespace KlingPS.Core.Tests.Providers;

/// <summary>What is left: asked where the provider tells it, and the key told to nobody else.</summary>
[Collection(nameof(VirtualTime))]
public sealed class BalanceTests
{
    private const string Packs = """
        {"code":0,"message":"SUCCEED","request_id":"r","data":{"code":0,"msg":"success",
        "resource_pack_subscribe_infos":[{"resource_pack_name":"Video - 100","resource_pack_id":"p1",
        "resource_pack_type":"decreasing_total","total_quantity":200.5,"remaining_quantity":118,
        "purchase_time":1726124664368,"effective_time":1726124664368,"invalid_time":1727366400000,"status":"expired"},
        {"resource_pack_name":null,"status":7}]}}
        """;

    private const string Quota = """
        {"username":"someone","total_quota":12.5,"total_used_quota":7.5,"request_count":3,"keys":[
        {"name":"main","remain_quota":-1,"used_quota":7.25},{"name":"old","remain_quota":999999999,"used_quota":0},
        {"name":"small","remain_quota":1.75,"used_quota":0.25}]}
        """;

    private static readonly Uri CometApi = new("https://api.cometapi.com/kling/");

    [Fact]
    public async Task Kling_lists_its_packs()
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(200, Packs));

        KlingBalance[] packs = await call.EndAsync(call.Client.GetBalanceAsync(Token));

        Assert.Equal(2, packs.Length);
        Assert.Equal(
            new KlingBalance
            {
                Provider = KlingProvider.Kling,
                Name = "Video - 100",
                Type = "decreasing_total",
                Total = 200.5m,
                Remaining = 118,
                Unit = "units",
                From = DateTimeOffset.FromUnixTimeMilliseconds(1726124664368).LocalDateTime,
                Until = DateTimeOffset.FromUnixTimeMilliseconds(1727366400000).LocalDateTime,
                Status = "expired",
            },
            packs[0]);
        Assert.Equal(
            $"https://api.test/account/costs?start_time={Given.Start.AddDays(-365).ToUnixTimeMilliseconds()}"
                + $"&end_time={Given.Start.ToUnixTimeMilliseconds()}",
            call.Handler.Seen.Single().Address.AbsoluteUri);
    }

    [Fact]
    public async Task CometAPI_tells_the_account_and_each_key_and_is_told_the_key_in_the_query_alone()
    {
        TraceList trace = new();
        ScriptedHandler handler = new(Given.Clock(), ScriptedHandler.Answer(200, Quota));
        using KlingPS.Transport.KlingConnection connection = Given.Connection(
            handler, Given.Clock(), settings => settings with { BaseUri = CometApi });

        KlingBalance[] all = await new KlingClient(connection, trace).GetBalanceAsync(Token);

        Assert.Equal(
            [
                ("someone", "account", 20m, 12.5m),
                ("main", "key", null, null),
                ("old", "key", null, null),
                ("small", "key", 2m, 1.75m),
            ],
            all.Select(balance => (balance.Name!, balance.Type!, balance.Total, balance.Remaining)));
        Assert.All(all, balance => Assert.Equal("USD", balance.Unit));
        SeenRequest sent = handler.Seen.Single();
        Assert.Equal($"https://query.cometapi.com/user/quota?key={Given.Key}", sent.Address.AbsoluteUri);
        Assert.Null(sent.Authorization);
        Assert.DoesNotContain(Given.Key, trace.Requests.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.test/kling/")]
    [InlineData("https://api.cometapi.com.attacker.test/kling/")]
    [InlineData("https://x.api.cometapi.com/kling/")]
    public async Task Another_gateway_is_not_asked_and_its_key_goes_nowhere(string address)
    {
        using VirtualCall call = new(
            settings => settings with { BaseUri = new Uri(address) }, ScriptedHandler.Answer(200, Quota));

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => call.Client.GetBalanceAsync(Token));

        Assert.Equal("NotSupported", error.ErrorId);
        Assert.Empty(call.Handler.Seen);
    }

    [Theory]
    [InlineData(401, "", "AuthenticationFailed")]
    [InlineData(404, """{"code":1203,"message":"no"}""", "InvalidRequest")]
    [InlineData(400, """{"code":1201,"message":"not found"}""", "InvalidRequest")]
    [InlineData(200, """{"code":0,"data":{"code":1,"msg":"no"}}""", "UnexpectedResponse")]
    [InlineData(200, "{}", "UnexpectedResponse")]
    [InlineData(301, "", "UnexpectedResponse")]
    public async Task An_error_says_that_it_is_about_the_balance_and_not_the_address(int status, string body, string id)
    {
        using VirtualCall call = new(
            settings => settings with { BaseUri = CometApi },
            ScriptedHandler.Answer(status, body, ("Location", $"/login?key={Given.Key}")));

        KlingException error = await call.FailAsync(call.Client.GetBalanceAsync(Token));

        Assert.Equal(id, error.ErrorId);
        Assert.StartsWith("The balance could not be queried", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Given.Key, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_connection_does_not_show_the_key()
    {
        using VirtualCall call = new(
            settings => settings with { BaseUri = CometApi, MaxRetryCount = 1 },
            (request, _) => throw new HttpRequestException($"no route to {request.RequestUri}"));

        KlingException error = await call.FailAsync(call.Client.GetBalanceAsync(Token));

        Assert.Equal("ConnectionFailed", error.ErrorId);
        Assert.DoesNotContain(Given.Key, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, call.Handler.Seen.Count);
    }
}
