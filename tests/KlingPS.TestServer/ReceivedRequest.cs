namespace KlingPS.TestServer;

/// <summary>One request as it arrived.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path without its query, percent-encoded as sent.</param>
/// <param name="Query">The query without its question mark; empty when there is none.</param>
/// <param name="Headers">Names compare without case.</param>
/// <param name="Body">The body as text; empty when it is larger than 64 KB.</param>
/// <param name="ReceivedAt">When the last byte of it was there, by the server's clock.</param>
public sealed record ReceivedRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    DateTimeOffset ReceivedAt)
{
    /// <summary>The same for all that came over one connection, and for no other.</summary>
    public string Connection { get; init; } = "";

    /// <summary>The version of TLS, or empty without it.</summary>
    public string Tls { get; init; } = "";
}
