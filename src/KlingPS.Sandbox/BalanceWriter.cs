using System.Text.Json.Nodes;

namespace KlingPS.Sandbox;

/// <summary>What an account that costs nothing has left: a unit less for each task.</summary>
internal static class BalanceWriter
{
    private const int Units = 1000;

    private static readonly TimeSpan Term = TimeSpan.FromDays(90);

    internal static SandboxResponse Packs(int created, DateTimeOffset now)
    {
        JsonObject pack = new()
        {
            ["resource_pack_name"] = "Sandbox units",
            ["resource_pack_id"] = "sandbox",
            ["resource_pack_type"] = "decreasing_total",
            ["total_quantity"] = (double)Units,
            ["remaining_quantity"] = (double)Math.Max(0, Units - created),
            ["purchase_time"] = now.ToUnixTimeMilliseconds(),
            ["effective_time"] = now.ToUnixTimeMilliseconds(),
            ["invalid_time"] = (now + Term).ToUnixTimeMilliseconds(),
            ["status"] = created < Units ? "online" : "runOut",
        };
        JsonArray packs = new(pack);
        return Responses.Success(
            new JsonObject { ["code"] = 0, ["msg"] = "success", ["resource_pack_subscribe_infos"] = packs });
    }

    internal static SandboxResponse Quota(int created)
    {
        JsonObject key = new() { ["name"] = "sandbox", ["remain_quota"] = -1, ["used_quota"] = created };
        return Responses.Bare(new JsonObject
        {
            ["username"] = "sandbox",
            ["total_quota"] = Math.Max(0, Units - created),
            ["total_used_quota"] = created,
            ["request_count"] = created,
            ["keys"] = new JsonArray(key),
        });
    }
}
