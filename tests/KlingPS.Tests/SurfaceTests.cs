using System.Management.Automation;
using System.Reflection;
using System.Text;

namespace KlingPS.Tests;

/// <summary>The public surface is a committed listing, so that a change to it is seen in review.</summary>
public sealed class SurfaceTests
{
    private static readonly string Listing = Path.Combine(Repository.Root, "tests", "KlingPS.Tests", "surface.txt");

    [Fact]
    public void The_public_surface_is_the_committed_one()
    {
        string now = Describe();
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_SURFACE") == "1")
        {
            File.WriteAllText(Listing, now);
        }

        Assert.True(
            File.ReadAllText(Listing).ReplaceLineEndings("\n") == now,
            "The surface differs from tests/KlingPS.Tests/surface.txt. If that is meant, run the tests with KLINGPS_UPDATE_SURFACE=1 and commit the listing.");
    }

    private static string Describe()
    {
        using Shell shell = new();
        StringBuilder text = new();
        foreach (CmdletInfo cmdlet in shell.Run("Get-Command -Module KlingPS").Clean().Output.Select(item => (CmdletInfo)item.BaseObject).OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal))
        {
            text.Append(cmdlet.Name).Append(" -> ").AppendJoin(", ", cmdlet.OutputType.Select(type => type.Name)).Append('\n');
            foreach (CommandParameterSetInfo set in cmdlet.ParameterSets.OrderBy(set => set.Name, StringComparer.Ordinal))
            {
                text.Append("  ").Append(set.Name).Append(set.IsDefault ? " (default)" : "").Append('\n');
                foreach (CommandParameterInfo parameter in set.Parameters.Where(IsOurs).OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
                {
                    text.Append("    ").Append(Describe(parameter)).Append('\n');
                }
            }
        }

        foreach (Type type in typeof(KlingTask).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            IEnumerable<string> members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not MethodBase { IsSpecialName: true })
                .Select(member => $"  {member}");
            text.AppendJoin('\n', members.Order(StringComparer.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsOurs(CommandParameterInfo parameter) =>
        !Cmdlet.CommonParameters.Contains(parameter.Name) && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name);

    private static string Describe(CommandParameterInfo parameter) => string.Join(
        ' ',
        new[]
        {
            $"-{parameter.Name} <{parameter.ParameterType}>",
            parameter.Position >= 0 ? $"position {parameter.Position}" : null,
            parameter.IsMandatory ? "mandatory" : null,
            parameter.ValueFromPipeline ? "by value" : null,
            parameter.ValueFromPipelineByPropertyName ? "by property name" : null,
            parameter.Aliases.Count > 0 ? $"alias {string.Join(", ", parameter.Aliases)}" : null,
        }.OfType<string>());
}
