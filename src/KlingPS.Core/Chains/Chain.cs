using KlingPS.Clips;
using KlingPS.Requests;

namespace KlingPS.Chains;

/// <summary>How a video goes on.</summary>
internal enum ChainMethod
{
    /// <summary>The extension endpoint: one video that grows.</summary>
    Extend,

    /// <summary>Omni-video with the last part as reference: each step a clip of its own.</summary>
    NextShot,

    /// <summary>Image-to-video from the last frame: each step a clip of its own.</summary>
    LastFrame,
}

/// <summary>How far videos are to go, and how.</summary>
/// <param name="Target">The length to reach at least.</param>
/// <param name="Method">Null for the first that can be used.</param>
/// <param name="Prompts">One a step, the last repeated.</param>
/// <param name="StepSeconds">How long a step's clip is, where it is one.</param>
/// <param name="Name">The user's name for the work; null for the parent's.</param>
internal sealed record ChainOptions(
    TimeSpan Target,
    ChainMethod? Method,
    string[] Prompts,
    string? NegativePrompt,
    double? CfgScale,
    string? Model,
    int? StepSeconds,
    string? Name);

/// <summary>One video that goes on: where it stands, and what its next step is.</summary>
internal sealed class Chain
{
    internal const string NextShotModel = "kling-v3-omni";

    private const string LastFrameModel = "kling-v2-5-turbo";
    private const int UsualSeconds = 5;

    // What the service adds to an extended video, 4 to 5 seconds, at least.
    private const double LeastExtension = 4;

    // A clip comes back a little longer than it was asked for.
    private const double Excess = 0.5;

    private static readonly ChainMethod[] All = [ChainMethod.Extend, ChainMethod.NextShot, ChainMethod.LastFrame];

    private readonly ChainOptions _options;
    private readonly DateTimeOffset _now;
    private readonly Queue<ChainMethod> _methods;

    /// <param name="parent">The first part.</param>
    /// <param name="wanted">Which of its videos; null for the only one.</param>
    /// <exception cref="KlingException">It cannot go on; nothing has been sent.</exception>
    internal Chain(KlingTask parent, string? wanted, ChainOptions options, DateTimeOffset now)
    {
        _options = options;
        _now = now;
        Parent = Last = parent.With(new TaskDetails(options.Name, Part: parent.Part ?? 1));
        VideoId = TaskIds.CheckService(ParentRules.VideoToFollow(parent, wanted, now), "video id");
        Length = LengthOf(parent, VideoId) is { Ticks: > 0 } length
            ? length
            : throw KlingException.Invalid($"The service does not say how long the video of task {parent.TaskId} is.");
        _methods = new Queue<ChainMethod>(IsLongEnough ? [] : Usable());
    }

    internal KlingTask Parent { get; }

    /// <summary>The last part that is there.</summary>
    internal KlingTask Last { get; private set; }

    /// <summary>That part's video.</summary>
    internal string VideoId { get; private set; }

    /// <summary>Of all parts together.</summary>
    internal TimeSpan Length { get; private set; }

    internal bool IsLongEnough => Length >= _options.Target;

    internal ChainMethod Method => _methods.Peek();

    /// <summary>Whether each step is a clip of its own, so that the parent is one part of the whole.</summary>
    internal bool IsOfClips => _methods.Count > 0 && Method != ChainMethod.Extend;

    /// <summary>How many steps are done.</summary>
    internal int Steps { get; private set; }

    /// <summary>Why the methods before the one it uses cannot be used; empty without any.</summary>
    internal string Others { get; private set; } = "";

    /// <summary>The model of the clips; null where a step inherits its parent's.</summary>
    internal string? Model => Method switch
    {
        ChainMethod.NextShot => ModelOfNextShot,
        ChainMethod.LastFrame => ModelOfLastFrame,
        _ => null,
    };

    private string ModelOfNextShot => VideoModels.InServiceSpelling(_options.Model) ?? NextShotModel;

