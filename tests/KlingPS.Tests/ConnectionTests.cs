using System.Net;
using System.Net.Sockets;

namespace KlingPS.Tests;

/// <summary>Environment variables belong to the process, so these run alone.</summary>
[Collection(nameof(Unobserved))]
public sealed class ConnectionTests : IDisposable
{
    private const string Key = "sk-0123456789abcdefWXYZ";

    public ConnectionTests() => Clear();

    public void Dispose() => Clear();

    [Theory]
    [InlineData("Get-KlingTask 1")]
    [InlineData("Wait-KlingTask 1")]
    [InlineData("New-KlingVideo 'x'")]
    [InlineData("New-KlingExtension 1 2")]
    [InlineData("Save-KlingVideo 1")]
    public void Without_a_key_every_cmdlet_names_the_places_it_looked(string line)
    {
        using Shell shell = new();
        Result result = shell.Run($"$ErrorActionPreference = 'Stop'; {line}");
        Assert.StartsWith("NotConnected,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Connect-Kling", result.Terminating.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("$env:COMETAPI_KEY", result.Terminating.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_is_used_without_Connect_and_a_change_of_it_is_seen()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        Environment.SetEnvironmentVariable("COMETAPI_KEY", Key + "\n");
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", server.BaseUri.ToString().TrimEnd('/'));
        using Shell shell = new();
        shell.Run("New-KlingVideo 'x'").Clean();
        Assert.Equal($"Bearer {Key}", server.Requests[^1].Headers["Authorization"]);
        Environment.SetEnvironmentVariable("COMETAPI_KEY", "sk-another-key-of-the-user");
        shell.Run("New-KlingVideo 'x'").Clean();
        Assert.Equal("Bearer sk-another-key-of-the-user", server.Requests[^1].Headers["Authorization"]);
    }

    [Theory]
    [InlineData("-ApiKey k -BaseUri 'http://example.com/kling'", "InsecureBaseUri")]
    [InlineData("-ApiKey k -BaseUri 'ftp://example.com'", "NotConnected")]
    [InlineData("-ApiKey k -BaseUri 'https://example.com/?a=b'", "NotConnected")]
    [InlineData("-ApiKey 'two words'", "NotConnected")]
    [InlineData("-ApiKey ''", "NotConnected")]
    [InlineData("", "NotConnected")]
    public void A_connection_that_cannot_work_ends_the_command(string arguments, string id)
    {
        using Shell shell = new();
        Result result = shell.Run($"$ErrorActionPreference = 'Stop'; Connect-Kling {arguments}");
        Assert.StartsWith(id + ",", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Proxy 'http://user@proxy.example.com:8080'")]
    public void A_credential_without_a_proxy_or_for_one_that_has_a_user_ends_the_command(string arguments)
    {
        using Shell shell = new();
        shell.Set("credential", Credential());
        Result result = shell.Run(
            $"$ErrorActionPreference = 'Stop'; Connect-Kling -ApiKey k -ProxyCredential $credential {arguments}");
        Assert.StartsWith("NotConnected,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-ProxyCredential", result.Terminating.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_credential_is_none()
    {
        using Shell shell = new();
        shell.Run("Connect-Kling -ApiKey k -ProxyCredential ([pscredential]::Empty)").Clean();
    }

    [Fact]
    public void Two_connections_take_turns_in_one_runspace_until_it_disconnects()
    {
        using Shell shell = new();
        shell.Run("""
            $a = Connect-Kling -Sandbox -SandboxTaskSec 0 -PassThru
            $task = New-KlingVideo 'A'
            $b = Connect-Kling -Sandbox -SandboxTaskSec 0 -PassThru
            """).Clean();

        Assert.Equal(["TaskNotFound"], shell.Run("$task | Get-KlingTask").ErrorIds);
        shell.Run("Connect-Kling -Connection $a; $task | Get-KlingTask; Connect-Kling -Connection $b").Clean();
        Assert.Equal("A", shell.Run("Connect-Kling -Connection $a; $task | Get-KlingTask").Clean().Task.Title);
        Result closed = shell.Run("Disconnect-Kling; $ErrorActionPreference = 'Stop'; Connect-Kling -Connection $b");
        Assert.StartsWith("NotConnected,", closed.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_is_one_in_every_runspace_that_takes_it_until_the_last_has_left_it()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using Shell first = Shell.On(server);
        first.Run("$kling = Get-KlingConnection; $task = New-KlingVideo 'a'").Clean();
        using (Shell second = new())
        {
            second.Set("kling", first.Get("kling"));
            second.Set("id", ((KlingTask)((PSObject)first.Get("task")!).BaseObject).TaskId);
            second.Run("Connect-Kling -Connection $kling").Clean();
            // The kind of the other's task is known to the connection.
            KlingTask task = second.Run("Wait-KlingTask $id -PollIntervalSec 0.1").Clean().Task;
            Assert.Equal(KlingTaskKind.TextToVideo, task.Kind);

            first.Run("Disconnect-Kling").Clean();
            Assert.StartsWith(
                "NotConnected,",
                first.Run("$ErrorActionPreference = 'Stop'; Get-KlingTask 1").Terminating.FullyQualifiedErrorId,
                StringComparison.Ordinal);
            second.Run("New-KlingVideo 'b'").Clean();
            first.Run("Connect-Kling -Connection $kling; Connect-Kling -Connection $kling; Disconnect-Kling").Clean();
            second.Run("New-KlingVideo 'c'").Clean();
        }

        // The second runspace has ended without Disconnect-Kling.
        Result closed = first.Run("$ErrorActionPreference = 'Stop'; Connect-Kling -Connection $kling");
        Assert.StartsWith("NotConnected,", closed.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(3, server.CreatedCount);
    }

    [Theory]
    [InlineData("[System.Management.Automation.PSSerializer]::Deserialize("
        + "[System.Management.Automation.PSSerializer]::Serialize($kling))")]
    [InlineData("[pscustomobject]@{ BaseUri = $kling.BaseUri; KeyHint = $kling.KeyHint }")]
    public void A_connection_that_comes_from_a_file_says_to_connect_again_and_changes_nothing(string copy)
    {
        using Shell shell = new();
        shell.Run($"Connect-Kling -ApiKey '{Key}'; $kling = Get-KlingConnection; $copy = {copy}").Clean();
        Result result = shell.Run("$ErrorActionPreference = 'Stop'; Connect-Kling -Connection $copy");
        Assert.StartsWith("NotConnected,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Connect-Kling", result.Terminating.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Single(shell.Run("Get-KlingConnection").Clean().Output);
    }

    [Theory]
    [InlineData("'a', 'b', 'c' | New-KlingVideo -WhatIf", "text2video", "3 paid tasks would")]
    [InlineData("$WhatIfPreference = $true; New-KlingVideo 'a'", "text2video", "1 paid task would")]
    [InlineData("New-KlingExtension 1 2 -WhatIf", "video-extend", "1 paid task would")]
    [InlineData("Disconnect-Kling; New-KlingVideo 'a' -WhatIf", "text2video", "1 paid task would")]
    public void WhatIf_needs_no_key_and_counts_what_would_be_paid(string line, string route, string count)
    {
        CaptureHost host = new();
        using Shell shell = new(host);
        Assert.Empty(shell.Run(line).Clean().Output);
        Assert.Contains(
            $"What if: POST https://api.cometapi.com/kling/v1/videos/{route}", host.Screen.Text,
            StringComparison.Ordinal);
        Assert.Contains($"What if: {count} be submitted.", host.Screen.Text, StringComparison.Ordinal);
        Assert.Empty(shell.Run("Get-KlingConnection").Clean().Output);
    }

    [Fact]
    public void WhatIf_without_a_key_shows_the_address_of_the_environment()
    {
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", "https://gateway.example.com/kling");
        CaptureHost host = new();
        using Shell shell = new(host);
        shell.Run("New-KlingVideo 'a' -WhatIf").Clean();
        Assert.Contains(
            "POST https://gateway.example.com/kling/v1/videos/text2video", host.Screen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("api.cometapi.com", host.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_connection_shows_where_the_key_came_from_and_a_hint_only()
    {
        using Shell shell = new();
        PSObject info = shell.Run($"Connect-Kling -ApiKey '{Key}' -PassThru").Clean().Output.Single();
        Assert.Equal("sk-…WXYZ", info.Properties["KeyHint"].Value);
        Assert.Equal("-ApiKey", info.Properties["KeySource"].Value);
        shell.Run("Disconnect-Kling").Clean();
        Assert.Empty(shell.Run("Get-KlingConnection").Clean().Output);
    }

    [Theory]
    [InlineData("Connect-Kling -Sandbox; Disconnect-Kling")]
    [InlineData("Disconnect-Kling")]
    [InlineData("Disconnect-Kling; Disconnect-Kling")]
    [InlineData("$null = Get-KlingConnection; Disconnect-Kling")]
    [InlineData("Disconnect-Kling; $module = Get-Module KlingPS; Remove-Module KlingPS; Import-Module $module.Path")]
    public async Task A_session_that_was_disconnected_stays_so_until_it_is_connected(string before)
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        Environment.SetEnvironmentVariable("COMETAPI_KEY", Key);
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", server.BaseUri.ToString());
        using Shell shell = new();
        shell.Run(before).Clean();

        Result refused = shell.Run("$ErrorActionPreference = 'Stop'; New-KlingVideo 'x'");
        Assert.StartsWith("NotConnected,", refused.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Disconnect-Kling", refused.Terminating.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Connect-Kling", refused.Terminating.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(shell.Run("Get-KlingConnection").Clean().Output);
        Assert.Equal(0, server.RequestCount);

        shell.Run("Connect-Kling; New-KlingVideo 'x'").Clean();
        Assert.Equal(1, server.CreatedCount);
        using Shell other = new();
        other.Run("New-KlingVideo 'x'").Clean();
    }

    private static PSCredential Credential() => new("user", new NetworkCredential("", "secret").SecurePassword);

    private static void Clear()
    {
        Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", null);
    }
}

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
        Result result = shell.Run(
            "Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri 'https://service.invalid/kling/' -Proxy $proxy "
                + "-MaxRetryCount 0 -PassThru; New-KlingVideo 'x'");
        Assert.StartsWith(
            "CONNECT service.invalid:443", await asked.WaitAsync(TimeSpan.FromSeconds(30), Token),
            StringComparison.Ordinal);
        Assert.Equal(["ConnectionFailed"], result.ErrorIds);
        Assert.Equal(SubmissionOutcome.NotSent, ((KlingException)result.Errors[0].Exception).Submission);
        Assert.DoesNotContain(
            "secret", result.Output.Single().Properties["Proxy"].Value.ToString()!, StringComparison.Ordinal);
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
        Result result = shell.Run(
            "Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -Proxy $proxy; New-KlingVideo 'x'")
            .Clean();
        // Other tests share the journal, and a warning may name a submission of theirs.
        Assert.Single(
            result.Warnings, warning => warning.Contains("do not use the proxy", StringComparison.Ordinal));
        Assert.False(proxy.Pending());
        Assert.Equal(1, server.CreatedCount);
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
