using KlingPS.Binding;
using KlingPS.Chains;
using KlingPS.Completion;
using KlingPS.Pipeline;
using KlingPS.Requests;
using KlingPS.Waiting;

namespace KlingPS.Commands;

/// <summary>Lets finished videos go on until they are long enough. Paid; each step is paid at most once.</summary>
[Cmdlet(
    VerbsData.Expand,
    "KlingVideo",
    DefaultParameterSetName = TaskSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = ModuleLifetime.HelpPages + "Expand-KlingVideo.md")]
[OutputType(typeof(KlingTask))]
public sealed class ExpandKlingVideoCommand : PaidCmdlet
{
    private const string Auto = "Auto";
    private const int ActivityId = 0x4B54;

    // A longer command would be cut where it is shown.
    private const int LongestCommand = 1200;

    // Of a task that -WhatIf does not ask for.
    private static readonly TimeSpan Assumed = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private ChainRunner? _runner;
    private WaitBar? _bar;

    /// <summary>The finished parent; checked before anything is sent.</summary>
    [Parameter(ParameterSetName = TaskSet, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesOne = true, IsParent = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask? InputObject { get; set; }

    /// <summary>The parent's id; it is queried and checked.</summary>
    [Parameter(
        ParameterSetName = IdsSet,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [IdTransformation("TaskId")]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string TaskId { get; set; } = "";

    /// <summary>How many seconds all parts are to have together, at least.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true, IsSeconds = true)]
    [ValidateRange(1, 3600)]
    public int? TargetSec { get; set; }

    /// <summary>How the video goes on; Auto takes the first way that can be used.</summary>
    [Parameter]
    [ValidateSet(Auto, nameof(ChainMethod.Extend), nameof(ChainMethod.NextShot), nameof(ChainMethod.LastFrame))]
    public string Method { get; set; } = Auto;

    /// <summary>What happens in each step; the last one is used for the rest.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextsTransformation]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[]? Prompt { get; set; }

    /// <summary>What to avoid in all of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    public string? NegativePrompt { get; set; }

    /// <summary>How closely to keep to the prompts, 0 to 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberTransformation]
    public double? CfgScale { get; set; }

    /// <summary>The model of the clips of NextShot and LastFrame; an extension has its parent's.</summary>
    [Parameter]
    [TextTransformation]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>Seconds of each clip of NextShot and LastFrame.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, 3600)]
    public int? StepSec { get; set; }

    /// <summary>Seconds after the latest submission, for all steps that run. -1 has no limit.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(-1, int.MaxValue / 1000)]
    public int TimeoutSec { get; set; } = 3600;

    private protected override ProgressRecord? Bar => _bar?.Shown ?? base.Bar;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _runner?.CompleteAdding();
        base.EndProcessing();
    }

    private protected override void Record()
    {
        object? target = InputObject is { ValidationError: null } ? InputObject : TaskId;
        try
        {
            Start();
        }
        catch (KlingException e)
        {
            Refuse(e, target);
        }

        TakeReady();
    }

    // Its own bar shows pauses, once there is one.
    private protected override void ShowPause(string? reason, TimeSpan left)
    {
        if (_bar?.Shown is null)
        {
            base.ShowPause(reason, left);
        }
    }

    private void Start()
    {
        // A task brings its name along, which the binder would take for a given one.
        string? name = HasNameArgument || ParameterSetName == IdsSet ? GivenName : null;
        ChainOptions options = new(
            TimeSpan.FromSeconds(TargetSec
                ?? throw KlingException.Invalid("No length was given.", "Give the seconds to reach with -TargetSec.")),
            Enum.TryParse(Method, ignoreCase: true, out ChainMethod method) ? method : null,
            Prompts(),
            NegativePrompt: TextOf(NegativePrompt, InputObject, nameof(NegativePrompt)),
            CfgScale: CfgScale ?? Column<double?>(InputObject, nameof(CfgScale), new NumberTransformationAttribute()),
            Model: ValueTransformationAttribute.TextOf(Model)?.Trim(),
            StepSeconds: StepSec,
            Name: name);
        CheckCfgScale(options.CfgScale);
        int limit = Client.Connection.Provider.PromptLimit;
        Array.ForEach(options.Prompts, prompt => CheckPrompt(nameof(Prompt), prompt, limit));
        CheckPrompt(nameof(NegativePrompt), options.NegativePrompt, limit);
        KlingTask parent = Parent();
        if (!_seen.Add(parent.TaskId))
        {
            return;
        }

        Chain chain = new(parent, InputObject?.VideoId, options, Client.Now);
        if (chain.IsLongEnough)
        {
            WriteObject(chain.Parent);
            return;
        }

        if (chain.Next() is VideoRequest clip)
        {
            // The shape follows from the video, which is not there yet.
            CheckRules(clip.ReferenceVideo is null ? clip : clip with { AspectRatio = VideoModels.AspectRatios[0] });
        }

        string plan = Plan(chain, options);
        if (ShouldPay(plan, $"Submit these paid tasks? {plan}", chain.StepsLeft()))
        {
            Run(chain, () => CommandOf(chain, options, parent));
        }
    }

    private void Run(Chain chain, Func<string> command)
    {
        if (_runner is null)
        {
            TimeSpan timeout = TimeoutSec < 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(TimeoutSec);
            _bar = new WaitBar(ActivityId, Writer, Pauses);
            ChainRunner runner = _runner = new ChainRunner(Client, new WaitOptions { Timeout = timeout }, _bar.Show);
            Pump.Start(token => UntilStopped(runner.WaitAsync, token));
        }

        SubmitOptions submit = Options(TimeSpan.FromSeconds(TimeoutSec < 0 ? int.MaxValue / 1000 : TimeoutSec)) with
        {
            IsOnce = true,
            // To run the command again is to want the step that failed.
            RetriesFailed = true,
        };
        _runner.Opened();
        ChainListener listener = new(
            () => Writer.Verbose($"Task {chain.Parent.TaskId} goes on by {chain.Method}. {chain.Others}".TrimEnd()),
            part => Pump.Post(() => Write(part)),
            (why, step) => Pump.Post(() => Interrupt(chain, why, step, command())));
        Pump.Start(token => _runner.RunAsync(chain, submit, listener, token));
    }

    // An error or Select-Object -First ends the wait at once; only what is on the wire is waited for.
    private async Task UntilStopped(Func<CancellationToken, Task> wait, CancellationToken token)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(token, Pump.Stopping);
        await wait(either.Token).ConfigureAwait(false);
    }

