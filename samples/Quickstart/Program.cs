using KlingPS.Quickstart;

Terminal terminal = new();
if (args is ["--help" or "-h" or "-?" or "/?", ..])
{
    terminal.WriteLine(Usage.Text);
    return ExitCode.Success;
}

try
{
    Usage usage = Usage.Read(args, AppContext.BaseDirectory, Environment.CurrentDirectory);
    terminal.WriteLine(
        $"Running {usage.Script.Name} on the sandbox, the service in memory: no key, no network, no cost.");

    // A script that disconnects from the sandbox must find no key to spend money with.
    Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
    using SampleRun run = new(usage, terminal);
    Console.CancelKeyPress += (_, pressed) => pressed.Cancel = run.TryStop();
    return run.Run();
}
catch (UsageException wrong)
{
    terminal.WriteError(wrong.Message);
    return ExitCode.BadUsage;
}