    private string ModelOfLastFrame =>
        VideoModels.InServiceSpelling(_options.Model)
        ?? (Parent.Model is { } own
            && VideoModels.Find(own) is { IsRetired: false } known
            && known.Routes.HasFlag(ModelRoutes.Image)
                ? known.Name
                : LastFrameModel);

    /// <summary>How many more steps it takes, as far as that is known; of extensions at most.</summary>
    internal int StepsLeft()
    {
        double left = (_options.Target - Length).TotalSeconds;
        int steps = 0;
        while (left > 0)
        {
            left -= Method == ChainMethod.Extend ? LeastExtension : Seconds(left);
            steps++;
        }

        return steps;
    }

    /// <summary>The prompt of a step, counted from 0; null without one.</summary>
    internal string? PromptOf(int step)
    {
        string? prompt = _options.Prompts.Length == 0
            ? null
            : _options.Prompts[Math.Min(step, _options.Prompts.Length - 1)];
        return Method != ChainMethod.NextShot || prompt?.Contains("<<<video_1>>>") == true
            ? prompt
            : $"Based on <<<video_1>>>, generate the next shot: {prompt ?? "the scene goes on"}";
    }

    /// <summary>The next step, but for what <see cref="SubmitOptions.Complete"/> adds.</summary>
    internal SubmitRequest Next()
    {
        int part = Parent.Part!.Value + Steps + 1;
        SubmitRequest next = Method == ChainMethod.Extend
            ? new ExtensionRequest(Last.TaskId, VideoId) { Model = Parent.Model, Part = part }
            : NextClip(part);
        return next with
        {
            Name = _options.Name ?? Parent.Name,
            IsNameInherited = _options.Name is null,
            Prompt = PromptOf(Steps),
            NegativePrompt = _options.NegativePrompt,
            CfgScale = _options.CfgScale,
        };
    }

    // The address and the frame follow when it is certain that they are needed.
    private VideoRequest NextClip(int part)
    {
        VideoModel? model = VideoModels.Find(Model);
        VideoRequest clip = new()
        {
            Model = Model,
            Part = part,
            Follows = new VideoParent(Last.TaskId, VideoId),
            Duration = Seconds((_options.Target - Length).TotalSeconds),
        };
        return Method == ChainMethod.NextShot
            ? clip with
            {
                ReferenceVideo = new VideoReference(
                    VideoReference.Unasked, IsBase: false, KeepsSound: false, LengthOf(Last, VideoId))
                {
                    VideoId = VideoId,
                },
                Sound = model?.SoundModes.Length > 0 ? "off" : null,
            }
            : clip with
            {
                Image = new ImageSource("", $"<the last frame of video {VideoId}>"),
                Mode = model?.DoubtfulMode == "std" ? "pro" : null,
            };
    }

    /// <summary>Takes a finished step.</summary>
    /// <exception cref="KlingException">ParentHasNoVideo and the like, or TaskFailed: it did not grow.</exception>
    internal void Add(KlingTask step)
    {
        string videoId = TaskIds.CheckService(ParentRules.VideoToFollow(step, null, _now), "video id");
        TimeSpan length = LengthOf(step, videoId) ?? TimeSpan.Zero;
        TimeSpan total = Method == ChainMethod.Extend ? length : Length + length;
        if (total <= Length)
        {
            throw new KlingException(
                KlingError.TaskFailed,
                $"Task {step.TaskId} did not make the video longer than its {Seconds(Length)} s.")
            {
                RequestId = step.RequestId,
                Submission = SubmissionOutcome.Created,
            };
        }

        (Last, VideoId, Length) = (step, videoId, total);
        Steps++;
    }

    /// <summary>Goes on by another method where the service does not offer this one for the video.</summary>
    /// <returns>False where there is no other, or steps were made by this one already.</returns>
    internal bool FallBack(KlingException refusal)
    {
        bool isRefused = refusal.Submission == SubmissionOutcome.NotCreated
            && (refusal.Error == KlingError.ParentNotExtendable
                || refusal.Error == KlingError.ModelDiscontinued
                || refusal.Error == KlingError.ServiceUnavailable);
        if (!isRefused || Steps > 0 || _methods.Count < 2)
        {
            return false;
        }

        Others += $"{Method}: {refusal.WhatHappened} ";
        _methods.Dequeue();
        return true;
    }

