using System.Reflection;

namespace KlingPS.Desktop.Checks;

/// <summary>What of the cmdlets' assembly runs without an engine.</summary>
internal sealed class PipelineChecks(LoadedModule module)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("An error is shown with its advice, which Windows PowerShell shows nowhere else", ErrorText),
    ];

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
