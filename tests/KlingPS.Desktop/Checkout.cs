namespace KlingPS.Desktop;

/// <summary>Where things are in the checkout this program was built in.</summary>
internal static class Checkout
{
    // tests/KlingPS.Desktop/bin/<configuration>/net472/
    private static readonly DirectoryInfo Output = new(AppDomain.CurrentDomain.BaseDirectory);

    internal static string ModuleFolder => Path.Combine(Root, "module", "bin");

    internal static string TestServer => Path.Combine(
        Root, "tests", "KlingPS.TestServer", "bin", Output.Parent!.Name, "net10.0", "KlingPS.TestServer.dll");

    private static string Root => Path.GetFullPath(Path.Combine(Output.FullName, "..", "..", "..", "..", ".."));
}
