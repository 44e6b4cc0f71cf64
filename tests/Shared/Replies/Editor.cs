using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KlingPS.Shared.Replies;

/// <summary>Carries out edits on the bytes of a body.</summary>
internal static class Editor
{
    private const int Depth = 10_000;

    private static readonly string[] Odd =
        ["\\ud83dxxx", "\\udc00", "x\\u0000", "dat\\u0061x", "Data", "TASK_ID", "", "\\u202e", "data ", "__proto__"];

    private static readonly byte[] Bytes =
    [
        0x00, 0x1B, 0x0A, 0x22, 0x27, 0x2C, 0x3A, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC0, 0xC3, 0xED, 0xEF, 0xF4,
        0xFE, 0xFF,
    ];

    // What says which task it is, or that it is none, or holds what says so.
    private static readonly HashSet<string> Telling = ["data", "task_id", "task_status", "code", "error", "message"];

    internal static byte[] Apply(byte[] body, IEnumerable<Edit> edits) => edits.Aggregate(body, Apply);

    private static byte[] Apply(byte[] body, Edit edit) => edit.Kind switch
    {
        EditKind.OtherValue => Replace(
            body,
            edit.At,
            OddValues.Small[edit.What % OddValues.Small.Length],
            place => place.Name is { } name && !Telling.Contains(name)),
        EditKind.Neighbour => AddMember(body, edit),
        EditKind.Mark when body is not [0xEF, 0xBB, 0xBF, ..] => [0xEF, 0xBB, 0xBF, .. body],
        EditKind.AnyValue => Replace(body, edit.At, OddValues.Small[edit.What % OddValues.Small.Length]),
        EditKind.Twice => Double(body, edit),
        EditKind.Rename => Rename(body, edit),
        EditKind.LongValue => Replace(
            body,
            edit.At,
            edit.What % 5 == 0 ? OddValues.Digits(Length(edit)) : OddValues.Long(edit.What, Length(edit))),
        EditKind.Deep => Deepen(body, edit),
        EditKind.Quote => Quote(body, edit),
        EditKind.Flip when body.Length > 0 =>
            Put(body, At(body, edit), 1, (byte)(body[At(body, edit)] ^ (1 << (int)(edit.What % 8)))),
        EditKind.Insert => Put(body, (int)(edit.At % (body.Length + 1)), 0, Bytes[edit.What % Bytes.Length]),
        EditKind.Delete when body.Length > 0 =>
            Put(body, At(body, edit), (int)Math.Min((edit.What % 16) + 1, body.Length - At(body, edit))),
        EditKind.Truncate => body[..(int)(edit.At % (body.Length + 1))],
        EditKind.Repeat => [.. body, .. body],
        EditKind.Noise => Noise(edit),
        _ => body,
    };

    private static int At(byte[] body, Edit edit) => (int)(edit.At % body.Length);

    // Mostly some thousand characters, now and then a million.
    private static int Length(Edit edit) => edit.At % 500 == 0 ? 1_000_000 : 600 + (int)(edit.What % 5_000);

    private static byte[] Replace(byte[] body, uint at, string value, Predicate<JsonPlace>? where = null)
    {
        List<JsonPlace> places = JsonPlaces.Find(body);
        if (where is not null)
        {
            places.RemoveAll(place => !where(place));
        }

        if (places.Count == 0)
        {
            return body;
        }

        JsonPlace place = places[(int)(at % places.Count)];
        return Put(body, place.Start, place.End - place.Start, Encoding.UTF8.GetBytes(value));
    }

