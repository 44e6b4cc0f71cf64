namespace KlingPS.Sandbox;

/// <summary>One answer of the sandbox.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Content headers included; names compare without case.</param>
/// <param name="Body">Empty for HEAD, whose Content-Length still tells the length.</param>
internal sealed record SandboxResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
