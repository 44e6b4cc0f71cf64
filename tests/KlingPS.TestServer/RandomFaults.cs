using System.Collections.Concurrent;

namespace KlingPS.TestServer;

/// <summary>Draws for each request what goes wrong with it; the same seed draws the same sequence.</summary>
public sealed class RandomFaults(int seed, double share, bool singleOnly = false)
{
    private static readonly Dictionary<string, string> Elsewhere = new() { ["Location"] = "/elsewhere" };
    private static readonly Dictionary<string, string> After2Seconds = new() { ["Retry-After"] = "2" };

    private static readonly (string Name, bool IsSingle, Fault Fault)[] All =
    [
        ("reset before the service acts", true, Fault.ResetBeforeService()),
        ("reset after the service acted", true, Fault.ResetAfterService()),
        ("no answer, before the service acts", true, Fault.HangBeforeService()),
        ("no answer, after the service acted", true, Fault.HangAfterService()),
        ("answer cut after 20 bytes", true, Fault.Truncate(20)),
        ("408", true, Fault.Respond(408)),
        ("429/1302", false, Fault.Respond(429, Body(1302, "too fast"))),
        ("429/1302 with Retry-After", false, Fault.Respond(429, Body(1302, "too fast"), After2Seconds)),
        ("429/1303", false, Fault.Respond(429, Body(1303, "parallel task over resource pack limit"))),
        ("429/1102", false, Fault.Respond(429, Body(1102, "Account balance not enough"))),
        ("429 nobody can read, before the service acts", false, Fault.Respond(429, "<html>")),
        ("429 nobody can read, after the service acted", false, Fault.RespondAfterService(429, "<html>")),
        ("400/1201", false, Fault.Respond(400, Body(1201, "no"))),
        ("400/1301", false, Fault.Respond(400, Body(1301, "no"))),
        ("401/1004", false, Fault.Respond(401, Body(1004, "expired"))),
        ("500 before the service acts", true, Fault.Respond(500, Body(5000, "internal"))),
        ("500 after the service acted", true, Fault.RespondAfterService(500, Body(5000, "internal"))),
        ("500 invalid_request", false, Fault.Respond(500, """{"error":{"message":"field messages is """
            + """required","code":"invalid_request"}}""")),
        ("502 HTML after the service acted", true, Fault.RespondAfterService(502, "<html>Bad Gateway</html>")),
        ("503 model_not_found", false, Fault.Respond(503, """{"error":{"message":"no available """
            + """channel","code":"model_not_found"}}""")),
        ("504/5002 after the service acted", true, Fault.RespondAfterService(504, Body(5002, "timeout"))),
        ("524 after the service acted", true, Fault.RespondAfterService(524, "")),
        ("307 elsewhere", false, Fault.Respond(307, "", Elsewhere)),
        ("an empty 200 after the service acted", false, Fault.RespondAfterService(200, "")),
        ("200, null data after the service acted", false, Fault.RespondAfterService(200, """{"code":0,"data":null}""")),
        ("200 of wrong types after the service acted", false, Fault.RespondAfterService(200, """{"code":0,"data":"""
            + """{"task_id":{},"task_status":7}}""")),
    ];

    private readonly (string Name, bool IsSingle, Fault Fault)[] _table =
        [.. All.Where(row => row.IsSingle || !singleOnly)];
    private readonly Random _random = new(seed);
    private readonly object _gate = new();
    private readonly ConcurrentDictionary<string, int> _hits = new(StringComparer.Ordinal);

    /// <summary>How often each was drawn.</summary>
    public IEnumerable<(string Name, int Count)> Hits =>
        _table.Select(row => (row.Name, _hits.GetValueOrDefault(row.Name)));

    /// <summary>The fault for the next request, or null.</summary>
    public Fault? Draw()
    {
        int row;
        lock (_gate)
        {
            if (_random.NextDouble() >= share)
            {
                return null;
            }

            row = _random.Next(_table.Length);
        }

        _hits.AddOrUpdate(_table[row].Name, 1, (_, before) => before + 1);
        return _table[row].Fault;
    }

    private static string Body(int code, string message) =>
        $$"""{"code":{{code}},"message":"{{message}}","request_id":"r"}""";
}
