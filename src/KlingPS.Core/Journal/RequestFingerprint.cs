using KlingPS.Requests;

namespace KlingPS.Journal;

/// <summary>Tells whether two requests ask for the same work, without storing what they ask for.</summary>
/// <remarks>
/// Compared are route and body, without callback and external id; an address without its query, which is mostly a
/// signature that changes; an image by its bytes, unless it is a frame of the video before.
/// </remarks>
internal sealed class RequestFingerprint(SubmitRequest request)
{
    // Hashed too, so that fingerprints of another canonical form never match.
    private const string Version = "1";

    private static readonly byte[] NoSalt = new byte[8];

    private readonly byte[] _canonical = Canonical(request);

    /// <summary>What the request's entries carry.</summary>
    /// <param name="salt">One that the journal uses already, or null for a new one.</param>
    internal string Make(byte[]? salt) => SaltedHash.Make(salt ?? SaltedHash.NewSalt(), _canonical);

    /// <summary>An external id for the work: of its name and its request, without salt, the same everywhere.</summary>
    internal string Derive(string? name) =>
        "klingps-" + SaltedHash.Make(NoSalt, [.. Encoding.UTF8.GetBytes($"{name}\n"), .. _canonical]).Split('.')[1];

    /// <summary>Whether a fingerprint is of the same work.</summary>
    internal bool Matches(string fingerprint) =>
        SaltedHash.SaltOf(fingerprint) is { } salt && Make(salt) == fingerprint;

    private static byte[] Canonical(SubmitRequest request) =>
    [
        .. Encoding.UTF8.GetBytes($"{Version}\n{TaskKinds.RouteOf(request.Kind)}\n"),
        .. RequestWriter.Write(WithoutCallbackAndExternalId(request), ImageIdentity),
    ];

    // How the result is delivered is not part of the work.
    private static SubmitRequest WithoutCallbackAndExternalId(SubmitRequest request) => request is VideoRequest video
        ? OfChain(video) with { CallbackUrl = null, ExternalTaskId = null }
        : request with { CallbackUrl = null };

    // A video is known by its id, because its address changes. A frame taken from it is known by that id too, and the
    // shape follows from it: decoders differ between machines.
    private static VideoRequest OfChain(VideoRequest video)
    {
        VideoRequest known = video with { ReferenceVideo = video.ReferenceVideo?.Comparable };
        return video.Follows is not { } before ? known : known with
        {
            Image = video.Image is null ? null : new ImageSource($"{before.TaskId}/{before.VideoId}", ""),
            AspectRatio = null,
        };
    }

    private static string ImageIdentity(ImageSource image)
    {
        if (ImageSource.UrlIn(image.Value) is { } url)
        {
            return url.GetLeftPart(UriPartial.Path);
        }

        // Only equal images must give equal hashes; the salt is applied when the whole request is hashed.
        return SaltedHash.Make(NoSalt, Encoding.UTF8.GetBytes(image.Value));
    }
}
