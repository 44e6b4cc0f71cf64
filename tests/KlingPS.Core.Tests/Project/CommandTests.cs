using System.Text.RegularExpressions;

namespace KlingPS.Core.Tests.Project;

/// <summary>What the workflows run is there.</summary>
public sealed partial class CommandTests
{
    private static readonly Job[] Jobs = [.. Workflow.All.SelectMany(workflow => workflow.Jobs)];

    private static readonly string[] Runs = [.. Jobs.SelectMany(job => job.Runs)];

    [Fact]
    public void Every_file_and_folder_of_the_checkout_that_is_run_or_built_exists()
    {
        string[] named =
        [
            .. Runs.SelectMany(run => Place().Matches(run)).Select(match => match.Groups[1].Value)
                .Where(place => !place.Contains("/bin/", StringComparison.Ordinal)),
        ];

        Assert.Contains("build.ps1", named);
        Assert.Contains("tests/KlingPS.Desktop", named);
        Assert.Contains(".ci/run", named);
        Assert.All(named, place => Assert.True(Checkout.Has(place), place));
    }

    [Fact]
    public void Every_program_of_the_tests_that_is_run_is_built_by_the_same_job() => Assert.All(
        Jobs,
        job => Assert.All(
            job.Runs.SelectMany(run => BuiltProgram().Matches(run)),
            program => Assert.Contains($"dotnet build {program.Groups[1].Value}", job.Runs)));

    [Fact]
    public void Every_task_of_build_ps1_is_one_it_has()
    {
        string[] known = [.. Quoted().Matches(TaskSet().Match(Checkout.Read("build.ps1")).Groups[1].Value).Select(match => match.Groups[1].Value)];
        string[] used = [.. Runs.SelectMany(run => Task().Matches(run)).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(used);
        Assert.All(used, task => Assert.Contains(task, known));
    }

    [Fact]
    public void Every_parameter_of_a_script_is_one_it_has()
    {
        (string Script, string Parameter)[] used =
        [
            .. from run in Runs
               from line in run.Split('\n')
               let script = Script().Match(line)
               where script.Success
               from parameter in Parameter().Matches(line[script.Length..]).Select(match => match.Groups[1].Value)
               select (script.Groups[1].Value, parameter),
        ];

        Assert.NotEmpty(used);
        Assert.All(used, use => Assert.Matches(
            $@"(?i)\[\w+\] \${use.Parameter}\b",
            Checkout.Read(use.Script)));
    }

    [Fact]
    public void Every_workflow_that_is_called_exists_and_can_be()
    {
        string[] called = [.. Jobs.Select(job => job.Calls).OfType<string>()];

        Assert.NotEmpty(called);
        Assert.All(called, file => Assert.Contains("workflow_call", Workflow.All.Single(workflow => $"./{workflow.File}" == file).Events));
    }

    [Fact]
    public void Pester_and_the_analyzer_are_asked_for_by_version()
    {
        Assert.All(Runs.Where(run => run.Contains("Install-", StringComparison.Ordinal)), run => Assert.Contains("-RequiredVersion", run, StringComparison.Ordinal));
        Assert.DoesNotMatch("Install-Module(?!.* -RequiredVersion)", Checkout.Read(".github/scripts/pester.ps1"));
    }

    [GeneratedRegex(@"(?:^|[\s'&])(?:\./)?((?:build\.ps1|\w+\.sln|(?:\.ci|\.github|tests|samples|tools|src)/[\w./-]+))")]
    private static partial Regex Place();

    [GeneratedRegex(@"(tests/[\w.]+)/bin/")]
    private static partial Regex BuiltProgram();

    [GeneratedRegex(@"-Task (\w+)")]
    private static partial Regex Task();

    [GeneratedRegex(@"ValidateSet\(([^)]*)\)\]\s*\[string\] \$Task")]
    private static partial Regex TaskSet();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\s*\./([\w./-]+\.ps1)")]
    private static partial Regex Script();

    [GeneratedRegex(@"\s-([A-Z]\w*)")]
    private static partial Regex Parameter();
}
