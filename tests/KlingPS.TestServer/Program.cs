using System.Globalization;
using System.Runtime.InteropServices;

namespace KlingPS.TestServer;

/// <summary>The server alone, for trying the module against a socket.</summary>
internal static class Program
{
    private const string Usage = "Usage: dotnet run --project tests/KlingPS.TestServer -- "
        + "[--port N] [--task-seconds S] [--slots N] [--faults SHARE] [--hang 1] [--end-with-input 1]";

    private static async Task<int> Main(string[] arguments)
    {
        ServerSettings settings = new() { TaskDuration = TimeSpan.FromSeconds(2) };
        bool endsWithInput = arguments.Contains("--end-with-input");
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !TrySet(settings, arguments[i], arguments[i + 1]))
            {
                await Console.Error.WriteLineAsync(Usage);
                return 2;
            }
        }

        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using KlingTestServer server = await KlingTestServer.StartAsync(given =>
        {
            given.Port = settings.Port;
            given.TaskDuration = settings.TaskDuration;
            given.ConcurrentTasks = settings.ConcurrentTasks;
            given.FaultFor = settings.FaultFor;
            given.KeepRequests = false;
        });
        Console.WriteLine($"Listening on {server.BaseUri}");
        Console.WriteLine($"In PowerShell: Connect-Kling -ApiKey test -BaseUri {server.BaseUri}");
        Console.WriteLine("Ctrl+C ends it.");
        if (endsWithInput)
        {
            _ = Task.Run(() =>
            {
                while (Console.In.ReadLine() is not null)
                {
                    // Only its end means something.
                }

                stopped.TrySetResult();
            });
        }

        await stopped.Task;
        Console.WriteLine($"Tasks created: {server.CreatedCount}");
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }

    private static bool TrySet(ServerSettings settings, string name, string value)
    {
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        switch (name)
        {
            case "--port" when number <= ushort.MaxValue:
                settings.Port = (int)number;
                return true;
            case "--task-seconds" when number <= int.MaxValue:
                settings.TaskDuration = TimeSpan.FromSeconds(number);
                return true;
            case "--slots" when number is >= 1 and <= int.MaxValue:
                settings.ConcurrentTasks = (int)number;
                return true;
            case "--hang" when number == 1:
                settings.FaultFor = Hang;
                return true;
            case "--end-with-input" when number == 1:
                return true;
            case "--faults" when number <= 1:
                RandomFaults faults = new(seed: 1, number, singleOnly: true);
                settings.FaultFor = _ => faults.Draw();
                return true;
            default:
                return false;
        }
    }

    private static Fault Hang(ReceivedRequest request)
    {
        Console.WriteLine($"{request.Method} {request.Path}");
        return Fault.HangBeforeService();
    }
}
