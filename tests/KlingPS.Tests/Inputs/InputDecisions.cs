namespace KlingPS.Tests.Inputs;

/// <summary>The one table of decisions: every parameter of every cmdlet is in it.</summary>
internal static class InputDecisions
{
    private const string Numbers = "negative, zero, beyond int, beyond long, NaN, infinity, negative infinity";

    private static readonly Taken Nothing = new("null, empty, white", "Nothing is given, as in an empty cell of a CSV.");

    private static readonly Taken[] NoPrompt =
    [
        new("empty, white", "A video from an image needs no prompt.", Field: "prompt"),
        new("null", "An empty cell is no prompt.", Ways.Cell, Field: "prompt"),
    ];

    private static readonly Taken NullKind = new("null, empty, white", "Nothing is given, so the kind is the one the journal knows.");
    private static readonly Taken KindByNumber = new("zero", "Kinds are read by name or number; 0 is VideoExtension.");

    private static readonly Taken NoItems = new("no items", "Nothing comes down the pipeline.", Ways.Piped);

    private static readonly Taken Switched =
        new($"null, empty, white, {Numbers}", "A switch is false for nothing and for 0, and true for any other number, as in PowerShell.", Ways.Named | Ways.Property);

    private static readonly Taken ForeignId = new(
        "negative, zero, beyond long, NaN, infinity, negative infinity, letters",
        "An id may be the user's own, of any letters; asking for it costs nothing, and the service knows none.",
        Ways.Cell,
        Error: "TaskNotFound");

    private static readonly Taken ForeignLetters = new("letters", ForeignId.Reason, Ways.Named | Ways.Piped | Ways.Property, Error: "TaskNotFound");
    private static readonly Taken ForeignNumber = new("beyond int", "A whole number is an id.", Error: "TaskNotFound");

    private static readonly Taken ParentNumber = new("beyond int", "A whole number is an id; the service knows none and creates nothing.", Error: "ParentNotExtendable");

    private static readonly Taken ParentText = new(
        "negative, zero, beyond long, NaN, infinity, negative infinity",
        "An id is the service's own word and not checked further; it knows none and creates nothing.",
        Ways.Cell,
        Error: "ParentNotExtendable");

