using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using KlingPS.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace KlingPS.Tests;

/// <summary>The Pester suite: what only a real PowerShell shows. One process runs it, each file is a test.</summary>
public sealed class PesterTests(PesterRun run) : IClassFixture<PesterRun>
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(PesterRun.Folder, "*.Tests.ps1").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Pester_passes(string file)
    {
        string output = await run.Output;

        Match count = Regex.Match(
            output, $@"^{Regex.Escape(file)}: (\d+) passed, (\d+) failed, (\d+) skipped", RegexOptions.Multiline);
        Assert.True(count.Success, output);
        Assert.True(count.Groups[2].Value == "0", output);
        Assert.False(count.Groups[1].Value == "0" && count.Groups[3].Value == "0", $"{file} has no test.");
    }
}

/// <summary>One run of the suite by the pwsh of .config/dotnet-tools.json.</summary>
public sealed class PesterRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    internal static string Folder { get; } = Path.Combine(Repository.Root, "tests", "pester");

    /// <summary>What it wrote.</summary>
    internal Task<string> Output { get; } = RunAsync(TestContext.Current.CancellationToken);

    private static async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Built("pwsh"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
            ArgumentList =
            {
                "-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "run.ps1"), "-Pester", Built("pester"),
            },
        };
        // The runtime these tests run on, wherever it is.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
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
            Assert.Fail($"The Pester suite did not end within {Limit.TotalMinutes} minutes.");
        }

        string text = await output;
        await File.WriteAllTextAsync(
            Path.Combine(Repository.Root, "artifacts", "pester.log"), text, CancellationToken.None);
        Console.WriteLine(text.TrimEnd().Split('\n')[^1]);
        return text + await errors;
    }

    // The project file knows where the packages are.
    private static string Built(string name) =>
        typeof(PesterRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == name).Value!;
}

/// <summary>The Pester suite takes longest, so it begins first.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName.Contains(
            nameof(PesterTests), StringComparison.Ordinal))];
}
