using System.Collections;

namespace KlingPS.Tests.Inputs;

/// <summary>One value that is probably not what a parameter wants.</summary>
/// <param name="Name">What a decision calls it.</param>
/// <param name="Value">The value.</param>
internal sealed record BadValue(string Name, object? Value);

/// <summary>The values every parameter is tried with.</summary>
internal static class BadValues
{
    internal const string Emoji = "A harbour \U0001F3AC at dawn";
    internal const string LookAlike = "\uFF15 h\u0430rbours";
    internal const string Letters = "h\u0430rbour-\uFF15";
    internal const string Lines = "first line\r\n\tsecond line\n";

    internal static readonly BadValue[] All =
    [
        new("null", null),
        new("empty", ""),
        new("white", " \t\r\n\u00A0"),
        new("huge", new string('x', 1_000_000)),
        new("huge address", "https://cdn.test/" + new string('x', 1_000_000)),
        new("nul", "a\0b"),
        new("escape", "a\u001b[2Jb"),
        new("lines", Lines),
        new("half pair", "a\ud83d"),
        new("look-alike", LookAlike),
        new("letters", Letters),
        new("turned", "a\u202Egnp.exe"),
        new("emoji", Emoji),
        new("negative", -1),
        new("zero", 0),
        new("beyond int", int.MaxValue + 1L),
        new("beyond long", 1e300),
        new("NaN", double.NaN),
        new("infinity", double.PositiveInfinity),
        new("negative infinity", double.NegativeInfinity),
        new("map", new Hashtable { ["odd"] = 1 }),
        new("object", new object()),
        new("date", new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc)),
        new("list", new object?[] { new object(), null }),
        new("no items", Array.Empty<object>()),
    ];
}
