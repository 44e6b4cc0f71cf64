using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using KlingPS.TestServer;

namespace KlingPS.Tests.Inputs;

/// <summary>What one command did with one value.</summary>
/// <param name="Result">What it wrote.</param>
/// <param name="Requests">What arrived at the server.</param>
internal sealed record InputRun(Result Result, ReceivedRequest[] Requests);

/// <summary>A connected shell with a finished task, and the ways to hand a value to a parameter.</summary>
internal sealed partial class InputBench : IAsyncDisposable
{
    // Nothing of this takes a second; a command that waits for ever fails the test instead of stopping it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    private InputBench(KlingTestServer server)
    {
        Server = server;
        Shell = Shell.On(server);
    }

    internal KlingTestServer Server { get; }

    internal Shell Shell { get; }

    internal static async Task<InputBench> CreateAsync()
    {
        InputBench bench = new(await KlingTestServer.StartAsync());
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0x40, 0, 0, 1, 0x40, 8, 2, 0, 0, 0];
        await File.WriteAllBytesAsync(bench._folder.File("frame.png"), png);
        bench.Shell.Set("image", bench._folder.File("frame.png"));
        bench.Shell.Set("out", bench._folder.Path);
        bench.Shell.Run("""
            $null = $ExecutionContext.SessionState.Path.SetLocation($out)
            $task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask
            $id = $task.TaskId; $vid = $task.VideoId; $video = $task.Videos[0]
            $longer = ($task | New-KlingExtension | Wait-KlingTask).TaskId
            """).Clean();
        SignedCallback callback = SignedCallback.Now("""{"task_id":"1","task_status":"processing"}""");
        bench.Shell.Set("body", callback.Body);
        bench.Shell.Set("headers", callback.Headers);
        bench.Shell.Set("secret", SignedCallback.Secret);
        return bench;
    }

    /// <summary>The script that hands $value over; in a row stands everything that binds by property name, as in a CSV.</summary>
    internal static string Line(InputDecision decision, Ways way, CmdletInfo cmdlet)
    {
        if (way == Ways.Named)
        {
            return $"{decision.Cmdlet} {decision.With} -{decision.Parameter}:$value";
        }

        if (way == Ways.Piped)
        {
            return $"$value | {decision.Cmdlet} {decision.With}";
        }

        List<string> cells = [];
        string rest = Argument().Replace(decision.With, argument =>
        {
            if (!BindsByName(cmdlet.Parameters[argument.Groups["name"].Value]))
            {
                return argument.Value;
            }

            string value = argument.Groups["value"].Value;
            cells.Add($"{argument.Groups["name"].Value} = {(value[0] is '$' or '\'' ? value : $"'{value}'")}");
            return "";
        });
        return $"[pscustomobject]@{{ {string.Join("; ", cells.Append($"{decision.Parameter} = $value"))} }} | {decision.Cmdlet} {rest}";
    }

    internal static bool BindsByName(ParameterMetadata parameter) => parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName);

    /// <summary>The value as it comes that way; false when it cannot.</summary>
    internal static bool TryCarry(BadValue value, Ways way, out object? carried)
    {
        carried = way == Ways.Cell ? Text(value.Value) ?? "" : value.Value;
        return way != Ways.Cell || value.Value is null or string or IFormattable;
    }

    /// <summary>A value as a CSV, and a request, has it.</summary>
    internal static string? Text(object? value) =>
        value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString();

    /// <summary>Undoes what the last run of the command may have left: another connection, or the file to be saved.</summary>
    internal void Reset(InputDecision decision)
    {
        if (decision.Cmdlet == "Connect-Kling")
        {
            Connect();
        }

        if (decision.Parameter == "IntentId")
        {
            string id = $"own-{Guid.NewGuid():N}";
            Server.Inject(Fault.ResetAfterService().On("POST"));
            Shell.Run($"New-KlingVideo '{id}' -ExternalTaskId {id}");
            Shell.Run($"$intent = (Get-KlingIntent | & {{ process {{ if ($_.ExternalTaskId -eq '{id}') {{ $_ }} }} }}).IntentId").Clean();
        }

        if (decision.With.Contains("$fresh", StringComparison.Ordinal))
        {
            Shell.Set("fresh", Directory.CreateDirectory(_folder.File($"{Guid.NewGuid()}")).FullName);
        }
    }

    private void Connect() =>
        Shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0").Clean();

    internal async Task<InputRun> RunAsync(string line, object? value)
    {
        Shell.Set("value", value);
        int before = Server.Requests.Count;
        Result result = await Task.Run(() => Shell.Run(line)).WaitAsync(Patience);
        return new InputRun(result, [.. Server.Requests.Skip(before)]);
    }

    [GeneratedRegex(@"-(?<name>\w+)( (?<value>[^-]\S*|'[^']*'))?")]
    private static partial Regex Argument();

    public async ValueTask DisposeAsync()
    {
        Shell.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
