using System.Globalization;
using System.Text.RegularExpressions;

namespace KlingPS.Core.Tests.Project;

/// <summary>The changelog keeps the form of Keep a Changelog, which the release reads.</summary>
public sealed partial class ChangelogTests
{
    private static readonly string[] Kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    private static readonly string[] Lines = Checkout.Read("CHANGELOG.md").Split('\n');

    private static readonly string[] Sections = [.. Lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..])];

    [Fact]
    public void It_begins_with_what_is_unreleased_or_with_the_version_of_the_manifest()
    {
        string version = Regex.Match(Checkout.Read("KlingPS.psd1"), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;

        Assert.Matches($"^(Unreleased|{Regex.Escape(version)}(-[\\w.]+)? - .*)$", Sections[0]);
    }

    [Fact]
    public void Every_other_section_is_a_version_and_its_day_the_newest_first()
    {
        Match[] released = [.. Sections.SkipWhile(section => section == "Unreleased").Select(section => Released().Match(section))];

        Assert.All(released, section => Assert.True(section.Success));
        Assert.All(released, section => DateOnly.ParseExact(section.Groups[2].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture));
        Version[] versions = [.. released.Select(section => Version.Parse(section.Groups[1].Value))];
        Assert.Equal(versions.OrderDescending(), versions);
    }

    [Fact]
    public void Changes_stand_under_the_usual_headings_each_once_a_section()
    {
        foreach (string section in Regex.Split(string.Join('\n', Lines), "^## ", RegexOptions.Multiline).Skip(1))
        {
            string[] headings = [.. Heading().Matches(section).Select(match => match.Groups[1].Value)];
            Assert.All(headings, heading => Assert.Contains(heading, Kinds));
            Assert.Equal(headings.Distinct(), headings);
        }
    }

    [Fact]
    public void A_list_has_no_gaps() => Assert.DoesNotMatch(
        @"(?m)^(- |  ).*\n\n+(- |  )",
        string.Join('\n', Lines));

    [GeneratedRegex(@"^(\d+\.\d+\.\d+)(?:-[\w.]+)? - (\d{4}-\d\d-\d\d)$")]
    private static partial Regex Released();

    [GeneratedRegex("^### (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
