using System.Globalization;

namespace KlingPS.Shared.Replies;

/// <summary>JSON values that stand where another is expected.</summary>
internal static class OddValues
{
    private static readonly string[] Words =
    [
        "success", "insufficient_user_quota", "pre_consume_token_quota_failed", "permission_denied", "invalid_request", "task_not_exist",
        "model_not_found", "do_request_failed", "fail_to_fetch_task", "task_failed",
    ];

    /// <summary>Every one can stand anywhere in a body without making it deeper than a reader has to go.</summary>
    internal static readonly string[] Small =
    [
        "null", "true", "false", "0", "-0", "0.0", "-1", "1", "0.5", "1e400", "-1e400", "1e-400", "2147483648", "9223372036854775807",
        "-9223372036854775809", "12345678901234567890123456789012345678901234567890", "253402300799999", "253402300800000",
        "{}", "[]", "[null]", "[[[[]]]]", """{"id":{}}""", """[{"id":null,"url":null,"duration":null},1,"x",[]]""",
        "\"\"", "\" \"", "\"0\"", "\"x\"", "\"null\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ud83d\"", "\"\\ud83c\\udfac\"",
        "\"\\u0000\"", "\"\\u001b[31mred\\u001b[0m\\r\\n\\u0007\"", "\"\\u009b2J\\u0085\\u2028\"", "\"\\u202egnp.exe\"", "\"\\ufeff\"",
        $"\"{RealBodies.Key}\"", $"\"Bearer {RealBodies.Key}{RealBodies.Key}\"", $"\"{RealBodies.SignedUrl}\"",
        $"\"a {RealBodies.SignedUrl.Replace("/", "\\/", StringComparison.Ordinal)} b\"",
        $"\"{RealBodies.SignedUrl.Replace("?", "\\\\u003f", StringComparison.Ordinal)}\"",
        $"\"see /bs2/v.mp4?x=1&ksSecret={RealBodies.Signature}&y=2\"",
        "\"submitted\"", "\"succeed\"", "\"SUCCEED\"", "\"failed\"", "\"archived\"", "\"5.1\"", "\"5,1\"", "\"1e999\"", "\"NaN\"",
        "\"file:///etc/passwd\"", "\"https://\"", "\"http://[::1\"", "\"https://cdn.test/v.mp4?ksTime=ffffffffffffffff\"",
        "\"2026-03-01T12:00:00Z\"", "\"(request id: )\"", "\"not found\"", "\"prompt is too long\"",
        .. Words.Select(word => $"\"{word}\""),
        .. Codes().SelectMany(Spellings),
    ];

    /// <summary>Long ones: what a careless search through them costs grows with the square of their length.</summary>
    internal static string Long(uint which, int length)
    {
        string[] pieces = ["x", "http://", "https:\\/\\/a?b", "(request id: ", "\\u0000", "\\\"", "ksSecret=", "prompt ", "\\ud83c\\udfac", "sk-0123456789abcdef"];
        string piece = pieces[which % pieces.Length];
        return $"\"{string.Concat(Enumerable.Repeat(piece, length / piece.Length))}\"";
    }

    internal static string Digits(int length) => new('7', length);

    internal static string Nested(uint which, int depth) => which % 2 == 0
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"data\":", depth)) + "1" + new string('}', depth);

    private static IEnumerable<int> Codes() =>
        [1000, 1001, 1002, 1003, 1004, 1100, 1101, 1102, 1103, 1200, 1201, 1202, 1203, 1300, 1301, 1302, 1303, 1304, 5000, 5001, 5002, 7777];

    private static IEnumerable<string> Spellings(int code)
    {
        string digits = code.ToString(CultureInfo.InvariantCulture);
        return [digits, $"\"{digits}\"", $"{digits}.0", $"{digits}000000000000"];
    }
}
