namespace KlingPS.Shared.Replies;

/// <summary>What can happen to a body.</summary>
internal enum EditKind
{
    /// <summary>A value that names neither a task nor a fault becomes another. The body still says which task it is.</summary>
    OtherValue,

    /// <summary>A member nobody knows is added. The body still says which task it is.</summary>
    Neighbour,

    /// <summary>A mark of the byte order is set before it. The body still says which task it is.</summary>
    Mark,

    /// <summary>Any value becomes another.</summary>
    AnyValue,

    /// <summary>A member is there twice.</summary>
    Twice,

    /// <summary>A member is called otherwise.</summary>
    Rename,

    /// <summary>A value becomes a long one.</summary>
    LongValue,

    /// <summary>A value, or the whole, goes far down.</summary>
    Deep,

    /// <summary>The whole becomes a string in the gateway's envelope.</summary>
    Quote,

    /// <summary>One bit.</summary>
    Flip,

    /// <summary>A byte more.</summary>
    Insert,

    /// <summary>Some bytes fewer.</summary>
    Delete,

    /// <summary>Only the beginning.</summary>
    Truncate,

    /// <summary>Twice the same.</summary>
    Repeat,

    /// <summary>Nothing of it is left.</summary>
    Noise,
}

/// <summary>One thing that happens to a body.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">Where; taken modulo what there is.</param>
/// <param name="What">With what; taken modulo what there is.</param>
internal readonly record struct Edit(EditKind Kind, uint At, uint What)
{
    /// <summary>Whether a task that was in the body must still come out of it.</summary>
    internal bool KeepsTask => Kind is EditKind.OtherValue or EditKind.Neighbour or EditKind.Mark;

    /// <summary>Whether words are still whole, so that what must not be seen can be looked for.</summary>
    internal bool KeepsWords => Kind is not (EditKind.Flip or EditKind.Insert or EditKind.Delete or EditKind.Truncate);
}
