using System.Security.Cryptography;
using KlingPS.Packer;

if (args.Length > 0)
{
    Console.Error.WriteLine("Usage, in the folder of the solution: KlingPS.Packer");
    return 2;
}

try
{
    Layout layout = new(Environment.CurrentDirectory);
    ModuleManifest manifest = ModuleManifest.Read(layout.Manifest);
    ReleaseNotes notes = ReleaseNotes.Read(layout.Changelog);
    ShippedFiles files = ShippedFiles.Read(layout);

    string folder = StagedModule.Write(layout, manifest, notes, files);
    string package = ModulePackage.Write(layout, manifest, notes, files, folder);
    Console.WriteLine($"  KlingPS -> {folder} ({files.Paths.Count} files)");
    Console.WriteLine($"  KlingPS -> {package} (sha256 {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(package)))})");
    return 0;
}
catch (PackException e)
{
    // The form of an error of the build.
    Console.Error.WriteLine($"{e.File}: error PACK: {e.Message}");
    return 1;
}
