namespace KlingPS.Tests;

/// <summary>Tests with a server of their own.</summary>
public abstract class ServerTest : IAsyncLifetime
{
    private protected readonly TempFolder _state = new();
    private protected KlingTestServer _server = null!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>For tests that run alone: whether the journal is in <see cref="_state"/>.</summary>
    private protected virtual bool HasOwnJournal => false;

    public virtual async ValueTask InitializeAsync()
    {
        if (HasOwnJournal)
        {
            Environment.SetEnvironmentVariable("XDG_STATE_HOME", _state.Path);
        }

        _server = await KlingTestServer.StartAsync(Configure);
    }

    public virtual async ValueTask DisposeAsync()
    {
        OwnState.Use();
        await _server.DisposeAsync();
        _state.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Configure(ServerSettings settings)
    {
    }
}

/// <summary>Tests with a shell that is connected to the server, and a folder in its $out.</summary>
/// <param name="connect">More arguments of Connect-Kling.</param>
public abstract class ShellTest(string connect = "") : ServerTest
{
    private protected readonly TempFolder _folder = new();
    private protected Shell _shell = null!;

    private protected virtual CaptureHost? Host => null;

    /// <summary>Runs what is to end without any request.</summary>
    private protected Result RunUnsent(string script)
    {
        int before = _server.RequestCount;
        Result result = _shell.Run(script);
        Assert.Equal(before, _server.RequestCount);
        return result;
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell = Shell.On(_server, connect, Host);
        _shell.Set("out", _folder.Path);
    }

    public override async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        _folder.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
