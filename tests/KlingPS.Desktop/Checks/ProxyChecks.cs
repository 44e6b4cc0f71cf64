using System.Net;
using System.Text;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>A proxy between us and the service.</summary>
internal sealed class ProxyChecks
{
    // Kept free by RFC 6761, so that nothing can get past the proxy.
    private static readonly Uri Service = new("https://kling.invalid/kling/");

    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A proxy is asked for a tunnel, and without one nothing was sent", Tunnel),
        ("A proxy gets user and password once it asks for them", Credentials),
    ];

    private static async Task Tunnel()
    {
        using RawServer proxy = new((_, _) => RawServer.Answer("502 Bad Gateway", ""));
        await EnsureNotSentAsync(proxy, proxy.Address);
        Ensure.That(
            proxy.Requests.All(request => !request.Text.Contains("Proxy-Authorization")),
            "it sent credentials it does not have");
    }

    private static async Task Credentials()
    {
        using RawServer proxy = new((_, request) => request.Contains("Proxy-Authorization")
            ? RawServer.Answer("502 Bad Gateway", "")
            : RawServer.Answer("407 Proxy Authentication Required", "", "Proxy-Authenticate: Basic realm=\"p\"\r\n"));
        await EnsureNotSentAsync(
            proxy, new UriBuilder(proxy.Address) { UserName = "us%20er", Password = "pa%3Ass" }.Uri);
        string expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("us er:pa:ss"));
        Ensure.That(
            proxy.Requests.Any(request => request.Text.Contains(expected)), "the proxy got no user and password");
    }

    private static async Task EnsureNotSentAsync(RawServer proxy, Uri address)
    {
        using Client client = new(Service, Client.Hasty(10) with { Proxy = address });
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.SubmitAsync(new VideoRequest { Prompt = "a" }));
        // Mono hands out the proxy's refusal as if it were the service's answer. .NET Framework and .NET 8 say that
        // there is none.
        Ensure.Equal(Runtime.IsMono ? "SubmissionUnknown" : "ConnectionFailed", error.ErrorId, "the error");
        Ensure.That(proxy.Requests.Length > 0, "the proxy was not asked");
        Ensure.That(
            proxy.Requests.All(
                request => request.Text.StartsWith("CONNECT kling.invalid:443 ", StringComparison.Ordinal)),
            "it was asked for something else");
        Ensure.That(proxy.Requests.All(request => !request.Text.Contains(Client.Key)), "the proxy saw the key");
        ServicePoint point = ServicePointManager.FindServicePoint(Service, new WebProxy(address));
        Ensure.Equal(300_000, point.ConnectionLeaseTimeout, "the lease of connections through the proxy");
    }
}