    private static TimeSpan? LengthOf(KlingTask task, string videoId) =>
        task.VideoOf(videoId)?.Duration ?? task.Duration;

    private static string Seconds(TimeSpan length) => length.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

    // The last clip is only as long as it has to be.
    private int Seconds(double left)
    {
        int usual = _options.StepSeconds ?? UsualSeconds;
        if (VideoModels.Find(Model) is not { } model)
        {
            return usual;
        }

        int shortest = model.MinSeconds;
        while (!model.Takes(shortest) || shortest < left)
        {
            if (++shortest >= usual)
            {
                return usual;
            }
        }

        return shortest;
    }

    private List<ChainMethod> Usable()
    {
        List<ChainMethod> usable = [];
        KlingException? objection = null;
        foreach (ChainMethod method in _options.Method is { } only ? [only] : All)
        {
            try
            {
                Check(method);
                usable.Add(method);
            }
            catch (KlingException e)
            {
                objection = e;
                // What stands behind the first that can be used is of no interest.
                Others += usable.Count == 0 ? $"{method}: {e.WhatHappened} " : "";
            }
        }

        return usable.Count > 0 ? usable
            : _options.Method is not null ? throw objection!
            : throw new KlingException(
                KlingError.InvalidRequest,
                $"The video of task {Parent.TaskId} cannot go on. {Others.Trim()}",
                action: "Install ffmpeg, which lets any video go on by its last frame; -Method chooses the way.");
    }

    private void Check(ChainMethod method)
    {
        if (method == ChainMethod.Extend)
        {
            CheckExtend();
        }
        else if (method == ChainMethod.NextShot)
        {
            CheckModel(ModelOfNextShot, "takes no reference video", model => model.ReferenceVideo is not null);
            CheckReference();
        }
        else
        {
            CheckModel(
                ModelOfLastFrame,
                "makes no video from an image",
                model => (model.Routes | model.Disputed).HasFlag(ModelRoutes.Image));
            Ffmpeg.Find();
        }
    }

    private void CheckExtend()
    {
        if (_options.Model is not null)
        {
            throw KlingException.Invalid("An extension has the model of its parent, so it takes no -Model.");
        }

        if (_options.Target > ParentRules.MaxLength)
        {
            throw KlingException.Invalid(
                $"The service extends a video up to {Seconds(ParentRules.MaxLength)} s, not "
                    + $"{Seconds(_options.Target)} s.");
        }

        ParentRules.CheckModel(Parent.TaskId, Parent.Model);
        ParentRules.VideoToExtend(Parent, VideoId, _now);
    }

    private void CheckModel(string name, string what, Func<VideoModel, bool> isMeant)
    {
        if (VideoModels.Find(name) is not { } model)
        {
            return;
        }

        if (!isMeant(model))
        {
            throw KlingException.Invalid($"{name} {what}.");
        }

        if (_options.StepSeconds is { } seconds && !model.Takes(seconds))
        {
            string takes = model.AnySecond ? $"{model.MinSeconds} to {model.MaxSeconds}" : "5 or 10";
            throw KlingException.Invalid($"-StepSec {seconds} is not one of the {takes} seconds that {name} takes.");
        }
    }

    private void CheckReference()
    {
        if (VideoModels.Find(ModelOfNextShot)?.ReferenceVideo is not { } limit)
        {
            return;
        }

        double length = Length.TotalSeconds;
        if (length < limit.Min || length > limit.Max)
        {
            string range = FormattableString.Invariant($"{limit.Min} to {limit.Max} s");
            throw KlingException.Invalid(
                $"{ModelOfNextShot} follows a video of {range}, and this one has {Seconds(Length)} s.");
        }

        if (_options.StepSeconds + Excess > limit.Max)
        {
            throw KlingException.Invalid(FormattableString.Invariant(
                $"With -StepSec {_options.StepSeconds} a step would be longer than the {limit.Max} s that ")
                    + $"{ModelOfNextShot} can follow.");
        }
    }
}
