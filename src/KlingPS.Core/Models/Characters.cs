namespace KlingPS;

/// <summary>The former name of <see cref="DisplayText"/>.</summary>
internal static class Characters
{
    internal static string Shown(string text) => DisplayText.ToDisplay(text);
}
