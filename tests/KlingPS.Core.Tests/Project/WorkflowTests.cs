using System.Text.RegularExpressions;

namespace KlingPS.Core.Tests.Project;

/// <summary>What every workflow keeps to: few rights, bounded time, nothing from strangers run with more than that.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string[] Harmless = ["push", "pull_request", "schedule", "workflow_call"];

    private static readonly Job[] Jobs = [.. Workflow.All.SelectMany(workflow => workflow.Jobs)];

    [Fact]
    public void There_are_workflows_for_changes_packages_releases_and_the_look_at_the_code() => Assert.Equal(
        ["ci.yml", "codeql.yml", "package.yml", "release.yml"],
        Workflow.All.Select(workflow => workflow.File[Workflow.Folder.Length..]));

    [Fact]
    public void Nothing_starts_with_rights_on_what_a_stranger_sends() => Assert.All(
        Workflow.All,
        workflow => Assert.All(workflow.Events, start => Assert.Contains(start, Harmless)));

    [Fact]
    public void A_workflow_may_read_the_contents_and_a_job_says_what_more_it_needs() => Assert.All(Workflow.All, workflow =>
    {
        Assert.Equal(["contents"], workflow.Root.At("permissions").Keys());
        Assert.Equal("read", workflow.Root.At("permissions").Text("contents"));
    });

    [Fact]
    public void Only_three_jobs_may_write_and_each_no_more_than_it_does()
    {
        string[] writing =
        [
            .. from job in Jobs
               from right in job.Permissions.Keys()
               where job.Permissions.Text(right) != "read"
               select $"{job}: {right}",
        ];
        Assert.Equal(
            [
                $"{Workflow.Folder}codeql.yml: analyze: security-events",
                $"{Workflow.Folder}release.yml: publish: id-token",
                $"{Workflow.Folder}release.yml: publish: attestations",
                $"{Workflow.Folder}release.yml: announce: contents",
            ],
            writing);
    }

    [Fact]
    public void Every_job_with_steps_ends_within_an_hour() => Assert.All(
        Jobs.Where(job => job.Calls is null),
        job => Assert.True(int.TryParse(job.Node.Text("timeout-minutes"), out int minutes) && minutes is > 0 and <= 60, $"{job}"));

    [Fact]
    public void Every_action_is_pinned_to_a_commit_and_its_version_is_said()
    {
        string[] lines = [.. Workflow.All.SelectMany(workflow => Checkout.Read(workflow.File).Split('\n')).Where(line => line.Contains("uses:", StringComparison.Ordinal))];

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.True(Pinned().IsMatch(line) || line.Contains("uses: ./", StringComparison.Ordinal), line));
    }

    [Fact]
    public void An_action_has_the_same_commit_wherever_it_is_used() => Assert.All(
        Jobs.SelectMany(job => job.Uses).Where(use => use.Contains('@')).GroupBy(use => string.Join('/', use.Split('@')[0].Split('/').Take(2))),
        uses => Assert.Single(uses.Select(use => use.Split('@')[1]).Distinct()));

    [Fact]
    public void No_checkout_leaves_its_token_behind() => Assert.All(
        Jobs.SelectMany(job => job.Steps).Where(step => step.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true),
        step => Assert.Equal("false", step.At("with").Text("persist-credentials")));

    [Fact]
    public void No_expression_is_pasted_into_a_script() => Assert.All(
        Jobs.SelectMany(job => job.Runs),
        run => Assert.DoesNotContain("${{", run, StringComparison.Ordinal));

    [Fact]
    public void Every_job_that_is_needed_is_there() => Assert.All(
        Jobs,
        job => Assert.All(job.Needs, needed => Assert.Contains(needed, job.Workflow.Jobs.Select(other => other.Name))));

    [Fact]
    public void A_job_takes_outputs_only_of_jobs_it_needs_and_that_give_them()
    {
        foreach (Job job in Jobs)
        {
            foreach (Match output in job.Node.Texts().SelectMany(text => Output().Matches(text)))
            {
                Assert.Contains(output.Groups[1].Value, job.Needs);
                Job giver = job.Workflow.Job(output.Groups[1].Value);
                string[] given = giver.Calls is { } called
                    ? Workflow.Named(Path.GetFileName(called)).Root.At("on").At("workflow_call").At("outputs").Keys()
                    : giver.Node.At("outputs").Keys();
                Assert.Contains(output.Groups[2].Value, given);
            }
        }
    }

    [Fact]
    public void What_a_workflow_gives_comes_from_a_job_of_it_and_what_a_job_gives_from_a_step_of_it()
    {
        string[] given =
        [
            .. from workflow in Workflow.All
               from output in workflow.Root.At("on").At("workflow_call").At("outputs").Keys()
               let source = Source().Match(workflow.Root.At("on").At("workflow_call").At("outputs").At(output).Text("value")!)
               where workflow.Job(source.Groups[1].Value).Node.At("outputs").Keys().Contains(source.Groups[2].Value)
               select output,
        ];
        Assert.Equal(["sha256"], given);
        Assert.All(Jobs, job => Assert.All(
            job.Node.At("outputs").Texts(),
            text => Assert.Contains(
                job.Steps,
                step => step.Text("id") == Source().Match(text).Groups[1].Value
                    && step.Text("run")!.Contains($"\"{Source().Match(text).Groups[2].Value}=", StringComparison.Ordinal))));
    }

    [Fact]
    public void What_a_change_runs_ends_when_the_next_change_comes() => Assert.All(
        Workflow.All.Where(workflow => workflow.Events.Contains("pull_request")),
        workflow => Assert.Equal("true", workflow.Root.At("concurrency").Text("cancel-in-progress")));

    [GeneratedRegex(@"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^\$\{\{ (?:jobs|steps)\.(\w+)\.outputs\.(\w+) \}\}$")]
    private static partial Regex Source();

    [GeneratedRegex(@"\bneeds\.(\w+)\.outputs\.(\w+)")]
    private static partial Regex Output();
}
