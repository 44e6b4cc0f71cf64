using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit.v3;

namespace KlingPS.Tests;

/// <summary>The Pester suite: what only a real PowerShell shows. Each file is a test, in its own process.</summary>
/// <remarks>Another Pester than that of the build is named by KLINGPS_PESTER, the path of its manifest.</remarks>
[TestCaseOrderer(typeof(UnorderedTestCaseOrderer))]
public sealed class PesterTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly string Folder = Repository.PathOf("tests/pester");

    // .ci/run counts what is written there.
    private static readonly string Logs = Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("KLINGPS_PESTER_LOGS") ?? Repository.PathOf("artifacts/pester")).FullName;

    // What takes longest begins first, and the size tells well enough.
    public static TheoryData<string> Files =>
    [
        .. new DirectoryInfo(Folder).EnumerateFiles("*.Tests.ps1")
            .OrderByDescending(file => file.Length)
            .Select(file => file.Name),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Pester_passes(string file)
    {
        string output = await RunAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Logs, $"{file}.log"), output, CancellationToken.None);

        Match count = Regex.Match(output, @"(\d+) passed, (\d+) failed, (\d+) skipped\s*\z");
        Assert.True(count.Success, output);
        Assert.True(count.Groups[2].Value == "0", output);
        Assert.False(count.Groups[1].Value == "0" && count.Groups[3].Value == "0", $"{file} has no test.");
    }

    private static async Task<string> RunAsync(string path, CancellationToken cancellationToken)
    {
        string pester = Environment.GetEnvironmentVariable("KLINGPS_PESTER") ?? Built("pester");
        string script = Path.Combine(Folder, "run.ps1");
        string[] arguments =
            ["-NoProfile", "-NonInteractive", "-File", script, "-Path", path, "-Pester", pester];
        ProcessStartInfo start = new(Built("pwsh"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        // The runtime these tests run on, wherever it is.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        // No code is compiled a second time: most processes of the suite end before that would pay.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return $"{await errors}{await output}It did not end within {Limit.TotalMinutes} minutes.";
        }

        return await errors + await output;
    }

    // The project file knows where the packages are.
    private static string Built(string name) =>
        typeof(PesterTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == name).Value!;
}
