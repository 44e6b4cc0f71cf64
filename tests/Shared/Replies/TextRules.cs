using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace KlingPS.Shared.Replies;

/// <summary>What a person sees is short, steers no terminal, and holds no secret.</summary>
internal static class TextRules
{
    /// <summary>Characters of a whole message: what happened, what the service said, and what to do.</summary>
    internal const int LongestMessage = 3_000;

    /// <summary>Characters of any one thing the service said, with the sign that there was more.</summary>
    internal const int LongestText = 501;

    // An address with more than the sign that its query was left out.
    private static readonly Regex Query = new(
        @"https?:\\*/\\*/[^\s""'<>?]*\?(?!…)[^\s""'<>]",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly PropertyInfo[] TaskTexts = Texts(typeof(KlingTask));
    private static readonly PropertyInfo[] VideoTexts = Texts(typeof(KlingVideo));

    internal static void Check(ReplyCase given, Reading reading)
    {
        if (reading.Task is { } task)
        {
            CheckAll(given, TaskTexts, task);
            foreach (KlingVideo video in task.ParentVideo is { } parent ? task.Videos.Append(parent) : task.Videos)
            {
                CheckAll(given, VideoTexts, video);
            }

            return;
        }

        KlingException error = reading.Error!;
        Check(given, "Message", reading.Message, LongestMessage);
        Check(given, "ServiceCode", error.ServiceCode, LongestText);
        Check(given, "ServiceMessage", error.ServiceMessage, LongestText);
        Check(given, "RequestId", error.RequestId, LongestText);
        Check(given, "RecommendedAction", error.RecommendedAction, LongestText);
        ReplyRules.Require(error.InnerException is null, "What cannot be read is not quoted by an inner exception.");
    }

    private static PropertyInfo[] Texts(Type type) => [.. type.GetProperties().Where(property => property.PropertyType == typeof(string))];

    private static void CheckAll(ReplyCase given, PropertyInfo[] texts, object source) =>
        Array.ForEach(texts, property => Check(given, property.Name, (string?)property.GetValue(source), LongestText));

    private static void Check(ReplyCase given, string name, string? text, int limit)
    {
        if (text is null)
        {
            return;
        }

        ReplyRules.Require(text.Length <= limit, $"{name} is bounded.", $"{text.Length} characters");
        ReplyRules.Require(!text.Any(Steers), $"{name} steers no terminal.", text);
        ReplyRules.Require(!HasHalf(text), $"{name} has no half characters.");
        ReplyRules.Require(!text.Contains(RealBodies.Key, StringComparison.Ordinal), $"{name} does not hold the key.");
        ReplyRules.Require(!Query.IsMatch(text), $"{name} holds no query of an address.", text);
        ReplyRules.Require(
            !given.KeepsWords || !text.Contains(RealBodies.Signature, StringComparison.Ordinal),
            $"{name} does not hold a signature.",
            text);
    }

    // Control characters, and those that turn the writing or end a line.
    private static bool Steers(char c) =>
        char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool HasHalf(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
