using System.Text;

namespace KlingPS.Shared.Replies;

/// <summary>Which of the requests an answer belongs to.</summary>
internal enum Asked
{
    /// <summary>A query; free.</summary>
    Query,

    /// <summary>An extension; paid.</summary>
    Extension,

    /// <summary>A video; paid.</summary>
    Video,

    /// <summary>A video with an id of the user's own; paid.</summary>
    NamedVideo,
}

/// <summary>One answer: a real body, what happened to it, and what stands around it.</summary>
/// <param name="Asked">What it answers.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Origin">The real body.</param>
/// <param name="Edits">What happened to it.</param>
/// <param name="RetryAfter">The header, or null without one.</param>
internal sealed record ReplyCase(Asked Asked, int Status, RealBody Origin, Edit[] Edits, string? RetryAfter)
{
    // The service's answer would have been longer than anybody reads.
    private const int MaxBytes = KlingPS.Transport.BoundedBody.MaxBytes;

    internal byte[] Body { get; } = Editor.Apply(Origin.Bytes, Edits);

    internal bool IsPaid => Asked != Asked.Query;

    internal bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>What the reader gets: nothing of a body that is too long.</summary>
    internal byte[]? Received => Body.Length <= MaxBytes ? Body : null;

    /// <summary>The id that must come out, or null where damage or status excuse it.</summary>
    internal string? TaskIdToFind => IsSuccess && Array.TrueForAll(Edits, edit => edit.KeepsTask) ? Origin.TaskId : null;

    internal bool KeepsWords => Array.TrueForAll(Edits, edit => edit.KeepsWords);

    /// <summary>Enough to see it, and to put it into a test of its own.</summary>
    public override string ToString()
    {
        const int shown = 2_000;
        string text = ReplyRules.Visible(Encoding.Latin1.GetString(Body, 0, Math.Min(Body.Length, shown)));
        string edits = string.Join(", ", Edits.Select(edit => $"{edit.Kind} {edit.At} {edit.What}"));
        return $"{Asked}, HTTP {Status}, Retry-After '{RetryAfter}', {Body.Length} bytes of '{Origin.Name}' after [{edits}]: {text}";
    }
}
