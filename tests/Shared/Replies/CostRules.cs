namespace KlingPS.Shared.Replies;

/// <summary>Whoever answers cannot make the reader work for long or take much memory.</summary>
internal static class CostRules
{
    /// <summary>Bytes that may be allocated whatever the answer: an exception with its texts, and the first use of things.</summary>
    internal const long BytesAtMost = 32 * 1024;

    /// <summary>Bytes that may be allocated for each byte of the body.</summary>
    internal const long BytesPerByte = 48;

    /// <summary>Time for any answer, however small.</summary>
    internal static readonly TimeSpan TimeAtMost = TimeSpan.FromMilliseconds(100);

    /// <summary>More time for each byte of the body.</summary>
    internal static readonly TimeSpan TimePerByte = TimeSpan.FromMicroseconds(1);

    // The machine may have been busy with something else: what is too slow once is measured again.
    private const int Attempts = 4;

    /// <returns>The reading with the least cost that was measured.</returns>
    internal static Reading Check(ReplyCase given, Reading reading)
    {
        int length = given.Received?.Length ?? 0;
        TimeSpan time = TimeAtMost + (length * TimePerByte);
        long bytes = BytesAtMost + (length * BytesPerByte);
        for (int attempt = 1; attempt < Attempts && (reading.Elapsed > time || reading.Allocated > bytes); attempt++)
        {
            reading = ReplyReading.Read(given);
        }

        ReplyRules.Require(reading.Elapsed <= time, "Reading takes bounded time.", $"{reading.Elapsed.TotalMilliseconds:0} ms for {length} bytes");
        ReplyRules.Require(reading.Allocated <= bytes, "Reading takes bounded memory.", $"{reading.Allocated} bytes for {length} bytes");
        return reading;
    }
}
