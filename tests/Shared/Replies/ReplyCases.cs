using CsCheck;

namespace KlingPS.Shared.Replies;

/// <summary>Makes answers: most of them nearly right, which is where a reader goes wrong.</summary>
internal static class ReplyCases
{
    private static readonly Gen<EditKind> Light = Gen.OneOf(EditKind.OtherValue, EditKind.Neighbour, EditKind.Mark);

    private static readonly Gen<EditKind> Any = Gen.Frequency(
        (2, EditKind.OtherValue), (2, EditKind.Neighbour), (1, EditKind.Mark),
        (30, EditKind.AnyValue), (8, EditKind.Twice), (8, EditKind.Rename), (2, EditKind.LongValue), (1, EditKind.Deep), (4, EditKind.Quote),
        (8, EditKind.Flip), (8, EditKind.Insert), (8, EditKind.Delete), (4, EditKind.Truncate), (1, EditKind.Repeat), (1, EditKind.Noise));

    private static readonly Gen<int> Status = Gen.Frequency(
        (8, Gen.Const(200)),
        (4, Gen.OneOf(201, 204, 301, 302, 400, 401, 403, 404, 408, 409, 413, 425, 429, 500, 502, 503, 504, 524)),
        (1, Gen.Const(429)),
        (2, Gen.Int[100, 599]));

    private static readonly Gen<string?> RetryAfter = Gen.Frequency(
        (6, Gen.Const((string?)null)),
        (1, Gen.OneOf<string?>(
            "", "0", "-1", "1", "0.5", "30", "86400", "2147483647", "2147483648", "99999999999999999999", "1e9", "NaN", "soon", " 5 ", "5, 6", "\u0665",
            "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 01 Mar 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 32 Foo 2026 25:61:61 GMT")),
        (1, Gen.Int.Select(seconds => (string?)seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))));

    /// <summary>What every property holds for.</summary>
    internal static Gen<ReplyCase> All { get; } = Gen.Select(
        Gen.OneOf(Enum.GetValues<Asked>()),
        Status,
        Gen.OneOf(RealBodies.All),
        Gen.Frequency((1, Edits(Light)), (4, Edits(Any))),
        RetryAfter,
        (asked, status, origin, edits, retryAfter) => new ReplyCase(asked, status, origin, edits, retryAfter));

    private static Gen<Edit[]> Edits(Gen<EditKind> kinds) =>
        Gen.Select(kinds, Gen.UInt.Uniform, Gen.UInt.Uniform, (kind, at, what) => new Edit(kind, at, what)).Array[0, 4];
}
