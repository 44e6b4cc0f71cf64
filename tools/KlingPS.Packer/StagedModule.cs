using System.Text;

namespace KlingPS.Packer;

/// <summary>The module folder: what is tested is what is packed.</summary>
internal static class StagedModule
{
    /// <summary>Writes the folder, which then holds the listed files and nothing else.</summary>
    internal static string Write(Layout layout, ModuleManifest manifest, ReleaseNotes notes, ShippedFiles files)
    {
        string folder = Path.GetFullPath(layout.Staged(manifest));
        Directory.CreateDirectory(folder);
        string manifestName = Path.GetFileName(layout.Manifest);
        HashSet<string> kept = [];
        foreach (string path in files.Paths)
        {
            string file = Path.GetFullPath(Path.Combine(folder, path));
            kept.Add(file);
            WriteChanged(file, path == manifestName ? Encoded(manifest.With(notes)) : File.ReadAllBytes(files.Source(path)));
        }

        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !kept.Contains(file)))
        {
            File.Delete(file);
        }

        return folder;
    }

    // Windows PowerShell reads a manifest without the mark in the code page of the machine.
    private static byte[] Encoded(string manifest) => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(manifest.ReplaceLineEndings("\n"))];

    // A file that a PowerShell has loaded cannot be written on Windows, and need not be when it is the same.
    private static void WriteChanged(string file, byte[] content)
    {
        if (!File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(content))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
    }
}