    private KlingTask Parent()
    {
        string taskId = ParentId(InputObject, TaskId);
        TaskDetails known = InputObject is { } given && given.Details != TaskDetails.None
            ? given.Details
            : Client.Connection.DetailsOf(taskId);
        bool mustAsk = InputObject is null
            || (InputObject.Status == KlingTaskStatus.Succeeded
                && (InputObject.VideosUnknown || InputObject.Duration is null));
        if (!mustAsk)
        {
            return InputObject!.With(known);
        }

        // The query is free, but -WhatIf sends nothing at all.
        KlingTask task = !IsDryRun ? Ask(taskId, InputObject?.Kind) : new KlingTask
        {
            TaskId = taskId,
            Kind = Client.KnownKind(taskId) ?? InputObject?.Kind ?? KlingTaskKind.VideoExtension,
            Status = KlingTaskStatus.Succeeded,
            VideoId = InputObject?.VideoId ?? "0",
            VideoCount = 1,
            Duration = Assumed,
        };
        return task.With(known);
    }

    private string[] Prompts()
    {
        string[] given = Prompt
            ?? Column<string[]>(InputObject, nameof(Prompt), new TextsTransformationAttribute())
            ?? [];
        return [.. given.Select(ValueTransformationAttribute.TextOf).OfType<string>()];
    }

    private static string Plan(Chain chain, ChainOptions options)
    {
        int steps = chain.StepsLeft();
        int part = chain.Parent.Part!.Value;
        string most = chain.Method == ChainMethod.Extend ? "up to " : "";
        string length = chain.Length.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        string model = chain.Model is { } name ? $" with {name}" : "";
        StringBuilder plan = new($"Task {chain.Parent.TaskId} from {length} s to {options.Target.TotalSeconds:0} s by "
            + $"{chain.Method}{model}: {most}{(steps == 1 ? "1 paid task" : $"{steps} paid tasks")}");
        for (int i = 0; i < steps; i++)
        {
            plan.Append(Environment.NewLine).Append("  part ").Append(part + i + 1).Append(": ")
                .Append(chain.PromptOf(i) ?? "(no prompt)");
        }

        return plan.ToString();
    }

    // What is paid for already is found, so to go on is to begin again.
    private string CommandOf(Chain chain, ChainOptions options, KlingTask parent)
    {
        StringBuilder command = new($"Get-KlingTask {DisplayText.QuoteArgument(parent.TaskId)} -Kind {parent.Kind} | "
            + $"Expand-KlingVideo -TargetSec {options.Target.TotalSeconds:0}");
        Add("Prompt", string.Join(", ", options.Prompts.Select(DisplayText.QuoteArgument)));
        Add("NegativePrompt", options.NegativePrompt is { } avoided ? DisplayText.QuoteArgument(avoided) : "");
        Add("CfgScale", options.CfgScale?.ToString(CultureInfo.InvariantCulture) ?? "");
        Add("Model", options.Model is { } model ? DisplayText.QuoteArgument(model) : "");
        Add("StepSec", options.StepSeconds?.ToString(CultureInfo.InvariantCulture) ?? "");
        Add("Name", options.Name is { } name ? DisplayText.QuoteArgument(name) : "");
        Add("TimeoutSec", TimeoutSec == 3600 ? "" : TimeoutSec.ToString(CultureInfo.InvariantCulture));
        return $"{command} -Method {chain.Method}";

        void Add(string parameter, string value) =>
            command.Append(value.Length == 0 ? "" : $" -{parameter} {value}");
    }

    private void Interrupt(Chain chain, KlingException why, KlingTask? step, string command)
    {
        bool isOpen = why.Error == KlingError.MayBePaidAlready || why.Error == KlingError.SubmissionUnknown;
        string what = $"Task {chain.Parent.TaskId} went on no further than part {chain.Last.Part}: {why.WhatHappened}";
        Fail(
            new KlingException(KlingError.ChainInterrupted, what, why)
            {
                HttpStatus = why.HttpStatus,
                ServiceCode = why.ServiceCode,
                ServiceMessage = why.ServiceMessage,
                RequestId = why.RequestId,
                Submission = why.Submission,
                IntentId = why.IntentId,
                TaskName = chain.Last.Name,
                Action = isOpen ? why.RecommendedAction : command.Length <= LongestCommand ? command : null,
            },
            chain.Last);
        if (step is not null)
        {
            // The error names it.
            Client.Submissions.Told(step);
        }
    }
}
