using YamlDotNet.RepresentationModel;

namespace KlingPS.Core.Tests.Project;

/// <summary>One workflow of GitHub.</summary>
internal sealed class Workflow
{
    internal const string Folder = ".github/workflows/";

    private Workflow(string file)
    {
        File = file;
        Root = Yaml.Read(file);
    }

    internal static Workflow[] All { get; } =
        [.. Checkout.Files(".yml", ".yaml").Where(file => file.StartsWith(Folder, StringComparison.Ordinal)).Select(file => new Workflow(file))];

    internal string File { get; }

    internal YamlNode Root { get; }

    /// <summary>What starts it.</summary>
    internal string[] Events => Root.At("on") is YamlMappingNode map
        ? map.Keys()
        : [.. Root.At("on").Texts()];

    internal Job[] Jobs => [.. Root.At("jobs").Keys().Select(name => new Job(this, name, Root.At("jobs").At(name)!))];

    internal static Workflow Named(string name) => All.Single(workflow => workflow.File == Folder + name);

    internal Job Job(string name) => Jobs.Single(job => job.Name == name);
}

/// <summary>One job of a workflow.</summary>
internal sealed record Job(Workflow Workflow, string Name, YamlNode Node)
{
    /// <summary>The workflow it runs in place of steps.</summary>
    internal string? Calls => Node.Text("uses");

    internal string[] Needs => [.. Node.At("needs").Texts()];

    internal YamlNode[] Steps => [.. Node.At("steps").Items()];

    internal string[] Runs => [.. Steps.Select(step => step.Text("run")).OfType<string>()];

    /// <summary>Every action and workflow it uses.</summary>
    internal string[] Uses => [.. Steps.Append(Node).Select(node => node.Text("uses")).OfType<string>()];

    /// <summary>What this job may; what its workflow says unless it says otherwise.</summary>
    internal YamlNode? Permissions => Node.At("permissions") ?? Workflow.Root.At("permissions");

    public override string ToString() => $"{Workflow.File}: {Name}";
}
