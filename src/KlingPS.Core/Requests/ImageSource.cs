namespace KlingPS.Requests;

/// <summary>An image as the service takes it: a URL, or raw base64 without a data prefix.</summary>
/// <param name="Value">What is sent.</param>
/// <param name="Display">What -WhatIf shows instead.</param>
internal sealed record ImageSource(string Value, string Display)
{
    // Source of the limits: the service's image-to-video page.
    private const int MaxBytes = 10 * 1024 * 1024;
    private const int MinSide = 300;
    private const double MaxRatio = 2.5;

    /// <returns>The web address the text is, or null for what may be a path.</returns>
    internal static Uri? UrlIn(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http" ? url : null;

    /// <exception cref="KlingException">InvalidRequest; nothing has been sent.</exception>
    internal static ImageSource FromUrl(Uri url) =>
        WebAddress.GetValidationError(url) is { } objection
            ? throw new KlingException(KlingError.InvalidRequest, $"The image's address '{DisplayText.ToDisplay(url.OriginalString)}' {objection}.")
            : new ImageSource(url.AbsoluteUri, url.AbsoluteUri);

    /// <exception cref="KlingException">ImageNotFound or ImageInvalid; nothing has been sent.</exception>
    internal static ImageSource FromFile(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new KlingException(KlingError.ImageNotFound, $"There is no image file '{path}'.");
        }

        byte[] bytes = Read(path) ?? throw Invalid(path, $"has more than {MaxBytes} bytes (10 MB)");
        (int width, int height) = ImageHeader.Size(bytes)
            ?? throw Invalid(path, "is neither a jpg nor a png");
        double ratio = (double)width / height;
        if (Math.Min(width, height) < MinSide)
        {
            throw Invalid(path, $"is {width} × {height} pixels; each side must have {MinSide} or more");
        }

        if (ratio is > MaxRatio or < 1 / MaxRatio)
        {
            throw Invalid(path, $"is {width} × {height} pixels; its ratio is beyond 1:2.5");
        }

        return new ImageSource(Convert.ToBase64String(bytes), $"<base64 of {file.Name}, {bytes.Length} bytes>");
    }

    // Not by the length the file system tells: a device says 0 and goes on for ever.
    private static byte[]? Read(string path)
    {
        try
        {
            // Before it is opened: a pipe that nobody writes to would block that for ever.
            if (RegularFile.LengthOf(path) == 0)
            {
                throw Invalid(path, "is empty or not a regular file");
            }

            using FileStream stream = File.OpenRead(path);
            using MemoryStream all = new();
            byte[] buffer = new byte[64 * 1024];
            int count;
            while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
            {
                if (all.Length + count > MaxBytes)
                {
                    return null;
                }

                all.Write(buffer, 0, count);
            }

            return all.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KlingException(KlingError.ImageNotFound, $"The image file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static KlingException Invalid(string path, string what) =>
        new(KlingError.ImageInvalid, $"The image '{path}' {what}.");
}
