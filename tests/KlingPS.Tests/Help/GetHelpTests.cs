using System.Management.Automation;

namespace KlingPS.Tests.Help;

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
