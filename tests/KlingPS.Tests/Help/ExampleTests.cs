using System.Text.RegularExpressions;

namespace KlingPS.Tests.Help;

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
