using System.Text.Json;

namespace KlingPS.Shared.Replies;

/// <summary>One value in a JSON text: where it stands and what it is called.</summary>
/// <param name="Name">The member's name, or null in an array and for the whole.</param>
/// <param name="NameStart">The first byte of the member; the value's own for what has no name.</param>
/// <param name="Start">The first byte of the value.</param>
/// <param name="End">The first byte behind it.</param>
/// <param name="IsObject">Whether members can be added.</param>
internal readonly record struct JsonPlace(string? Name, int NameStart, int Start, int End, bool IsObject);

/// <summary>Finds every value of a JSON text.</summary>
internal static class JsonPlaces
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 100_000 };

    /// <returns>Empty for a text that is no JSON.</returns>
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
