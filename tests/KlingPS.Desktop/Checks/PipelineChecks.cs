using System.Reflection;

namespace KlingPS.Desktop.Checks;

/// <summary>What of the cmdlets' assembly runs without an engine.</summary>
internal sealed class PipelineChecks(LoadedModule module)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("What is posted is taken in order, waited for, and refused after the end", Posted),
        ("An error is shown with its advice, which Windows PowerShell shows nowhere else", ErrorText),
    ];

    private async Task Posted()
    {
        object posted = Activator.CreateInstance(module.Type("KlingPS.Pipeline.PostedActions"), nonPublic: true);
        List<int> done = [];
        Task taker = Task.Run(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                ((Action)LoadedModule.Call(posted, "Take")!)();
            }
        });
        // Past the looks, into the wait.
        Ensure.That(await Task.WhenAny(taker, Task.Delay(200)) != taker, "it took what was not there");
        for (int i = 1; i <= 3; i++)
        {
            int number = i;
            Ensure.Equal(true, LoadedModule.Call(posted, "TryAdd", (Action)(() => done.Add(number))), "whether it was taken");
        }

        await taker;
        Ensure.Equal("1 2 3", string.Join(" ", done), "the order");
        Ensure.Equal(null, LoadedModule.Call(posted, "TakeReady"), "what is ready at the end");
        LoadedModule.Call(posted, "Close");
        Ensure.Equal(false, LoadedModule.Call(posted, "TryAdd", (Action)(() => { })), "whether it was taken after the end");
    }

    private Task ErrorText()
    {
        KlingException error = new(KlingError.WaitTimeout, "It took too long.");
        object? shown = module.Type("KlingPS.Pipeline.ErrorRecords")
            .GetMethod("Shown", BindingFlags.NonPublic | BindingFlags.Static)
            .Invoke(null, [error]);
        Ensure.Equal($"It took too long. {error.RecommendedAction}", shown, "what is shown");
        return Task.CompletedTask;
    }
}
