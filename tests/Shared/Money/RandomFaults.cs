using System.Collections.Concurrent;
using KlingPS.TestServer;

namespace KlingPS.Shared.Money;

/// <summary>Draws for each request whether something goes wrong with it, and what. The same seed draws the same sequence.</summary>
internal sealed class RandomFaults(int seed, double share)
{
    private static readonly Dictionary<string, string> After2Seconds = new() { ["Retry-After"] = "2" };

    private static readonly (string Name, Fault Fault)[] Table =
    [
        ("reset before the service acts", Fault.ResetBeforeService()),
        ("reset after the service acted", Fault.ResetAfterService()),
        ("no answer, before the service acts", Fault.HangBeforeService()),
        ("no answer, after the service acted", Fault.HangAfterService()),
        ("answer cut after 20 bytes", Fault.Truncate(20)),
        ("408", Fault.Respond(408)),
        ("429/1302", Fault.Respond(429, Body(1302, "too fast"))),
        ("429/1302 with Retry-After", Fault.Respond(429, Body(1302, "too fast"), After2Seconds)),
        ("429/1303", Fault.Respond(429, Body(1303, "parallel task over resource pack limit"))),
        ("429/1102", Fault.Respond(429, Body(1102, "Account balance not enough"))),
        ("429 nobody can read, before the service acts", Fault.Respond(429, "<html>")),
        ("429 nobody can read, after the service acted", Fault.RespondAfterService(429, "<html>")),
        ("400/1201", Fault.Respond(400, Body(1201, "no"))),
        ("400/1301", Fault.Respond(400, Body(1301, "no"))),
        ("401/1004", Fault.Respond(401, Body(1004, "expired"))),
        ("500 before the service acts", Fault.Respond(500, Body(5000, "internal"))),
        ("500 after the service acted", Fault.RespondAfterService(500, Body(5000, "internal"))),
        ("500 invalid_request", Fault.Respond(500, """{"error":{"message":"field messages is required","code":"invalid_request"}}""")),
        ("502 HTML after the service acted", Fault.RespondAfterService(502, "<html>Bad Gateway</html>")),
        ("503 model_not_found", Fault.Respond(503, """{"error":{"message":"no available channel","code":"model_not_found"}}""")),
        ("504/5002 after the service acted", Fault.RespondAfterService(504, Body(5002, "timeout"))),
        ("524 after the service acted", Fault.RespondAfterService(524, "")),
        ("307 elsewhere", Fault.Respond(307, "", new Dictionary<string, string> { ["Location"] = "/elsewhere" })),
        ("an empty 200 after the service acted", Fault.RespondAfterService(200, "")),
        ("200 with null data after the service acted", Fault.RespondAfterService(200, """{"code":0,"message":"SUCCEED","data":null}""")),
        ("200 of wrong types after the service acted", Fault.RespondAfterService(200, """{"code":0,"data":{"task_id":{},"task_status":7}}""")),
    ];

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, int> _hits = new(StringComparer.Ordinal);

    /// <summary>How often each was drawn.</summary>
    internal IEnumerable<(string Name, int Count)> Hits => Table.Select(row => (row.Name, _hits.GetValueOrDefault(row.Name)));

    internal Fault? Draw()
    {
        int row;
        lock (_gate)
        {
            if (_random.NextDouble() >= share)
            {
                return null;
            }

            row = _random.Next(Table.Length);
        }

        _hits.AddOrUpdate(Table[row].Name, 1, (_, before) => before + 1);
        return Table[row].Fault;
    }

    private static string Body(int code, string message) => $$"""{"code":{{code}},"message":"{{message}}","request_id":"r"}""";
}
