namespace KlingPS.Desktop;

/// <summary>A folder that goes with its owner.</summary>
internal sealed class TempFolder : IDisposable
{
    internal string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(),
        "klingps-desktop-" + Guid.NewGuid().ToString("N"));

    internal TempFolder() => Directory.CreateDirectory(Path);

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
