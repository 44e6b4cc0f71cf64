using System.Management.Automation;
using KlingPS.TestServer;

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
    public void Without_a_key_there_is_no_connection_to_show()
    {
        using Shell shell = new();
        Assert.Empty(shell.Run("Get-KlingConnection").Clean().Output);
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

    private static void Clear()
    {
        Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", null);
    }
}