    private static byte[] AddMember(byte[] body, Edit edit)
    {
        List<JsonPlace> objects = JsonPlaces.Find(body).FindAll(place => place.IsObject);
        if (objects.Count == 0)
        {
            return body;
        }

        JsonPlace place = objects[(int)(edit.At % objects.Count)];
        bool isEmpty = body[(place.Start + 1)..(place.End - 1)].All(
            b => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t');
        string member = $"\"{Odd[edit.What % Odd.Length]}\":{OddValues.Small[edit.At % OddValues.Small.Length]}";
        string comma = isEmpty ? "" : ",";
        return (edit.What / Odd.Length) % 2 == 0
            ? Put(body, place.Start + 1, 0, Encoding.UTF8.GetBytes(member + comma))
            : Put(body, place.End - 1, 0, Encoding.UTF8.GetBytes(comma + member));
    }

    private static byte[] Double(byte[] body, Edit edit)
    {
        List<JsonPlace> members = JsonPlaces.Find(body).FindAll(place => place.Name is not null);
        if (members.Count == 0)
        {
            return body;
        }

        JsonPlace place = members[(int)(edit.At % members.Count)];
        byte[] copy = Encoding.UTF8.GetBytes($"\"{place.Name}\":{OddValues.Small[edit.What % OddValues.Small.Length]}");
        return edit.What % 2 == 0
            ? Put(body, place.NameStart, 0, [.. copy, (byte)','])
            : Put(body, place.End, 0, [(byte)',', .. copy]);
    }

    private static byte[] Rename(byte[] body, Edit edit)
    {
        List<JsonPlace> members = JsonPlaces.Find(body).FindAll(place => place.Name is not null);
        if (members.Count == 0)
        {
            return body;
        }

        JsonPlace place = members[(int)(edit.At % members.Count)];
        JsonPlace other = members[(int)(edit.What % members.Count)];
        string name = edit.What % 3 == 0 ? Odd[edit.What % Odd.Length] : other.Name!;
        return Put(body, place.NameStart, place.Start - place.NameStart, Encoding.UTF8.GetBytes($"\"{name}\":"));
    }

    private static byte[] Deepen(byte[] body, Edit edit) => (edit.What % 4) switch
    {
        0 => Replace(body, edit.At, OddValues.Nested(edit.What / 4, Depth)),
        1 => Replace(body, edit.At, OddValues.Nested(edit.What / 4, (int)(edit.What % 100))),
        2 =>
        [
            .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"data\":", (int)(edit.At % 80)))), .. body,
            .. Enumerable.Repeat((byte)'}', (int)(edit.At % 80)),
        ],
        _ => Encoding.UTF8.GetBytes(new string(edit.At % 2 == 0 ? '[' : '{', Depth)),
    };

    // Each layer doubles the backslashes of those inside it.
    private static byte[] Quote(byte[] body, Edit edit)
    {
        string text = Encoding.UTF8.GetString(body);
        for (int layer = 0; layer <= edit.What % 12 && text.Length < 200_000; layer++)
        {
            string message = JsonEncodedText.Encode(text).ToString();
            text = edit.At % 2 == 0
                ? $$"""{"code":"fail_to_fetch_task","message":"{{message}}","data":null}"""
                : $$$"""{"error":{"message":"{{{message}}}","type":"comet_api_error","code":"fail_to_fetch_task"}}""";
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Noise(Edit edit)
    {
        byte[] noise = new byte[edit.At % 300];
        new Random((int)edit.What).NextBytes(noise);
        return noise;
    }

    private static byte[] Put(byte[] body, int start, int length, params byte[] with) =>
        [.. body.AsSpan(0, start), .. with, .. body.AsSpan(start + length)];
}

/// <summary>One value in a JSON text: where it stands and what it is called.</summary>
internal readonly record struct JsonPlace(string? Name, int NameStart, int Start, int End, bool IsObject);

/// <summary>Finds every value of a JSON text.</summary>
internal static class JsonPlaces
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 100_000 };

    internal static List<JsonPlace> Find(ReadOnlySpan<byte> text)
    {
        int mark = text is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        List<JsonPlace> found = [];
        Stack<JsonPlace> open = [];
        Utf8JsonReader reader = new(text[mark..], Deep);
        string? name = null;
        int nameStart = -1;
        try
        {
            while (reader.Read())
            {
                int start = mark + (int)reader.TokenStartIndex;
                int end = mark + (int)reader.BytesConsumed;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = reader.GetString();
                        nameStart = start;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        bool isObject = reader.TokenType == JsonTokenType.StartObject;
                        open.Push(new JsonPlace(name, nameStart < 0 ? start : nameStart, start, 0, isObject));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        found.Add(open.Pop() with { End = end });
                        break;
                    default:
                        found.Add(new JsonPlace(name, nameStart < 0 ? start : nameStart, start, end, false));
                        break;
                }

                name = null;
                nameStart = -1;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            found.Clear();
        }

        return found;
    }
}

