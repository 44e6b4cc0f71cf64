using System.Management.Automation;
using System.Text.RegularExpressions;

namespace KlingPS.Tests.Help;

/// <summary>The pages and the cmdlets say the same of each other.</summary>
public sealed class PageTests
{
    private static readonly string[] Sections =
    [
        "SYNOPSIS", "SYNTAX", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS",
    ];

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet() =>
        Assert.Equal(Facts().Select(facts => facts.Name), HelpPage.All().Select(page => page.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_describes_the_parameters_of_its_cmdlet_and_no_others(string name) =>
        Assert.Equal(Of(name).Parameters, HelpPage.Of(name).Parameters);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_the_syntax_and_the_parameters_as_they_are(string name)
    {
        HelpPage page = HelpPage.Of(name);
        string expected = page.Refreshed(Of(name));
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page.File, expected);
            page = HelpPage.Of(name);
        }

        Assert.True(page.Text == expected, $"docs/en-US/{name}.md differs from the cmdlet. Run the tests with KLINGPS_UPDATE_DOCS=1, read what changed, and commit it.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_says_what_goes_in_and_out(string name)
    {
        CmdletFacts facts = Of(name);
        HelpPage page = HelpPage.Of(name);
        Assert.Equal(facts.OutputTypes, page.Names("OUTPUTS"));
        Assert.All(facts.InputTypes.DefaultIfEmpty("None"), type => Assert.Contains(type, page.Names("INPUTS")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_leaves_no_section_and_no_parameter_empty(string name)
    {
        HelpPage page = HelpPage.Of(name);
        Assert.StartsWith("---\nexternal help file: KlingPS.dll-Help.xml\nModule Name: KlingPS\n", page.Text, StringComparison.Ordinal);
        Assert.Contains($"\n# {name}\n", page.Text, StringComparison.Ordinal);
        Assert.All(Sections, section => Assert.NotEqual("", page.Section(section).Trim()));
        Assert.All(page.Parameters, parameter => Assert.DoesNotContain($"### -{parameter}\n\n```", page.Text, StringComparison.Ordinal));
    }

    public static IEnumerable<TheoryDataRow<string>> Names() => HelpPage.All().Select(page => new TheoryDataRow<string>(page.Name));

    private static CmdletFacts Of(string name) => Facts().Single(facts => facts.Name == name);

    private static CmdletFacts[] Facts()
    {
        using Shell shell = new();
        return [.. shell.Run("Get-Command -Module KlingPS").Clean().Output
            .Select(item => new CmdletFacts((CmdletInfo)item.BaseObject)).OrderBy(facts => facts.Name, StringComparer.Ordinal)];
    }
}

/// <summary>Every example of the help runs as it stands.</summary>
public sealed partial class ExampleTests
{
    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_three_examples_that_use_the_cmdlet_and_fit_a_terminal(string name)
    {
        HelpPage page = HelpPage.Of(name);
        Assert.InRange(page.Examples.Count, 3, int.MaxValue);
        Assert.Equal(Enumerable.Range(1, page.Examples.Count), page.Examples.Select(example => int.Parse(Number().Match(example.Title).Groups[1].Value)));
        Assert.All(page.Examples, example =>
        {
            Assert.Contains(name, example.Code, StringComparison.Ordinal);
            // Get-Help indents it, in a terminal of 80 columns.
            Assert.All(example.Code.Split('\n'), line => Assert.InRange(line.Length, 0, 76));
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_example_runs_on_the_sandbox(string page, string title, string code)
    {
        Assert.NotEqual("", $"{page} {title}");
        using TempFolder folder = new();
        File.WriteAllBytes(folder.File("harbour.png"), Picture(640, 360));
        using Shell shell = Shell.OnSandbox();
        shell.Set("folder", folder.Path);
        shell.Run("$ExecutionContext.SessionState.Path.SetLocation($folder)").Clean();
        shell.Run(StandIns.Script).Clean();
        shell.Run("$null = New-KlingVideo 'of before'").Clean();
        Assert.Empty(shell.Run(code).Clean().Warnings);
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void An_example_of_a_topic_runs_on_the_sandbox(string topic, int number, string code) => An_example_runs_on_the_sandbox(topic, $"{number}", code);

    public static IEnumerable<TheoryDataRow<string>> Names() => PageTests.Names();

    public static IEnumerable<TheoryDataRow<string, string, string>> All() => HelpPage.All()
        .SelectMany(page => page.Examples.Select(example => new TheoryDataRow<string, string, string>(page.Name, example.Title, example.Code)));

    public static IEnumerable<TheoryDataRow<string, int, string>> Topics() => Directory.GetFiles(HelpPage.Folder, "about_*.md")
        .SelectMany(file => PowerShellBlock().Matches(File.ReadAllText(file).ReplaceLineEndings("\n"))
            .Select((block, number) => new TheoryDataRow<string, int, string>(Path.GetFileNameWithoutExtension(file), number + 1, block.Groups[1].Value)));

    // As much of a PNG as its size.
    private static byte[] Picture(int width, int height) =>
    [
        0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A,
        0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R',
        0, 0, (byte)(width >> 8), (byte)width, 0, 0, (byte)(height >> 8), (byte)height, 8, 2, 0, 0, 0,
    ];

    [GeneratedRegex("^Example ([0-9]+): .+")]
    private static partial Regex Number();

    [GeneratedRegex(@"```powershell\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex PowerShellBlock();
}

/// <summary>What the build made of the pages, as Get-Help reads it.</summary>
public sealed class GetHelpTests : IDisposable
{
    private static readonly string[] TopicNames = ["about_KlingPS", "about_KlingPS_Errors", "about_KlingPS_Sandbox", "about_KlingPS_Waiting"];

    private readonly CaptureHost _host = new();
    private readonly Shell _shell;

    public GetHelpTests() => _shell = new Shell(_host);

    public void Dispose() => _shell.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Get_Help_shows_the_page(string name)
    {
        HelpPage page = HelpPage.Of(name);
        PSObject help = Assert.Single(_shell.Run($"Get-Help {name}").Clean().Output);
        Assert.Equal(Plain(page.Section("SYNOPSIS")), $"{help.Properties["Synopsis"].Value}");

        string text = Bare(Screen($"Get-Help {name} -Full"));
        Assert.All(page.Examples, example => Assert.Contains(Bare($"{example.Title}---{example.Code}"), text, StringComparison.Ordinal));
        Assert.All(page.Names("OUTPUTS"), type => Assert.Contains(type, text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Get_Help_shows_the_syntax_PowerShell_would_show(string name)
    {
        string[] syntaxes = [.. _shell.Run($"(Get-Command {name}).ParameterSets | ForEach-Object {{ \"{name} $_\" }}").Clean().Output.Select(line => $"{line}")];
        string text = Bare(Screen($"Get-Help {name}"));
        Assert.All(syntaxes, syntax => Assert.Contains(Bare(syntax), text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Get_Help_describes_every_parameter(string name)
    {
        HelpPage page = HelpPage.Of(name);
        foreach (string parameter in page.Parameters)
        {
            PSObject help = Assert.Single(_shell.Run($"Get-Help {name} -Parameter {parameter}").Clean().Output);
            string described = string.Join(' ', LanguagePrimitives.GetEnumerable(help.Properties["description"].Value).Cast<PSObject>().Select(para => para.Properties["Text"].Value));
            string text = page.Text.Split($"### -{parameter}\n")[1].Split("```yaml")[0];
            Assert.Equal(Plain(text), described);
        }
    }

    [Fact]
    public void The_topics_are_found_and_fit_a_terminal()
    {
        Assert.Equal(TopicNames, Directory.GetFiles(HelpPage.Folder, "about_*").Select(file => Path.GetFileName(file).Split('.')[0]).Order(StringComparer.Ordinal));
        foreach (string topic in TopicNames)
        {
            Assert.StartsWith($"TOPIC{topic}SHORTDESCRIPTION", Bare(Screen($"Get-Help {topic}")), StringComparison.Ordinal);
            Assert.All(File.ReadAllLines(Path.Combine(Repository.Root, "en-US", topic + ".help.txt")), line => Assert.InRange(line.Length, 0, 80));
        }
    }

    public static IEnumerable<TheoryDataRow<string>> Names() => PageTests.Names();

    private string Screen(string command)
    {
        int before = _host.Screen.Text.Length;
        _shell.Run($"{command} | Out-Host").Clean();
        return _host.Screen.Text[before..];
    }

    // Where a line is broken, also within a word, depends on the width of the screen.
    private static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    // A page's text as a terminal has it.
    private static string Plain(string markdown) => string.Join(' ', markdown.Replace("`", "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
