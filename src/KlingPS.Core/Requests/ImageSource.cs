using System.Buffers.Binary;

namespace KlingPS.Requests;

/// <summary>An image as the service takes it: a URL, or raw base64 without a data prefix.</summary>
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
            ? throw KlingException.Invalid(
                $"The image's address '{DisplayText.ToDisplay(url.OriginalString)}' {objection}.")
            : new ImageSource(url.AbsoluteUri, Displayable(url));

    /// <summary>An address without what may be a secret: its query, which is mostly a signature, and a user.</summary>
    internal static string Displayable(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <exception cref="KlingException">ImageNotFound or ImageInvalid; nothing has been sent.</exception>
    internal static ImageSource FromFile(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new KlingException(KlingError.ImageNotFound, $"There is no image file '{path}'.");
        }

        byte[] bytes = Read(path) ?? throw Invalid(path, $"is larger than 10 MB ({MaxBytes} bytes)");
        (int width, int height) = ImageHeader.Size(bytes)
            ?? throw Invalid(path, "is neither a jpg nor a png");
        double ratio = (double)width / height;
        if (Math.Min(width, height) < MinSide)
        {
            throw Invalid(path, $"is {width} × {height} pixels; each side must have at least {MinSide}");
        }

        if (ratio is > MaxRatio or < 1 / MaxRatio)
        {
            throw Invalid(path, $"is {width} × {height} pixels; its ratio must be between 1:2.5 and 2.5:1");
        }

        return new ImageSource(Convert.ToBase64String(bytes), $"<base64 of {file.Name}, {bytes.Length} bytes>");
    }

    /// <returns>Null for a file that is too large.</returns>
    private static byte[]? Read(string path)
    {
        try
        {
            // Before opening: a pipe without a writer would block for ever, and a device never ends.
            long length = RegularFile.LengthOf(path);
            if (length == 0)
            {
                throw Invalid(path, "is empty or not a regular file");
            }

            // It may grow meanwhile.
            return length <= MaxBytes && File.ReadAllBytes(path) is { Length: <= MaxBytes } bytes ? bytes : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KlingException(
                KlingError.ImageNotFound, $"The image file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static KlingException Invalid(string path, string what) =>
        new(KlingError.ImageInvalid, $"The image '{path}' {what}.");
}

/// <summary>Width and height of a png or jpg, read from its first bytes.</summary>
internal static class ImageHeader
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <returns>Pixels, or null when the bytes are neither format.</returns>
    internal static (int Width, int Height)? Size(ReadOnlySpan<byte> bytes)
    {
        (int Width, int Height)? size = bytes.StartsWith(PngSignature) ? PngSize(bytes) : JpegSize(bytes);
        return size is { Width: > 0, Height: > 0 } ? size : null;
    }

    // The header chunk comes first: length, 'IHDR', width, height.
    private static (int Width, int Height)? PngSize(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 24 && bytes.Slice(12, 4).SequenceEqual("IHDR"u8)
            ? (BinaryPrimitives.ReadInt32BigEndian(bytes.Slice(16)),
                BinaryPrimitives.ReadInt32BigEndian(bytes.Slice(20)))
            : null;

    private static (int Width, int Height)? JpegSize(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes[0] != 0xFF || bytes[1] != 0xD8)
        {
            return null;
        }

        int at = 2;
        while (at + 9 < bytes.Length)
        {
            if (bytes[at] != 0xFF)
            {
                return null;
            }

            byte marker = bytes[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            // Frame headers are C0 to CF, less the tables C4, C8 and CC.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (UInt16(bytes, at + 7), UInt16(bytes, at + 5));
            }

            bool standsAlone = marker is 0x01 or (>= 0xD0 and <= 0xD8);
            at += standsAlone ? 2 : 2 + UInt16(bytes, at + 2);
        }

        return null;
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes.Slice(at));
}
