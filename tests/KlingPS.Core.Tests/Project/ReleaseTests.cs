using System.Text.RegularExpressions;

namespace KlingPS.Core.Tests.Project;

/// <summary>The key of the gallery is safe, and what is published is what was tested.</summary>
public sealed class ReleaseTests
{
    private const string Folder = ".github/workflows";
    private const string Unpack = "run: ./.github/scripts/unpack.ps1 -Sha256 $env:SHA256";
    private const string Publish = "run: ./build.ps1 -Task Publish -Repository PSGallery";

    private static readonly Dictionary<string, string> Workflows =
        Repository.Files(Folder, ".yml").ToDictionary(file => Path.GetFileName(file), Repository.Read);

    private static readonly string All = string.Concat(Workflows.Values);

    [Fact]
    public void The_key_of_the_gallery_is_seen_by_one_step_of_the_job_that_publishes()
    {
        string publish = Job("release.yml", "publish");

        Assert.Single(Regex.Matches(All, "secrets"));
        Assert.Contains("secrets.PSGALLERY_API_KEY", Assert.Single(Steps(publish), step => step.Contains(Publish)));
        Assert.Matches(@"\n    environment:\n      name: gallery\n", publish);
    }

    [Fact]
    public void Nothing_a_stranger_sends_runs_with_rights()
    {
        Assert.DoesNotMatch(
            "(?m)^  (pull_request_target|workflow_run|workflow_dispatch|issue.*|repository_dispatch):", All);
        Assert.All(Workflows.Values, workflow => Assert.Contains("\npermissions:\n  contents: read\n\n", workflow));
        Assert.Equal(
            ["security-events", "id-token", "attestations", "contents"],
            Regex.Matches(All, "([a-z-]+): write").Select(right => right.Groups[1].Value));
        Assert.All(
            Regex.Matches(All, "uses: (.*)").Select(match => match.Groups[1].Value),
            action => Assert.Matches(@"^(\./.*|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$", action));
        Assert.Equal(
            Regex.Count(All, "uses: actions/checkout@"),
            Regex.Count(All, "uses: actions/checkout@.*\n        with:\n          persist-credentials: false\n"));
        // An expression that is pasted into a script is run by it.
        Assert.All(
            All.Split('\n').Where(line => line.Contains("${{")),
            line => Assert.Matches(@"^ *(- )?(?!run:)[\w-]+: ", line));
    }

    [Fact]
    public void A_release_begins_with_a_tag_that_is_the_version_of_manifest_and_changelog()
    {
        Assert.Contains("\non:\n  push:\n    tags: ['v*']\n\n", Workflows["release.yml"]);
        Assert.Single(Regex.Matches(All, "tags:"));
        Assert.Contains(
            "run: ./.github/scripts/check-release.ps1 -Tag $env:GITHUB_REF_NAME\n", Job("release.yml", "check"));
        Assert.All(["suite", "package"], job => Assert.Contains("\n    needs: check\n", Job("release.yml", job)));
    }

    [Fact]
    public void The_changelog_begins_with_what_is_unreleased_or_with_the_version_of_the_manifest()
    {
        string version = Regex.Match(Repository.Read("KlingPS.psd1"), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;

        Assert.Matches(
            $@"\A# .*\n(?!## )(.*\n)*?## (Unreleased|{Regex.Escape(version)}(-[\w.]+)? - \d{{4}}-\d\d-\d\d)\n",
            Repository.Read("CHANGELOG.md"));
    }

    [Fact]
    public void What_is_published_has_passed_every_test_and_is_attested()
    {
        string publish = Job("release.yml", "publish");

        Assert.Contains("\n    needs: [suite, package]\n", publish);
        Assert.Contains("run: bash .ci/run\n", Job("release.yml", "suite"));
        Assert.Matches(@"\n    needs: \[package, publish\]\n", Job("release.yml", "announce"));
        Assert.All(
            ["release.yml", "ci.yml"],
            file => Assert.Contains("uses: ./.github/workflows/package.yml\n", Job(file, "package")));
        string[] order =
            ["uses: actions/checkout@", "uses: actions/download-artifact@", Unpack, "uses: actions/attest", Publish];
        Assert.Equal(order.Length, Steps(publish).Length);
        Assert.All(order.Zip(Steps(publish)), pair => Assert.Contains(pair.First, pair.Second));
    }

    [Fact]
    public void One_job_packs_and_all_others_take_its_bytes()
    {
        Assert.Single(Regex.Matches(All, "-Task Package"));
        string test = Job("package.yml", "test");
        foreach (string job in new[] { test, Job("release.yml", "publish"), Job("release.yml", "announce") })
        {
            Assert.Matches(@"SHA256: \$\{\{ needs\.(build|package)\.outputs\.sha256 \}\}", job);
            Assert.StartsWith(Unpack, Regex.Match(job, "run: (.*)").Value);
        }

        // The build of the solution packs too, over what was downloaded.
        Assert.Equal(
            ["tests/KlingPS.TestServer", "tests/KlingPS.Desktop"],
            Regex.Matches(test, "dotnet (?:build|run|test) ?(.*)").Select(match => match.Groups[1].Value));
        Assert.All(
            ["windows-latest, shell: powershell", "windows-latest, shell: pwsh", "macos-latest", "ubuntu-latest"],
            system => Assert.Contains($"os: {system}", test));
    }

    [Fact]
    public void What_the_workflows_run_is_there()
    {
        string[] named =
        [
            .. Regex.Matches(All, @"[\s'&](?:\./)?((?:build\.ps1|(?:\.ci|\.github|tests|samples|tools|src)/[\w./-]+))")
                .Select(match => match.Groups[1].Value).Where(place => !place.Contains("/bin/")),
        ];

        Assert.Contains(".ci/run", named);
        Assert.All(named, place => Assert.True(Repository.Has(place), place));
    }

    [Fact]
    public void The_versions_that_PowerShell_itself_brings_are_not_passed()
    {
        string versions = Repository.Read("Directory.Packages.props");

        Assert.Contains("\"PowerShellStandard.Library\" Version=\"5.1.1\"", versions);
        Assert.Contains("\"System.Text.Json\" Version=\"8.0.", versions);
        Assert.Contains("\"Microsoft.Bcl.TimeProvider\" Version=\"8.0.", versions);
    }

    private static string Job(string workflow, string name) =>
        Regex.Match(
            Workflows[workflow].Split("\njobs:\n")[1], $@"(?ms)^  {name}:$.*?(?=^  \S|\z)").Value is { Length: > 0 } job
            ? job
            : throw new InvalidOperationException($"{workflow} has no job '{name}'.");

    private static string[] Steps(string job) => job.Split("\n    steps:\n")[1].Split("      - ")[1..];
}
