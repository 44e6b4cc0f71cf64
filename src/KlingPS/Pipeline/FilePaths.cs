using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>PowerShell paths (drives, ~, the current location) as file system paths.</summary>
internal static class FilePaths
{
    /// <exception cref="KlingException">The given error for a path outside the file system.</exception>
    internal static string Resolve(PSCmdlet cmdlet, string path, KlingError error)
    {
        if (path.IndexOfAny(Path.GetInvalidPathChars()) >= 0)
        {
            throw new KlingException(error, "The path holds a character that no path has.");
        }

        try
        {
            string resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem"
                ? resolved
                : throw new KlingException(error, $"The path '{path}' is not in the file system.");
        }
        catch (Exception e) when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException
            or ProviderInvocationException or NotSupportedException or ArgumentException)
        {
            throw new KlingException(error, $"The path '{path}' cannot be resolved: {e.Message}", e);
        }
    }
}
