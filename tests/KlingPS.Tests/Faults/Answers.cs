using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <summary>Answers in the service's and the gateway's shapes. Their messages tempt: they hold the key and a signed address.</summary>
internal static class Answers
{
    internal const string Key = "sk-0123456789abcdefWXYZ";
    internal const string SecretName = "ksSecret";
    internal const string Html = "<html><body>Bad gateway</body></html>";

    private const string Bait = $"Bearer {Key} https://v.example/1.mp4?{SecretName}=abc&ksTime=1";

    /// <summary>The service's own envelope.</summary>
    internal static string Service(int code, string message = "refused") =>
        $$"""{"code":{{code}},"message":"{{message}} {{Bait}}","request_id":"r-{{code}}"}""";

    /// <summary>The gateway's envelope.</summary>
    internal static string Gateway(string code) =>
        $$$"""{"error":{"message":"{{{Bait}}} (request id: r-1)","type":"comet_api_error","param":"","code":"{{{code}}}"}}""";

    /// <summary>The task envelope of the gateway's family.</summary>
    internal static string Task(string code, string message = Bait) => $$"""{"code":"{{code}}","message":"{{message}}","data":null}""";

    /// <summary>The service's own answer as a string in the gateway's.</summary>
    internal static string Passed(int code) => Task("fail_to_fetch_task", Service(code).Replace("\"", "\\\"", StringComparison.Ordinal));

    /// <summary>Before the service sees the request.</summary>
    internal static Func<Uri, Fault> Before(int status, string body) => _ => Fault.Respond(status, body);

    /// <summary>After the service carried it out.</summary>
    internal static Func<Uri, Fault> After(int status, string body) => _ => Fault.RespondAfterService(status, body);

    internal static Dictionary<string, string> Header(string name, string value) => new() { [name] = value };
}
