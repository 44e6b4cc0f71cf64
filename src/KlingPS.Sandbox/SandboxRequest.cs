namespace KlingPS.Sandbox;

/// <summary>One request as the sandbox sees it.</summary>
/// <param name="Method">The HTTP method, in capitals.</param>
/// <param name="Path">Path and query, still percent-encoded.</param>
/// <param name="Headers">Names compare without case.</param>
/// <param name="Body">Empty when there is none.</param>
internal sealed record SandboxRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body)
{
    internal string? Header(string name) => Headers.TryGetValue(name, out string? value) ? value : null;
}
