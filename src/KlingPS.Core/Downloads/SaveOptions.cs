namespace KlingPS.Downloads;

/// <summary>How videos are saved.</summary>
internal sealed record SaveOptions
{
    /// <summary>
    /// 2 GB. The longest video the service makes has 180 s and stays well under 1 GB at any known bitrate; a server that
    /// is wrong or hostile must not be able to fill the disk.
    /// </summary>
    internal const long DefaultMaxBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>Whether a file of that name may be replaced.</summary>
    internal bool Overwrite { get; init; }

    /// <summary>The largest file to save, in bytes; nothing on the disk is ever larger.</summary>
    internal long MaxBytes { get; init; } = DefaultMaxBytes;

    /// <summary>Gets the bytes of each piece once it is written.</summary>
    internal Action<long> Received { get; init; } = _ => { };
}
