namespace KlingPS;

/// <summary>An image as the service takes it: a URL, or raw base64 without a data prefix.</summary>
/// <param name="Value">What is sent.</param>
/// <param name="Display">What -WhatIf shows instead.</param>
internal sealed record ImageSource(string Value, string Display)
{
    // Source of the limits: the service's image-to-video page.
    private const int MaxBytes = 10 * 1024 * 1024;
    private const int MinSide = 300;
    private const double MaxRatio = 2.5;

    internal static ImageSource FromUrl(Uri url) => new(url.AbsoluteUri, url.AbsoluteUri);

    /// <exception cref="KlingException">ImageNotFound or ImageInvalid; nothing has been sent.</exception>
    internal static ImageSource FromFile(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new KlingException(KlingError.ImageNotFound, $"There is no image file '{path}'.");
        }

        if (file.Length > MaxBytes)
        {
            throw Invalid(path, $"has {file.Length} bytes, more than {MaxBytes} (10 MB)");
        }

        byte[] bytes = Read(path);
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

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KlingException(KlingError.ImageNotFound, $"The image file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static KlingException Invalid(string path, string what) =>
        new(KlingError.ImageInvalid, $"The image '{path}' {what}.");
}
