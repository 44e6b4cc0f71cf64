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
        MakeTasks(server.Service, given.Tasks);
        Console.WriteLine($"Listening on {server.BaseUri}");
        foreach (SandboxTask task in server.Service.Created)
        {
            Console.WriteLine($"Task {task.TaskId}");
        }

        Console.WriteLine($"In PowerShell: Connect-Kling -ApiKey test -BaseUri {server.BaseUri}");
        Console.WriteLine("Ctrl+C ends it.");
        if (given.EndsWithInput)
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

    private static void MakeTasks(SandboxService service, int count)
    {
        Dictionary<string, string> headers = new() { ["Authorization"] = "Bearer test" };
        byte[] body = Encoding.UTF8.GetBytes("""{"prompt":"made beforehand"}""");
        for (int i = 0; i < count; i++)
        {
            service.Handle(new SandboxRequest("POST", "/kling/v1/videos/text2video", headers, body));
        }
    }
}
