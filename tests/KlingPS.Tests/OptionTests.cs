using System.Net;
using System.Net.Sockets;
using KlingPS.TestServer;

namespace KlingPS.Tests;

/// <summary>Every option of a connection reaches what it is for.</summary>
public sealed class OptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Proxy_is_where_requests_go_and_its_password_is_not_shown()
    {
        using TcpListener proxy = new(IPAddress.Loopback, 0);
        proxy.Start();
        Task<string?> asked = FirstLineAsync(proxy);
        using Shell shell = new();
        shell.Set("proxy", $"http://user:secret@{proxy.LocalEndpoint}");
        Result result = shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri 'https://service.invalid/kling/' -Proxy $proxy -MaxRetryCount 0 -PassThru; New-KlingVideo 'x'");
        Assert.StartsWith("CONNECT service.invalid:443", await asked.WaitAsync(TimeSpan.FromSeconds(30), Token), StringComparison.Ordinal);
        Assert.Equal(["ConnectionFailed"], result.ErrorIds);
        Assert.Equal(SubmissionOutcome.NotSent, ((KlingException)result.Errors[0].Exception).Submission);
        Assert.DoesNotContain("secret", result.Output.Single().Properties["Proxy"].Value.ToString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_is_not_asked_for_a_service_on_this_machine_and_a_warning_says_so()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using TcpListener proxy = new(IPAddress.Loopback, 0);
        proxy.Start();
        using Shell shell = new();
        shell.Set("proxy", $"http://{proxy.LocalEndpoint}");
        shell.Set("BaseUri", server.BaseUri);
        Result result = shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -Proxy $proxy; New-KlingVideo 'x'").Clean();
        Assert.Contains("do not use the proxy", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.False(proxy.Pending());
        Assert.Equal(1, server.CreatedCount);
    }

    [Fact]
    public async Task RequestTimeoutSec_ends_a_request_without_an_answer()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using Shell shell = Shell.On(server, "-RequestTimeoutSec 1");
        server.Inject(Fault.HangBeforeService().On("GET").Always());
        Assert.Equal(["RequestTimeout"], shell.Run("Get-KlingTask 123456789012345678").ErrorIds);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task MaxRetryCount_is_how_often_a_query_is_sent_again(int retries, int requests)
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using Shell shell = Shell.On(server, $"-MaxRetryCount {retries}");
        server.Inject(Fault.Respond(503).On("GET").Always());
        Assert.Equal(["ServiceUnavailable"], shell.Run("Get-KlingTask 123456789012345678").ErrorIds);
        Assert.Equal(requests, server.RequestCount);
    }

    [Fact]
    public async Task MaxRequestsPerSec_spaces_the_requests_of_the_connection()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using Shell shell = Shell.On(server);
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 4; 1..5 | ForEach-Object { \"$_\" } | New-KlingVideo -ThrottleLimit 5").Clean();
        DateTimeOffset[] times = [.. server.Requests.Select(request => request.ReceivedAt).Order()];
        Assert.Equal(5, times.Length);

        // The fifth belongs into the second after the first, which started after the command did.
        Assert.True(times[4] - before > TimeSpan.FromSeconds(0.99));
    }

    [Fact]
    public async Task More_submissions_than_slots_are_all_created_once_side_by_side()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
        {
            settings.ConcurrentTasks = 3;
            settings.TaskDuration = TimeSpan.FromSeconds(0.2);
        });
        using Shell shell = Shell.On(server);
        Result result = shell.Run("1..12 | ForEach-Object { \"Harbour $_\" } | New-KlingVideo -ThrottleLimit 4 -QueueTimeoutSec 60 -Verbose").Clean();
        Assert.Equal(12, result.Tasks.Select(task => task.TaskId).Distinct().Count());
        Assert.Equal(12, server.CreatedCount);
        Assert.Contains(result.Verbose, text => text.Contains("every slot of the account is in use", StringComparison.Ordinal));
    }

    private static async Task<string?> FirstLineAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Token);
        using StreamReader reader = new(client.GetStream());
        string? line = await reader.ReadLineAsync(Token);
        while (await reader.ReadLineAsync(Token) is { Length: > 0 })
        {
            // The rest of the head.
        }

        await client.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Token);
        return line;
    }
}
