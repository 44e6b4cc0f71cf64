using System.Security.Cryptography;
using KlingPS.Packer;

if (args.Length > 0)
{
    Console.Error.WriteLine("Usage, in the folder of the solution: KlingPS.Packer");
    return 2;
}

try
{
    (string folder, string package) = ModulePackage.Make(new Layout(Environment.CurrentDirectory));
    Console.WriteLine($"  KlingPS -> {folder}");
    Console.WriteLine($"  KlingPS -> {package} (sha256 {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(package)))})");
    return 0;
}
catch (PackException e)
{
    // The form of an error of the build.
    Console.Error.WriteLine($"{e.File}: error PACK: {e.Message}");
    return 1;
}
