namespace KlingPS.Requests;

/// <summary>What a paid POST asks for.</summary>
internal abstract record SubmitRequest
{
    internal abstract KlingTaskKind Kind { get; }

    internal string? Prompt { get; init; }

    internal string? NegativePrompt { get; init; }

    /// <summary>0 to 1; null leaves it to the service.</summary>
    internal double? CfgScale { get; init; }

    internal Uri? CallbackUrl { get; init; }

    /// <summary>Null where the service takes none, as for extensions.</summary>
    internal virtual string? ExternalId => null;
}

/// <summary>4 to 5 seconds more of one video of a finished task of the same account.</summary>
internal sealed record ExtensionRequest(string TaskId, string VideoId) : SubmitRequest
{
    internal override KlingTaskKind Kind => KlingTaskKind.VideoExtension;
}

/// <summary>A new video from a prompt, or from a first and last frame.</summary>
internal sealed record VideoRequest : SubmitRequest
{
    internal override KlingTaskKind Kind =>
        Image is null && ImageTail is null ? KlingTaskKind.TextToVideo : KlingTaskKind.ImageToVideo;

    internal ImageSource? Image { get; init; }

    internal ImageSource? ImageTail { get; init; }

    internal string? Model { get; init; }

    internal string? Mode { get; init; }

    /// <summary>Seconds.</summary>
    internal int? Duration { get; init; }

    internal string? AspectRatio { get; init; }

    internal string? ExternalTaskId { get; init; }

    internal bool Watermark { get; init; }

    internal override string? ExternalId => ExternalTaskId;
}

/// <summary>How to submit.</summary>
/// <param name="QueueTimeout">How long to wait for a slot of the account while all are in use.</param>
internal sealed record SubmitOptions(TimeSpan QueueTimeout)
{
    /// <summary>How long paid requests on the wire are waited for when an error or the pipeline ends the command.</summary>
    internal static TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Sends a request also when an equal one may be paid already.</summary>
    internal bool IsForced { get; init; }

    /// <summary>Ends whatever has not been sent yet; what is on the wire goes on.</summary>
    internal CancellationToken Stopping { get; init; }

    /// <param name="queueTimeout">How long to wait for a slot.</param>
    public static implicit operator SubmitOptions(TimeSpan queueTimeout) => new(queueTimeout);
}
