using Microsoft.PowerShell;

// PowerShell's own console with the module of this checkout, for machines that have the .NET SDK and no pwsh.
DirectoryInfo? root = new(AppContext.BaseDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "KlingPS.psd1")))
{
    root = root.Parent;
}

if (root is null)
{
    Console.Error.WriteLine("Quickstart must be built inside a checkout of KlingPS: there is no KlingPS.psd1 above it.");
    return 2;
}

if (Console.IsOutputRedirected)
{
    Environment.SetEnvironmentVariable("NO_COLOR", "1");
}

bool isInteractive = args is [{ } first, ..] && first.Equals("-Interactive", StringComparison.OrdinalIgnoreCase);
List<string> console = ["-NoLogo", "-NoProfile"];
if (OperatingSystem.IsWindows())
{
    console.AddRange(["-ExecutionPolicy", "Bypass"]);
}

if (isInteractive)
{
    string manifest = Path.Combine(root.FullName, "KlingPS.psd1").Replace("'", "''", StringComparison.Ordinal);
    console.AddRange([
        "-NoExit",
        "-Command",
        $"Import-Module '{manifest}'; 'KlingPS is loaded. Without a key or cost: Connect-Kling -Sandbox; New-KlingVideo ''A harbour'' | Wait-KlingTask'",
    ]);
}
else
{
    // A script that left the sandbox must find no key to spend money with.
    Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
    Console.WriteLine("Running extend-a-video.ps1 on the sandbox, the service in memory: no key, no network, no cost.");
    console.AddRange(["-NonInteractive", "-File", Path.Combine(root.FullName, "samples", "extend-a-video.ps1"), "-Sandbox", .. args]);
}

return ConsoleShell.Start(null, null, [.. console]);
