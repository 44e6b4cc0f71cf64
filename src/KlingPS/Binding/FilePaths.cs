using KlingPS.Requests;

namespace KlingPS.Binding;

/// <summary>PowerShell paths (drives, ~, the current location) as file system paths.</summary>
internal static class FilePaths
{
    // The limit of Windows; other systems allow less.
    private const int MaxLength = 32_767;

    /// <exception cref="KlingException">The given error for a path outside the file system.</exception>
    internal static string Resolve(PSCmdlet cmdlet, string path, KlingError error)
    {
        if (GetValidationError(path) is { } objection)
        {
            throw new KlingException(error, $"The path '{DisplayText.ToDisplay(path)}' {objection}.");
        }

        try
        {
            string resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(
                path, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem"
                ? resolved
                : throw new KlingException(error, $"The path '{path}' is not in the file system.");
        }
        catch (Exception e) when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException
            or ProviderNotFoundException
            or ProviderInvocationException or NotSupportedException or ArgumentException)
        {
            throw new KlingException(error, $"The path '{path}' cannot be resolved: {e.Message}", e);
        }
    }

    /// <summary>An image by its address or its path.</summary>
    /// <exception cref="KlingException">ImageNotFound, ImageInvalid or InvalidRequest.</exception>
    internal static ImageSource Image(PSCmdlet cmdlet, string pathOrUrl) =>
        ImageSource.UrlIn(pathOrUrl) is { } url
            ? ImageSource.FromUrl(url)
            : ImageSource.FromFile(Resolve(cmdlet, pathOrUrl, KlingError.ImageNotFound));

    // Some file systems allow these, but nobody could find such a file again.
    private static string? GetValidationError(string path) =>
        path.Trim().Length == 0 ? "is empty"
        : path.Length > MaxLength ? $"has {path.Length} characters; at most {MaxLength} are allowed"
        : path.IndexOfAny(Path.GetInvalidPathChars()) >= 0 || path.Any(DisplayText.IsControl)
            || DisplayText.IndexOfLoneSurrogate(path) >= 0 ? "contains a character that is not allowed in a path"
        : null;
}
