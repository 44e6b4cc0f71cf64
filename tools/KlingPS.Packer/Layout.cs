namespace KlingPS.Packer;

/// <summary>Where things are, below the folder of the solution.</summary>
internal sealed class Layout(string root)
{
    /// <summary>What is taken as it is committed.</summary>
    internal string Root => root;

    internal string Manifest => Path.Combine(root, "KlingPS.psd1");

    internal string Changelog => Path.Combine(root, "CHANGELOG.md");

    /// <summary>The list of the shipped files.</summary>
    internal string List => Path.Combine(root, "module", "files.txt");

    internal string Artifacts => Path.Combine(root, "artifacts");

    /// <summary>What the build made to be packed, and nothing else: by the same paths as in the package.</summary>
    internal string Built => Path.Combine(Artifacts, "build");

    /// <summary>The module folder that is packed.</summary>
    internal string Staged(ModuleManifest manifest) => Path.Combine(Artifacts, manifest.Name, manifest.Version);

    internal string Package(ModuleManifest manifest) => Path.Combine(Artifacts, $"{manifest.Name}.{manifest.PackageVersion}.nupkg");
}
