using System.Diagnostics;
using System.Reflection;
using KlingPS.Desktop.Checks;

namespace KlingPS.Desktop;

/// <summary>Runs the checks in order, prints a line each and the count.</summary>
internal static class Suite
{
    // One that hangs must not stop the others.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    internal static async Task<int> RunAsync(LoadedModule module, string serverFile)
    {
        using TempFolder temp = new();
        int passed = 0;
        int failed = 0;
        using Server server = Server.Start(serverFile);
        using Server tls = Server.Start(serverFile, "--tls", "1");
        (string Name, Func<Task> Run)[] checks =
        [
            .. new ModuleChecks(module).All,
            .. new PlatformChecks(temp).All,
            .. new SubmissionChecks(server).All,
            .. new DeadConnectionChecks().All,
            .. new QueryChecks(server, temp).All,
            .. new HandlerChecks(server, tls).All,
            .. new ProxyChecks().All,
            .. new JournalChecks(module.Folder, temp).All,
            // Last: what is loaded by now came through the resolver, and it is taken away.
            .. new ModuleChecks(module).Last,
        ];
        foreach ((string name, Func<Task> run) in checks)
        {
            Stopwatch watch = Stopwatch.StartNew();
            string? problem = await ProblemAsync(run);
            Console.WriteLine(problem is null
                ? $"passed  {name} ({watch.ElapsedMilliseconds} ms)"
                : $"FAILED  {name}: {problem}");
            passed += problem is null ? 1 : 0;
            failed += problem is null ? 0 : 1;
        }

        Console.WriteLine($"{passed} passed, {failed} failed, 0 skipped");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static async Task<string?> ProblemAsync(Func<Task> run)
    {
        try
        {
            Task task = Task.Run(run);
            if (await Task.WhenAny(task, Task.Delay(Longest)) != task)
            {
                return $"it did not end within {Longest.TotalSeconds} s";
            }

            await task;
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException!.ToString();
        }
        catch (Exception e)
        {
            return e is CheckFailed ? e.Message : e.ToString();
        }
    }
}
