using System.Runtime.InteropServices;
using System.Text;
using KlingPS.Sandbox;

namespace KlingPS.TestServer;

/// <summary>The server alone, for trying the module against a socket.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        ServerArguments given = new();
        if (!given.Read(arguments))
        {
            await Console.Error.WriteLineAsync(ServerArguments.Usage);
            return 2;
        }

        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using KlingTestServer server = await KlingTestServer.StartAsync(given.Apply);
        Console.WriteLine($"Listening on {server.BaseUri}");
        Console.WriteLine($"In PowerShell: Connect-Kling {server.Credentials} -BaseUri {server.BaseUri}");
        Console.WriteLine(given.Tasks > 0 ? $"Enter makes {given.Tasks} tasks, Ctrl+C ends it." : "Ctrl+C ends it.");
        _ = Task.Run(async () =>
        {
            if (given.IsControlled)
            {
                await new RemoteControl(server).RunAsync(Console.In, Console.Out);
            }

            while (await Console.In.ReadLineAsync() is not null)
            {
                await MakeTasksAsync(server.Service, given);
            }

            if (given.EndsWithInput || given.IsControlled)
            {
                stopped.TrySetResult();
            }
        });

        await stopped.Task;
        Console.WriteLine($"Tasks created: {server.CreatedCount}");
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }

    private static async Task MakeTasksAsync(SandboxService service, ServerArguments given)
    {
        int before = service.CreatedCount;
        byte[] body = Encoding.UTF8.GetBytes("""{"prompt":"made here"}""");
        await given.Time.StandAsync(TimeSpan.FromMilliseconds(200 + (given.Tasks / 10)), () =>
        {
            for (int i = 0; i < given.Tasks; i++)
            {
                service.Make(KlingTaskKind.TextToVideo, body);
            }
        });
        Console.WriteLine($"Made {given.Tasks}");
        foreach (SandboxTask task in service.Created.Skip(before))
        {
            Console.WriteLine(task.TaskId);
        }
    }
}
