using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace KlingPS.TestServer;

/// <summary>What the command line says of a server.</summary>
internal sealed class ServerArguments
{
    internal const string Usage = "Usage: dotnet run --project tests/KlingPS.TestServer -- "
        + "[--port N] [--task-seconds S] [--slots N] [--faults SHARE] [--hang 1] [--tasks N] "
        + "[--video-mebibytes N] [--end-with-input 1] [--control 1] [--tls 1]";

    internal int Port { get; private set; }

    internal TimeSpan TaskDuration { get; private set; } = TimeSpan.FromSeconds(2);

    internal int? Slots { get; private set; }

    internal HeldTime Time { get; } = new();

    /// <summary>Tasks to make, all in one moment, when a line of standard input comes.</summary>
    internal int Tasks { get; private set; }

    /// <summary>Ends with its standard input, for who starts it as a child.</summary>
    internal bool EndsWithInput { get; private set; }

    /// <summary>Does what its standard input says: see <see cref="RemoteControl"/>.</summary>
    internal bool IsControlled { get; private set; }

    /// <summary>Speaks https only, with a certificate that nobody vouches for.</summary>
    internal bool UsesTls { get; private set; }

    private Func<ReceivedRequest, Fault?> Faults { get; set; } = _ => null;

    internal bool Read(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length
                || !double.TryParse(
                    arguments[i + 1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                || number > int.MaxValue
                || !TrySet(arguments[i], number))
            {
                return false;
            }
        }

        return true;
    }

    internal void Apply(ServerSettings settings)
    {
        settings.Port = Port;
        settings.TaskDuration = TaskDuration;
        settings.ConcurrentTasks = Slots;
        settings.KeepRequests = IsControlled;
        settings.Certificate = UsesTls ? SelfSigned.Make() : null;
        settings.Time = Time;
        settings.FaultFor = Faults;
    }

    private static Fault Hang(ReceivedRequest request)
    {
        Console.WriteLine($"{request.Method} {request.Path}");
        return Fault.HangBeforeService();
    }

    private bool TrySet(string name, double number)
    {
        switch (name)
        {
            case "--port" when number <= ushort.MaxValue:
                Port = (int)number;
                return true;
            case "--task-seconds":
                TaskDuration = TimeSpan.FromSeconds(number);
                return true;
            case "--slots" when number >= 1:
                Slots = (int)number;
                return true;
            case "--faults" when number <= 1:
                RandomFaults faults = new(seed: 1, number, singleOnly: true);
                Faults = _ => faults.Draw();
                return true;
            case "--hang" when number == 1:
                Faults = Hang;
                return true;
            case "--tasks":
                Tasks = (int)number;
                return true;
            case "--video-mebibytes" when number >= 1:
                Fault large = Fault.Respond(
                    200, "", new Dictionary<string, string> { ["Content-Type"] = "video/mp4", ["ETag"] = "\"large\"" })
                    with { Stream = StreamedBody.OfMebibytes((int)number, isAnnounced: true) };
                Faults = request => request.Path.StartsWith("/videos/", StringComparison.Ordinal) ? large : null;
                return true;
            case "--end-with-input" when number == 1:
                EndsWithInput = true;
                return true;
            case "--control" when number == 1:
                IsControlled = true;
                return true;
            case "--tls" when number == 1:
                UsesTls = true;
                return true;
            default:
                return false;
        }
    }
}

/// <summary>The sandbox's options as a test sets them, and the port.</summary>
public sealed class ServerSettings
{
    /// <summary>The clock of tasks and <see cref="ReceivedRequest.ReceivedAt"/>; faults pause in real time.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>From creation to the end of a task. Zero: at once.</summary>
    public TimeSpan TaskDuration { get; set; }

    /// <summary>The n-th created task (from 0) to its duration; overrides <see cref="TaskDuration"/>.</summary>
    public Func<int, TimeSpan>? DurationOf { get; set; }

    /// <summary>How many tasks may be unfinished; null for no limit.</summary>
    public int? ConcurrentTasks { get; set; }

    /// <summary>Whose routes, keys and models it has.</summary>
    public KlingProvider Provider { get; private set; }

    /// <summary>Plays Kling's own API, which takes tokens of one pair of keys.</summary>
    public void PlayKling() => Provider = KlingProvider.Kling;

    /// <summary>The only key accepted; null accepts any.</summary>
    public string? RequiredKey { get; set; }

    /// <summary>Takes an external id as often as it comes, unlike the service.</summary>
    public bool TakesExternalIdsAgain { get; set; }

    /// <summary>Answers queries of omni tasks in the gateway's older shape.</summary>
    public bool WrapsOmni { get; set; }

    /// <summary>The fault for a request that no injected one hits, or null. Called from many threads.</summary>
    public Func<ReceivedRequest, Fault?>? FaultFor { get; set; }

    /// <summary>False for a long run: <see cref="KlingTestServer.Requests"/> then stays empty.</summary>
    public bool KeepRequests { get; set; } = true;

    /// <summary>With it the server speaks https only.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Zero: any free port.</summary>
    public int Port { get; set; }
}