/// <summary>JSON values that stand where another is expected.</summary>
internal static class OddValues
{
    private static readonly string[] Words =
    [
        "success", "insufficient_user_quota", "pre_consume_token_quota_failed", "permission_denied", "invalid_request",
        "task_not_exist",
        "model_not_found", "do_request_failed", "fail_to_fetch_task", "task_failed",
    ];

    /// <summary>Every one can stand anywhere in a body without making it deeper than a reader has to go.</summary>
    internal static readonly string[] Small =
    [
        "null", "true", "false", "0", "-0", "0.0", "-1", "1", "0.5", "1e400", "-1e400", "1e-400", "2147483648",
        "9223372036854775807",
        "-9223372036854775809", "12345678901234567890123456789012345678901234567890", "253402300799999",
        "253402300800000",
        "{}", "[]", "[null]", "[[[[]]]]", """{"id":{}}""", """[{"id":null,"url":null,"duration":null},1,"x",[]]""",
        "\"\"", "\" \"", "\"0\"", "\"x\"", "\"null\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ud83d\"",
        "\"\\ud83c\\udfac\"",
        "\"\\u0000\"", "\"\\u001b[31mred\\u001b[0m\\r\\n\\u0007\"", "\"\\u009b2J\\u0085\\u2028\"", "\"\\u202egnp.exe\"",
        "\"\\ufeff\"",
        $"\"{RealBodies.Key}\"", $"\"Bearer {RealBodies.Key}{RealBodies.Key}\"", $"\"{RealBodies.SignedUrl}\"",
        $"\"a {RealBodies.SignedUrl.Replace("/", "\\/", StringComparison.Ordinal)} b\"",
        $"\"{RealBodies.SignedUrl.Replace("?", "\\\\u003f", StringComparison.Ordinal)}\"",
        $"\"see /bs2/v.mp4?x=1&ksSecret={RealBodies.Signature}&y=2\"",
        "\"submitted\"", "\"succeed\"", "\"SUCCEED\"", "\"failed\"", "\"archived\"", "\"5.1\"", "\"5,1\"", "\"1e999\"",
        "\"NaN\"",
        "\"file:///etc/passwd\"", "\"https://\"", "\"http://[::1\"",
        "\"https://cdn.test/v.mp4?ksTime=ffffffffffffffff\"",
        "\"2026-03-01T12:00:00Z\"", "\"(request id: )\"", "\"not found\"", "\"prompt is too long\"",
        .. Words.Select(word => $"\"{word}\""),
        .. Codes().SelectMany(Spellings),
    ];

    /// <summary>Long ones: what a careless search through them costs grows with the square of their length.</summary>
    internal static string Long(uint which, int length)
    {
        string[] pieces =
        [
            "x", "http://", "https:\\/\\/a?b", "(request id: ", "\\u0000", "\\\"", "ksSecret=", "prompt ",
            "\\ud83c\\udfac", "sk-0123456789abcdef",
        ];
        string piece = pieces[which % pieces.Length];
        return $"\"{string.Concat(Enumerable.Repeat(piece, length / piece.Length))}\"";
    }

    internal static string Digits(int length) => new('7', length);

    internal static string Nested(uint which, int depth) => which % 2 == 0
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"data\":", depth)) + "1" + new string('}', depth);

    private static IEnumerable<int> Codes() =>
    [
        1000, 1001, 1002, 1003, 1004, 1100, 1101, 1102, 1103, 1200, 1201, 1202, 1203, 1300, 1301, 1302, 1303, 1304,
        5000, 5001, 5002, 7777,
    ];

    private static IEnumerable<string> Spellings(int code)
    {
        string digits = code.ToString(CultureInfo.InvariantCulture);
        return [digits, $"\"{digits}\"", $"{digits}.0", $"{digits}000000000000"];
    }
}
