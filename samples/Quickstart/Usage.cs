using System.Management.Automation.Runspaces;

namespace KlingPS.Quickstart;

/// <summary>The command line made sense of: the script to run, its arguments, and the module it needs.</summary>
internal sealed record Usage(FileInfo Manifest, FileInfo Script, IReadOnlyList<CommandParameter> Arguments)
{
    internal const string Text =
        """
        Runs a KlingPS sample script on the sandbox, with the PowerShell engine inside this program.

        Usage: Quickstart [script] [script arguments]

          script   the name of a script in samples, or the path of any .ps1 file (default: extend-a-video)

        Quickstart
        Quickstart extend-a-video -Prompt 'A lighthouse' -ExtensionPrompt 'Fog rolls in' -Destination ./clips

        Arguments without a script go to the default one. With dotnet run, put -- before the first argument:
        dotnet run --project samples/Quickstart -- -Destination ./clips

        The engine alone has no Select-Object, Import-Csv and the like: scripts that use them need pwsh.
        Exit codes: 0 saved, 1 the script failed or saved nothing, 2 bad usage, 130 stopped with Ctrl+C.
        """;

    private const string ManifestName = "KlingPS.psd1";
    private const string DefaultScript = "extend-a-video";

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="UsageException">The module or the script cannot be found.</exception>
    internal static Usage Read(string[] arguments, string programFolder, string currentFolder)
    {
        FileInfo manifest = FindAbove(programFolder) ?? FindAbove(currentFolder) ?? throw new UsageException(
            $"{ManifestName} is neither above {programFolder} nor above {currentFolder}: Quickstart needs a checkout.");

        bool namesScript = arguments.Length > 0 && !arguments[0].StartsWith('-');
        FileInfo script = FindScript(
            namesScript ? arguments[0] : DefaultScript,
            new DirectoryInfo(Path.Combine(manifest.DirectoryName!, "samples")));
        return new Usage(manifest, script, [.. arguments.Skip(namesScript ? 1 : 0).SelectMany(ToParameters)]);
    }

    private static FileInfo? FindAbove(string folder)
    {
        for (DirectoryInfo? here = new(folder); here is not null; here = here.Parent)
        {
            FileInfo manifest = new(Path.Combine(here.FullName, ManifestName));
            if (manifest.Exists)
            {
                return manifest;
            }
        }

        return null;
    }

    private static FileInfo FindScript(string nameOrPath, DirectoryInfo samples)
    {
        string file = Path.HasExtension(nameOrPath) ? nameOrPath : nameOrPath + ".ps1";
        FileInfo? found = new[] { Path.GetFullPath(file), Path.Combine(samples.FullName, file) }
            .Where(path => string.Equals(Path.GetExtension(path), ".ps1", StringComparison.OrdinalIgnoreCase))
            .Select(path => new FileInfo(path))
            .FirstOrDefault(script => script.Exists);
        return found ?? throw new UsageException(
            $"There is no script '{nameOrPath}'. Give the path of a .ps1 file, or one of: "
            + string.Join(", ", samples.GetFiles("*.ps1").Select(script => script.Name).Order()) + '.');
    }

    /// <summary>The engine binds names with a dash as if typed: -Name value, -Name:value, -Switch.</summary>
    private static IEnumerable<CommandParameter> ToParameters(string argument)
    {
        if (argument.Length < 2 || argument[0] != '-' || !char.IsLetter(argument[1]))
        {
            return [new CommandParameter(null, argument)];
        }

        int colon = argument.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? [new CommandParameter(argument)]
            : [new CommandParameter(argument[..(colon + 1)], ToValue(argument[(colon + 1)..]))];
    }

    private static object ToValue(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}

/// <summary>The command line cannot be followed.</summary>
internal sealed class UsageException(string message) : Exception(message);
