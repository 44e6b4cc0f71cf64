using System.Text.Json;

namespace KlingPS.Responses;

/// <summary>The answers that are about no single task: a page of a list, and balances.</summary>
internal static class ListReader
{
    // What the service gives a page at most; an endless list must not fill the memory.
    private const int MostItems = 500;

    // What the gateway says of a key without a limit: this now, and in older samples the other.
    private const decimal Unlimited = -1;
    private const decimal OldUnlimited = 999_999_999;

    /// <returns>The tasks of a page in its order; null when there is no list.</returns>
    internal static TaskPage? ReadTasks(JsonElement root, KlingTaskKind kind, string? key, DateTimeOffset now)
    {
        if (root.Field("data"u8) is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        KlingTask[] tasks =
        [
            .. list.EnumerateArray().Take(MostItems)
                .Select(item => TaskReader.Read(item, kind, key, now)).OfType<KlingTask>(),
        ];
        return new TaskPage(tasks, list.GetArrayLength());
    }

    /// <summary>Kling's packs, in its order.</summary>
    /// <returns>Null when there is no list.</returns>
    internal static KlingBalance[]? ReadPacks(JsonElement root, string? key)
    {
        // The list has a code of its own.
        if (root.Object("data"u8) is not { } data || data.Text("code"u8) is not (null or "0")
            || data.Field("resource_pack_subscribe_infos"u8) is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        return
        [
            .. list.EnumerateArray().Take(MostItems).Select(pack => new KlingBalance
            {
                Provider = KlingProvider.Kling,
                Name = Clean(pack.NonEmpty("resource_pack_name"u8), key),
                Type = Clean(pack.NonEmpty("resource_pack_type"u8), key),
                Total = pack.Decimal("total_quantity"u8),
                Remaining = pack.Decimal("remaining_quantity"u8),
                Unit = "units",
                From = pack.UnixMilliseconds("effective_time"u8)?.LocalDateTime,
                Until = pack.UnixMilliseconds("invalid_time"u8)?.LocalDateTime,
                Status = Clean(pack.NonEmpty("status"u8), key),
            }),
        ];
    }

    /// <summary>What CometAPI says of the account, then of each key.</summary>
    /// <returns>Null when it says nothing of the account.</returns>
    internal static KlingBalance[]? ReadQuota(JsonElement root, string? key)
    {
        JsonElement quota = root.Object("data"u8) ?? root;
        if (quota.Decimal("total_quota"u8) is not { } left)
        {
            return null;
        }

        IEnumerable<JsonElement> keys = quota.Field("keys"u8) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Take(MostItems)
            : [];
        return
        [
            new KlingBalance
            {
                Name = Clean(quota.NonEmpty("username"u8), key),
                Type = "account",
                Remaining = left,
                Total = left + quota.Decimal("total_used_quota"u8),
                Unit = "USD",
            },
            .. keys.Select(item =>
            {
                decimal? remaining = item.Decimal("remain_quota"u8) is { } known and not (Unlimited or OldUnlimited)
                    ? known
                    : null;
                return new KlingBalance
                {
                    Name = Clean(item.NonEmpty("name"u8), key),
                    Type = "key",
                    Remaining = remaining,
                    Total = remaining + item.Decimal("used_quota"u8),
                    Unit = "USD",
                };
            }),
        ];
    }

    private static string? Clean(string? text, string? key) => text is null ? null : Redactor.Message(text, key);
}

/// <summary>One page of a list.</summary>
/// <param name="Count">How many items it had, readable or not: fewer than asked for on the last page.</param>
internal sealed record TaskPage(KlingTask[] Tasks, int Count);
