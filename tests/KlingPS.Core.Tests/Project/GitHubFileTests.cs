using YamlDotNet.RepresentationModel;

namespace KlingPS.Core.Tests.Project;

/// <summary>The forms and settings beside the workflows.</summary>
public sealed class GitHubFileTests
{
    private const string Forms = ".github/ISSUE_TEMPLATE/";

    private static readonly string[] Kinds = ["markdown", "textarea", "input", "checkboxes", "dropdown"];

    public static TheoryData<string> YamlFiles =>
        [.. Checkout.Files(".yml", ".yaml").Where(file => file.StartsWith('.') || file.StartsWith("samples", StringComparison.Ordinal))];

    public static TheoryData<string> FormFiles =>
        [.. Checkout.Files(".yml").Where(file => file.StartsWith(Forms, StringComparison.Ordinal) && !file.EndsWith("/config.yml", StringComparison.Ordinal))];

    private static string Repository =>
        System.Text.RegularExpressions.Regex.Match(Checkout.Read("KlingPS.psd1"), @"ProjectUri\s*=\s*'([^']+)'").Groups[1].Value;

    [Theory]
    [MemberData(nameof(YamlFiles))]
    public void Every_yaml_file_can_be_read(string file) => Assert.NotEmpty(Yaml.Read(file).Keys());

    [Theory]
    [MemberData(nameof(FormFiles))]
    public void A_form_has_what_GitHub_asks_of_one(string file)
    {
        YamlNode form = Yaml.Read(file);
        YamlNode[] body = [.. form.At("body").Items()];
        string[] ids = [.. body.Select(part => part.Text("id")).OfType<string>()];

        Assert.All(["name", "description"], key => Assert.NotEmpty(form.Text(key) ?? ""));
        Assert.All(body, part => Assert.Contains(part.Text("type"), Kinds));
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(
            body.Where(part => part.Text("type") != "markdown"),
            part =>
            {
                Assert.NotEmpty(part.Text("id") ?? "");
                Assert.NotEmpty(part.At("attributes").Text("label") ?? "");
            });
        Assert.Contains(body, part => part.At("validations").Text("required") == "true");
    }

    [Theory]
    [InlineData("(Get-Module KlingPS).Version")]
    [InlineData("$PSVersionTable")]
    [InlineData("FullyQualifiedErrorId")]
    [InlineData("-Verbose")]
    [InlineData("No key appears in it")]
    public void Who_reports_an_error_is_asked_for_what_it_takes(string what) =>
        Assert.Contains(what, string.Join('\n', Yaml.Read(Forms + "bug.yml").Texts()), StringComparison.Ordinal);

    [Fact]
    public void Problems_of_security_are_led_to_a_private_place()
    {
        string place = $"{Repository}/security/advisories/new";
        YamlNode config = Yaml.Read(Forms + "config.yml");

        Assert.Equal("false", config.Text("blank_issues_enabled"));
        Assert.Contains(config.At("contact_links").Items(), link => link.Text("url") == place);
        Assert.Contains(place, Checkout.Read("SECURITY.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nuget")]
    [InlineData("github-actions")]
    public void Dependabot_looks_once_a_month_and_asks_once(string ecosystem)
    {
        YamlNode update = Yaml.Read(".github/dependabot.yml").At("updates").Items().Single(item => item.Text("package-ecosystem") == ecosystem);

        Assert.Equal("/", update.Text("directory"));
        Assert.Equal("monthly", update.At("schedule").Text("interval"));
        Assert.Single(update.At("groups").Keys());
    }

    [Fact]
    public void Dependabot_leaves_the_versions_the_design_demands()
    {
        YamlNode packages = Yaml.Read(".github/dependabot.yml").At("updates").Items().Single(item => item.Text("package-ecosystem") == "nuget");
        Dictionary<string, string[]> left = packages.At("ignore").Items().ToDictionary(
            item => item.Text("dependency-name")!,
            item => item.At("update-types").Texts().ToArray());
        string[] beyond = ["version-update:semver-major", "version-update:semver-minor"];

        Assert.Equal(["Microsoft.Bcl.TimeProvider", "PowerShellStandard.Library", "System.Text.Json"], left.Keys.Order());
        Assert.Empty(left["PowerShellStandard.Library"]);
        Assert.Equal(beyond, left["System.Text.Json"]);
        Assert.Equal(beyond, left["Microsoft.Bcl.TimeProvider"]);
        string versions = Checkout.Read("Directory.Packages.props");
        Assert.Matches("\"PowerShellStandard.Library\" Version=\"5\\.1\\.1\"", versions);
        Assert.Matches("\"System.Text.Json\" Version=\"8\\.0\\.", versions);
        Assert.Matches("\"Microsoft.Bcl.TimeProvider\" Version=\"8\\.0\\.", versions);
    }
}
