namespace KlingPS.Sandbox;

/// <summary>What an account that costs nothing has left: a unit less for each task.</summary>
internal static class BalanceWriter
{
    private const int Units = 1000;

    private static readonly TimeSpan Term = TimeSpan.FromDays(90);

    internal static SandboxResponse Packs(int created, DateTimeOffset now) => Responses.Success(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("code", 0);
        json.WriteString("msg", "success");
        json.WriteStartArray("resource_pack_subscribe_infos");
        json.WriteStartObject();
        json.WriteString("resource_pack_name", "Sandbox units");
        json.WriteString("resource_pack_id", "sandbox");
        json.WriteString("resource_pack_type", "decreasing_total");
        json.WriteNumber("total_quantity", (double)Units);
        json.WriteNumber("remaining_quantity", (double)Math.Max(0, Units - created));
        json.WriteNumber("purchase_time", now.ToUnixTimeMilliseconds());
        json.WriteNumber("effective_time", now.ToUnixTimeMilliseconds());
        json.WriteNumber("invalid_time", (now + Term).ToUnixTimeMilliseconds());
        json.WriteString("status", created < Units ? "online" : "runOut");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    internal static SandboxResponse Quota(int created) => Responses.Bare(json =>
    {
        json.WriteString("username", "sandbox");
        json.WriteNumber("total_quota", Math.Max(0, Units - created));
        json.WriteNumber("total_used_quota", created);
        json.WriteNumber("request_count", created);
        json.WriteStartArray("keys");
        json.WriteStartObject();
        json.WriteString("name", "sandbox");
        json.WriteNumber("remain_quota", -1);
        json.WriteNumber("used_quota", created);
        json.WriteEndObject();
        json.WriteEndArray();
    });
}
