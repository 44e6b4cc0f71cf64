using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

// PowerShell's own console with the module of this checkout, for machines that have the .NET SDK and no pwsh.
DirectoryInfo checkout = new(AppContext.BaseDirectory);
while (!File.Exists(Path.Combine(checkout.FullName, "KlingPS.psd1")))
{
    checkout = checkout.Parent ?? throw new DirectoryNotFoundException("Build Quickstart in a checkout of KlingPS.");
}

// Imported before anything runs, so that no other KlingPS on this machine is found first.
InitialSessionState session = InitialSessionState.CreateDefault2();
session.ImportPSModule([Path.Combine(checkout.FullName, "KlingPS.psd1")]);

// PowerShell would report its start, and ask for a newer version.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
// Windows runs no script of a checkout by default.
Environment.SetEnvironmentVariable("PSExecutionPolicyPreference", "Bypass");

if (Console.IsOutputRedirected)
{
    Environment.SetEnvironmentVariable("NO_COLOR", "1");
}

if (args is [{ } first, ..] && first.Equals("-Interactive", StringComparison.OrdinalIgnoreCase))
{
    Console.WriteLine("KlingPS is loaded. Try: Connect-Kling -Sandbox; New-KlingVideo 'A harbour' | Wait-KlingTask");
    return ConsoleShell.Start(session, null, null, ["-NoLogo", "-NoProfile"]);
}

// A script that left the sandbox must find no key to spend money with.
Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
Console.WriteLine("Running extend-a-video.ps1 on the sandbox, the service in memory: no key, no network, no cost.");
string script = Path.Combine(checkout.FullName, "samples", "extend-a-video.ps1");
string[] run = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", script, "-Sandbox", .. args];
return ConsoleShell.Start(session, null, null, run);