    internal static readonly InputDecision[] All =
    [
        new("Clear-KlingIntent", "IntentId", "", "$intent"),
        new("Connect-Kling", "ApiKey", "-BaseUri $BaseUri", "'sk-0123456789abcdefWXYZ'") { IsSecret = true },
        new("Connect-Kling", "BaseUri", "-ApiKey 'sk-0123456789abcdefWXYZ'", "$BaseUri"),
        new("Connect-Kling", "RequestTimeoutSec", "-ApiKey 'k'", "5"),
        new("Connect-Kling", "MaxRetryCount", "-ApiKey 'k'", "5", new Taken("zero", "Nothing is sent again.")),
        new("Connect-Kling", "MaxRequestsPerSec", "-ApiKey 'k'", "5", new Taken("zero", "Means no bound, as the help says.")),
        new("Connect-Kling", "Proxy", "-ApiKey 'k'", "'http://127.0.0.1:1'"),
        new("Connect-Kling", "Sandbox", "", "$true", new Taken("negative, beyond int, beyond long, NaN, infinity, negative infinity", Switched.Reason)),
        new("Connect-Kling", "SandboxTaskSec", "-Sandbox", "1", new Taken("zero", "A task of the sandbox is done at once.")),
        new("Connect-Kling", "PassThru", "-ApiKey 'k'", "$true", Switched),

        new("ConvertFrom-KlingCallback", "InputObject", "", "$body", NoItems),
        new("ConvertFrom-KlingCallback", "InputObject", "-Headers $headers -Secret $secret", "$body", NoItems),
        new("ConvertFrom-KlingCallback", "Headers", "-InputObject $body -Secret $secret", "$headers"),
        new("ConvertFrom-KlingCallback", "Secret", "-InputObject $body -Headers $headers", "$secret") { IsSecret = true },
        new("ConvertFrom-KlingCallback", "ToleranceSec", "-InputObject $body -Headers $headers -Secret $secret", "600"),
        new("ConvertFrom-KlingCallback", "Kind", "-InputObject $body", "'TextToVideo'", NullKind, KindByNumber),

        new("Get-KlingTask", "InputObject", "", "$task", NoItems, ForeignLetters with { Ways = Ways.Piped }, ForeignNumber with { Ways = Ways.Piped }),
        new("Get-KlingTask", "TaskId", "-Kind TextToVideo", "$id", NoItems, ForeignId, ForeignLetters, ForeignNumber),
        new("Get-KlingTask", "Kind", "-TaskId $longer", "'VideoExtension'", NullKind, KindByNumber),
        new("Get-KlingTask", "Last", "", "1"),

        new("New-KlingExtension", "InputObject", "", "$task", NoItems),
        new("New-KlingExtension", "TaskId", "-VideoId $vid", "$id", ParentNumber, ParentText),
        new("New-KlingExtension", "VideoId", "-TaskId $id", "$vid", ParentNumber, ParentText),
        new("New-KlingExtension", "VideoId", "-InputObject $task", "$vid") { Only = Ways.Named },
        new("New-KlingExtension", "Prompt", "-TaskId $id -VideoId $vid", "'The sun'", [.. Text("prompt"), Nothing with { Field = "prompt" }]),
        new("New-KlingExtension", "NegativePrompt", "-TaskId $id -VideoId $vid", "'rain'", [.. Text("negative_prompt"), Nothing with { Field = "negative_prompt" }]),
        new("New-KlingExtension", "CfgScale", "-TaskId $id -VideoId $vid", "0.5", Nothing with { Field = "cfg_scale" }, new Taken("zero", "In the range.", Field: "cfg_scale")),
        new("New-KlingExtension", "CallbackUrl", "-TaskId $id -VideoId $vid", "'https://me.test/hook'", Nothing with { Field = "callback_url" }),
        new("New-KlingExtension", "ThrottleLimit", "-TaskId $id -VideoId $vid", "2"),
        new("New-KlingExtension", "Force", "-TaskId $id -VideoId $vid", "$true", Switched),
        new("New-KlingExtension", "QueueTimeoutSec", "-TaskId $id -VideoId $vid", "2", new Taken("zero", "Does not wait for a slot.")),

        new("New-KlingVideo", "Prompt", "", "'A harbour'", [.. Text("prompt"), NoItems]),
        new("New-KlingVideo", "Prompt", "-Image $image -Model kling-v1-6", "'A harbour'", [.. Text("prompt"), NoItems, .. NoPrompt]),
        new("New-KlingVideo", "Image", "-Model kling-v1-6", "$image"),
        new("New-KlingVideo", "Image", "-Prompt 'x' -Model kling-v1-6", "$image", Nothing with { Ways = Ways.Property | Ways.Cell, Field = "image" }),
        new("New-KlingVideo", "ImageTail", "-Image $image -Model kling-v1-6 -Mode pro", "$image", Nothing with { Field = "image_tail" }),
        new("New-KlingVideo", "NegativePrompt", "-Prompt 'x'", "'rain'", [.. Text("negative_prompt"), Nothing with { Field = "negative_prompt" }]),
        new(
            "New-KlingVideo",
            "Model",
            "-Prompt 'x'",
            "'kling-v1-6'",
            Nothing with { Field = "model_name" },
            new Taken("NaN, infinity", "A model we do not know is passed on; the service has none of that name and creates nothing.", Field: "model_name", Error: "ModelDiscontinued")),
        new("New-KlingVideo", "Mode", "-Prompt 'x'", "'pro'", Nothing with { Field = "mode" }),
        new("New-KlingVideo", "Duration", "-Prompt 'x'", "5", Nothing with { Field = "duration" }),
        new("New-KlingVideo", "AspectRatio", "-Prompt 'x'", "'1:1'", Nothing with { Field = "aspect_ratio" }),
        new("New-KlingVideo", "CfgScale", "-Prompt 'x'", "0.5", Nothing with { Field = "cfg_scale" }, new Taken("zero", "In the range.", Field: "cfg_scale")),
        new("New-KlingVideo", "CallbackUrl", "-Prompt 'x'", "'https://me.test/hook'", Nothing with { Field = "callback_url" }),
        new(
            "New-KlingVideo",
            "ExternalTaskId",
            "-Prompt 'x'",
            "[guid]::NewGuid()",
            Nothing with { Field = "external_task_id" },
            new Taken("letters, beyond int", "The user's own id, of any letters.", Field: "external_task_id"),
            new Taken("negative, zero, beyond long, NaN, infinity, negative infinity", "The same, from a CSV.", Ways.Cell, Field: "external_task_id"))
        {
            IsUnique = true,
        },
        new(
            "New-KlingVideo",
            "Watermark",
            "-Prompt 'x'",
            "$true",
            Switched,
            new Taken("null, empty, white, zero", "A cell is false when empty or 0.", Ways.Cell, Field: "watermark_info")),
        new("New-KlingVideo", "ThrottleLimit", "-Prompt 'x'", "2"),
        new("New-KlingVideo", "Force", "-Prompt 'x'", "$true", Switched),
        new("New-KlingVideo", "QueueTimeoutSec", "-Prompt 'x'", "2", new Taken("zero", "Does not wait for a slot.")),

        new("Save-KlingVideo", "InputObject", "-Destination $out -Force", "$task", NoItems, ForeignLetters with { Ways = Ways.Piped }, ForeignNumber with { Ways = Ways.Piped }),
        new("Save-KlingVideo", "Video", "-Destination $out -Force", "$video", NoItems, ForeignLetters with { Ways = Ways.Piped }, ForeignNumber with { Ways = Ways.Piped }),
        new("Save-KlingVideo", "TaskId", "-Destination $out -Force -Kind TextToVideo", "$id", NoItems, ForeignId, ForeignLetters, ForeignNumber),
        new("Save-KlingVideo", "Kind", "-TaskId $longer -Destination $out -Force", "'VideoExtension'", NullKind, KindByNumber),
        new("Save-KlingVideo", "Destination", "-InputObject $task -Force", "$out", Names()),
        new("Save-KlingVideo", "Destination", "-TaskId $id -Kind TextToVideo -Force", "$out", Names()),
        new("Resolve-KlingIntent", "IntentId", "", "$intent"),
        new("Save-KlingVideo", "Force", "-InputObject $task -Destination $fresh", "$true", Switched),
        new("Save-KlingVideo", "MaxBytes", "-InputObject $task -Destination $out -Force", "1000000000", new Taken("beyond int", "A file may be larger than 2 GB.")),
        new("Save-KlingVideo", "ThrottleLimit", "-InputObject $task -Destination $out -Force", "2"),

        new("Wait-KlingTask", "InputObject", "", "$task", NoItems, ForeignLetters with { Ways = Ways.Piped }, ForeignNumber with { Ways = Ways.Piped }),
        new("Wait-KlingTask", "TaskId", "-Kind TextToVideo", "$id", NoItems, ForeignId, ForeignLetters, ForeignNumber),
        new("Wait-KlingTask", "Kind", "-TaskId $longer", "'VideoExtension'", NullKind, KindByNumber),
        new("Wait-KlingTask", "TimeoutSec", "-TaskId $id", "5", new Taken("zero", "Looks once."), new Taken("negative", "-1 means no limit.")),
        new("Wait-KlingTask", "PollIntervalSec", "-TaskId $id", "1"),
        new("Wait-KlingTask", "Any", "-TaskId $id", "$true", Switched),
        new("Wait-KlingTask", "IncludeFailed", "-TaskId $id", "$true", Switched),
        new("Wait-KlingTask", "ThrottleLimit", "-TaskId $id", "2"),
    ];

    // A prompt may be any text that can be read.
    private static Taken[] Text(string field) =>
    [
        new("lines", "Lines and tabs are writing.", Field: field),
        new("look-alike, letters, turned, emoji", "Every script of the world is text.", Field: field),
        new($"{Numbers}, date", "A number or a date is a text as good as any.", Field: field),
    ];

    private static Taken Names() => new($"look-alike, letters, emoji, {Numbers}", "The name of a folder, which is made.");
}
