namespace KlingPS.Core.Tests.Project;

/// <summary>What is published is what was tested, and only who publishes can.</summary>
public sealed class ReleaseWorkflowTests
{
    private const string Unpack = "./.github/scripts/unpack.ps1 -Sha256 $env:SHA256";

    private static readonly Workflow Release = Workflow.Named("release.yml");
    private static readonly Workflow Package = Workflow.Named("package.yml");

    [Fact]
    public void A_release_begins_with_a_tag_of_a_version_and_nothing_else()
    {
        Assert.Equal(["push"], Release.Events);
        Assert.Equal(["tags"], Release.Root.At("on").At("push").Keys());
        Assert.Equal(["v*"], Release.Root.At("on").At("push").At("tags").Texts());
    }

    [Fact]
    public void No_other_workflow_begins_with_a_tag() => Assert.All(
        Workflow.All.Where(workflow => workflow.File != Release.File && workflow.Events.Contains("push")),
        workflow => Assert.Equal(["main"], workflow.Root.At("on").At("push").At("branches").Texts()));

    [Fact]
    public void The_key_of_the_gallery_is_seen_by_one_step_of_the_job_that_publishes()
    {
        string[] seen =
        [
            .. from workflow in Workflow.All
               from job in workflow.Jobs
               from step in job.Steps
               where step.Texts().Any(text => text.Contains("secrets", StringComparison.Ordinal))
               select $"{job}: {step.Text("run")}",
        ];
        Assert.Equal([$"{Release.File}: publish: ./build.ps1 -Task Publish -Repository PSGallery"], seen);
        Assert.Equal(1, Workflow.All.Sum(workflow => Checkout.Read(workflow.File).Split("secrets").Length - 1));
        Assert.Equal("gallery", Release.Job("publish").Node.At("environment").Text("name"));
    }

    [Fact]
    public void Nothing_is_built_before_tag_manifest_and_changelog_agree()
    {
        Assert.Equal(["./.github/scripts/check-release.ps1 -Tag $env:GITHUB_REF_NAME"], Release.Job("check").Runs);
        Assert.Equal(["check"], Release.Job("package").Needs);
        Assert.Equal(["check"], Release.Job("suite").Needs);
    }

    [Fact]
    public void Nothing_is_published_before_the_package_and_every_test_of_it_are_through()
    {
        Assert.Equal("./.github/workflows/package.yml", Release.Job("package").Calls);
        Assert.Equal(["package", "suite"], Release.Job("publish").Needs.Order());
        Assert.Contains("publish", Release.Job("announce").Needs);
    }

    [Fact]
    public void A_change_is_tested_on_its_package_as_a_release_is() =>
        Assert.Contains(Workflow.Named("ci.yml").Jobs, job => job.Calls == "./.github/workflows/package.yml");

    [Fact]
    public void One_job_packs_and_all_others_take_its_bytes()
    {
        Assert.Equal(["build"], Package.Jobs.Where(job => job.Runs.Any(run => run.Contains("-Task Package", StringComparison.Ordinal))).Select(job => job.Name));
        Assert.All(
            [Package.Job("test"), Release.Job("publish"), Release.Job("announce")],
            job =>
            {
                Assert.Contains(job.Uses, use => use.StartsWith("actions/download-artifact@", StringComparison.Ordinal));
                Assert.Equal(Unpack, job.Runs[0]);
                Assert.DoesNotContain(job.Runs, run => run.Contains("-Task Package", StringComparison.Ordinal));
                Assert.Contains(job.Node.Texts(), text => text is "${{ needs.build.outputs.sha256 }}" or "${{ needs.package.outputs.sha256 }}");
            });
    }

    // The build of the solution packs too, over what was downloaded.
    [Fact]
    public void The_job_that_tests_the_package_builds_nothing_but_what_tests_it() => Assert.Equal(
        ["dotnet build tests/KlingPS.TestServer", "dotnet build tests/KlingPS.Desktop"],
        Package.Job("test").Runs.Where(run => run.Contains("dotnet", StringComparison.Ordinal)));

    [Fact]
    public void The_package_is_tested_in_both_PowerShells_of_Windows_on_macOS_and_on_Linux() => Assert.Equal(
        ["macos-latest pwsh", "ubuntu-latest pwsh", "windows-latest powershell", "windows-latest pwsh"],
        Package.Job("test").Node.At("strategy").At("matrix").At("include").Items()
            .Select(item => $"{item.Text("os")} {item.Text("shell")}").Order(StringComparer.Ordinal));

    [Fact]
    public void What_is_published_is_attested_before() => Assert.Equal(
        ["actions/checkout", "actions/download-artifact", Unpack, "actions/attest-build-provenance", "./build.ps1 -Task Publish -Repository PSGallery"],
        Release.Job("publish").Steps.Select(step => step.Text("run") ?? step.Text("uses")!.Split('@')[0]));

    [Fact]
    public void A_release_that_has_begun_is_not_broken_off() =>
        Assert.Equal("false", Release.Root.At("concurrency").Text("cancel-in-progress"));
}
