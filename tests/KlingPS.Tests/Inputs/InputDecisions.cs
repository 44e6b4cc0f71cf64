using System.Collections;
using System.Text.RegularExpressions;

namespace KlingPS.Tests.Inputs;

/// <summary>The one table of decisions: every parameter of every cmdlet is in it.</summary>
internal static class InputDecisions
{
    private const string Numbers = "negative, zero, beyond int, beyond long, NaN, infinity, negative infinity";

    private static readonly Taken Nothing = new(
        "null, empty, white", "Nothing is given, as in an empty cell of a CSV.");

    private static readonly Taken[] NoPrompt =
    [
        new("empty, white", "A video from an image needs no prompt.", Field: "prompt"),
        new("null", "An empty cell is no prompt.", Ways.Cell, Field: "prompt"),
    ];

    private static readonly Taken NullKind = new(
        "null, empty, white", "Nothing is given, so the kind is the one the journal knows.");
    private static readonly Taken KindByNumber = new("zero", "Kinds are read by name or number; 0 is VideoExtension.");

    private static readonly Taken NoItems = new("no items", "Nothing comes down the pipeline.", Ways.Piped);

    private static readonly Taken Switched =
        new(
            $"null, empty, white, {Numbers}",
            "A switch is false for nothing and for 0, and true for any other number, as in PowerShell.",
            Ways.Named | Ways.Property);

    private static readonly Taken ForeignId = new(
        "negative, zero, NaN, infinity, negative infinity, letters",
        "An id may be the user's own, of any letters; asking for it costs nothing, and the service knows none.",
        Ways.Cell,
        Error: "TaskNotFound");

    private static readonly Taken ForeignLetters = new(
        "letters", ForeignId.Reason, Ways.Named | Ways.Piped | Ways.Property, Error: "TaskNotFound");
    private static readonly Taken ForeignNumber = new("beyond int", "A whole number is an id.", Error: "TaskNotFound");

    private static readonly Taken ParentNumber = new(
        "beyond int",
        "A whole number is an id; the service knows none and creates nothing.",
        Error: "ParentNotExtendable");

    private static readonly Taken ForeignText = ForeignId with
    {
        Values = "negative, zero, NaN, infinity, negative infinity",
    };

    private static readonly Taken OnlyVideo = new(
        "null, empty, white", "Nothing is given, so the task must have only one video.");

    private static readonly Taken ParentText = new(
        "negative, zero, NaN, infinity, negative infinity",
        "An id is the service's own word and not checked further; it knows none and creates nothing.",
        Ways.Cell,
        Error: "ParentNotExtendable");

    private static readonly Taken ForeignWord = new(
        "zero, NaN, infinity", "A word is an id; asking for it costs nothing.", Ways.Cell, Error: "TaskNotFound");

    private static readonly Taken SwitchCell = new(
        "null, empty, white, zero", "A cell is false when empty or 0.", Ways.Cell);

    internal static readonly InputDecision[] All =
    [
        new("Clear-KlingIntent", "IntentId", "", "$intent"),
        new("Connect-Kling", "ApiKey", "-BaseUri $BaseUri", "'sk-0123456789abcdefWXYZ'") { IsSecret = true },
        new(
            "Connect-Kling", "AccessKey", "-SecretKey 'k'", "'ak-0123456789abcdef'",
            new Taken(Numbers, "A key is any text without spaces.")) { IsSecret = true },
        new("Connect-Kling", "SecretKey", "-AccessKey 'k'", "'sk-0123456789abcdefWXYZ'") { IsSecret = true },
        new("Connect-Kling", "Provider", "-ApiKey 'k'", "'Kling'", new Taken("zero", "CometApi by its number.")),
        new("Connect-Kling", "BaseUri", "-ApiKey 'sk-0123456789abcdefWXYZ'", "$BaseUri"),
        new("Connect-Kling", "RequestTimeoutSec", "-ApiKey 'k'", "5"),
        new("Connect-Kling", "MaxRetryCount", "-ApiKey 'k'", "5", new Taken("zero", "Nothing is sent again.")),
        new(
            "Connect-Kling", "MaxRequestsPerSec", "-ApiKey 'k'", "5",
            new Taken("zero", "Means no bound, as the help says.")),
        new("Connect-Kling", "MaxPaidTasks", "-ApiKey 'k'", "5", new Taken("zero", "Stops all paid tasks.")),
        new("Connect-Kling", "MaxPaidTasksPerDay", "-ApiKey 'k'", "5", new Taken("zero", "Stops all paid tasks.")),
        new("Connect-Kling", "Proxy", "-ApiKey 'k'", "'http://127.0.0.1:1'"),
        new(
            "Connect-Kling", "ProxyCredential", "-ApiKey 'k' -Proxy 'http://127.0.0.1:1'",
            "[pscredential]::new('user', [securestring]::new())") { IsSecret = true },
        new("Connect-Kling", "Connection", "", "(Get-KlingConnection)"),
        new(
            "Connect-Kling", "Sandbox", "", "$true",
            new Taken("negative, beyond int, beyond long, NaN, infinity, negative infinity", Switched.Reason)),
        new("Connect-Kling", "SandboxTaskSec", "-Sandbox", "1", new Taken("zero", "A task is done at once.")),
        new("Connect-Kling", "PassThru", "-ApiKey 'k'", "$true", Switched),

        new("ConvertFrom-KlingCallback", "InputObject", "", "$body", NoItems),
        new("ConvertFrom-KlingCallback", "InputObject", "-Headers $headers -Secret $secret", "$body", NoItems),
        new("ConvertFrom-KlingCallback", "Headers", "-InputObject $body -Secret $secret", "$headers"),
        new(
            "ConvertFrom-KlingCallback", "Secret", "-InputObject $body -Headers $headers",
            "$secret") { IsSecret = true },
        new("ConvertFrom-KlingCallback", "ToleranceSec", "-InputObject $body -Headers $headers -Secret $secret", "600"),
        new("ConvertFrom-KlingCallback", "Kind", "-InputObject $body", "'TextToVideo'", NullKind, KindByNumber),

        new(
            "Get-KlingTask", "InputObject", "", "$task", NoItems, ForeignLetters with { Ways = Ways.Piped },
            ForeignNumber with { Ways = Ways.Piped }),
        new("Get-KlingTask", "TaskId", "-Kind TextToVideo", "$id", NoItems, ForeignId, ForeignLetters, ForeignNumber),
        new("Get-KlingTask", "Kind", "-TaskId $longer", "'VideoExtension'", NullKind, KindByNumber),
        new("Get-KlingTask", "Last", "", "1"),
        new("Get-KlingTask", "First", "-Kind TextToVideo", "1"),
        new(
            "Get-KlingTask", "Skip", "-Kind TextToVideo -First 1", "1", new Taken("zero", "Leaves nothing out.")),
        new("Get-KlingTask", "Name", "-Last 1", "'harbour'", AnyName),
        new("Get-KlingTask", "Since", "-Last 1", "'2026-01-01'", new Taken("date", "A date.")),

        new("Get-KlingModel", "Name", "", "'kling-v1-6'"),

        new(
            "New-KlingExtension", "InputObject", "", "$task", NoItems,
            ForeignNumber with { Ways = Ways.Piped }),
        new("New-KlingExtension", "TaskId", "-VideoId $vid", "$id", NoItems, ParentNumber, ParentText),
        new("New-KlingExtension", "TaskId", "", "$id", NoItems, ForeignNumber, ForeignText),
        new("New-KlingExtension", "VideoId", "-TaskId $id", "$vid", OnlyVideo, ParentNumber, ParentText),
        new("New-KlingExtension", "VideoId", "-InputObject $task", "$vid", OnlyVideo) { Only = Ways.Named },
        new(
            "New-KlingExtension", "Prompt", "-TaskId $id -VideoId $vid", "'The sun'",
            [.. Text("prompt"), Nothing with { Field = "prompt" }]),
        new(
            "New-KlingExtension", "NegativePrompt", "-TaskId $id -VideoId $vid", "'rain'",
            [.. Text("negative_prompt"), Nothing with { Field = "negative_prompt" }]),
        new(
            "New-KlingExtension", "CfgScale", "-TaskId $id -VideoId $vid", "0.5", Nothing with { Field = "cfg_scale" },
            new Taken("zero", "In the range.", Field: "cfg_scale")),
        new(
            "New-KlingExtension", "CallbackUrl", "-TaskId $id -VideoId $vid", "'https://me.test/hook'",
            Nothing with { Field = "callback_url" }),
        new("New-KlingExtension", "Name", "-TaskId $id -VideoId $vid", "'mine'", AnyName),
        new("New-KlingExtension", "Once", "-TaskId $id -VideoId $vid", "$true", Switched),
        new("New-KlingExtension", "RetryFailed", "-TaskId $id -VideoId $vid -Once", "$true", Switched),
        new("New-KlingExtension", "ThrottleLimit", "-TaskId $id -VideoId $vid", "2"),
        new("New-KlingExtension", "Force", "-TaskId $id -VideoId $vid", "$true", Switched),
        new(
            "New-KlingExtension", "QueueTimeoutSec", "-TaskId $id -VideoId $vid", "2",
            new Taken("zero", "Does not wait for a slot.")),

        new("New-KlingVideo", "Prompt", "", "'A harbour'", [.. Text("prompt"), NoItems]),
        new(
            "New-KlingVideo", "Prompt", "-Image $image -Model kling-v1-6", "'A harbour'",
            [.. Text("prompt"), NoItems, .. NoPrompt]),
        new("New-KlingVideo", "Image", "-Model kling-v1-6", "$image"),
        new(
            "New-KlingVideo", "Image", "-Prompt 'x' -Model kling-v1-6", "$image",
            Nothing with { Ways = Ways.Property | Ways.Cell, Field = "image" }),
        new(
            "New-KlingVideo", "ImageTail", "-Image $image -Model kling-v1-6 -Mode pro", "$image",
            Nothing with { Field = "image_tail" }),
        new(
            "New-KlingVideo", "NegativePrompt", "-Prompt 'x'", "'rain'",
            [.. Text("negative_prompt"), Nothing with { Field = "negative_prompt" }]),
        new(
            "New-KlingVideo", "Model", "-Prompt 'x'", "'kling-v1-6'", Nothing with { Field = "model_name" }, new Taken(
                "NaN, infinity",
                "A model we do not know is passed on; the service has none of that name and creates nothing.",
                Field: "model_name",
                Error: "ModelDiscontinued")),
        new(
            "New-KlingVideo", "Reference", "-Prompt 'x' -Model kling-v1-6", "$image",
            EmptyCell("image_list")),
        new(
            "New-KlingVideo", "ReferenceVideo", "-Prompt 'x' -Model kling-video-o1 -AspectRatio 1:1", "$task",
            [EmptyCell("video_list")[0], ForeignNumber, ForeignWord]),
        new(
            "New-KlingVideo", "EditVideo", "-Prompt 'x' -Model kling-video-o1 -AspectRatio 1:1", "$task",
            [EmptyCell("video_list")[0], ForeignNumber, ForeignWord]),
        new(
            "New-KlingVideo", "KeepSound", "-Prompt 'x' -ReferenceVideo 'https://me.test/a.mp4'", "$true", Switched,
            SwitchCell),
        new(
            "New-KlingVideo", "Element", "-Prompt 'x' -Model kling-video-o1 -AspectRatio 1:1", "161",
            [.. EmptyCell("element_list"), new Taken("beyond int", "A whole number is an id.")]),
        new(
            "New-KlingVideo", "Voice",
            "-Prompt 'x' -Model kling-v2-6 -Mode pro -Audio -Image 'https://me.test/a.png'", "'1'",
            [
                .. EmptyCell("voice_list"),
                new Taken("beyond int, letters", "An id is the service's own word."),
                new Taken("negative, zero, NaN, infinity, negative infinity", "The same, from a CSV.", Ways.Cell),
            ]),
        new(
            "New-KlingVideo", "Shot", "-Prompt 'x' -Model kling-v3", "@{ Prompt = 'x'; Duration = 3 }",
            EmptyCell("multi_prompt")),
        new("New-KlingVideo", "MultiShot", "-Prompt 'x' -Model kling-v3", "$true", Switched, SwitchCell),
        new("New-KlingVideo", "Audio", "-Prompt 'x' -Model kling-v3", "$true", Switched, SwitchCell),
        new(
            "New-KlingVideo", "Camera", "-Prompt 'x' -Model kling-v1", "@{ Zoom = 5 }",
            EmptyCell("camera_control")[0]),
        new("New-KlingVideo", "Mode", "-Prompt 'x'", "'pro'", Nothing with { Field = "mode" }),
        new("New-KlingVideo", "Duration", "-Prompt 'x'", "5", Nothing with { Field = "duration" }),
        new("New-KlingVideo", "AspectRatio", "-Prompt 'x'", "'1:1'", Nothing with { Field = "aspect_ratio" }),
        new(
            "New-KlingVideo", "CfgScale", "-Prompt 'x'", "0.5", Nothing with { Field = "cfg_scale" },
            new Taken("zero", "In the range.", Field: "cfg_scale")),
        new(
            "New-KlingVideo", "CallbackUrl", "-Prompt 'x'", "'https://me.test/hook'",
            Nothing with { Field = "callback_url" }),
        new(
            "New-KlingVideo", "ExternalTaskId", "-Prompt 'x'", "[guid]::NewGuid()",
            Nothing with { Field = "external_task_id" },
            new Taken("letters, beyond int", "The user's own id, of any letters.", Field: "external_task_id"),
            new Taken(
                "negative, zero, NaN, infinity, negative infinity", "The same, from a CSV.", Ways.Cell,
                Field: "external_task_id"))
        {
            IsUnique = true,
        },
        new(
            "New-KlingVideo", "Watermark", "-Prompt 'x'", "$true", Switched,
            SwitchCell with { Field = "watermark_info" }),
        new("New-KlingVideo", "Name", "-Prompt 'x'", "'mine'", AnyName),
        new("New-KlingVideo", "Once", "-Prompt 'x'", "$true", Switched) { IsUnique = true },
        new("New-KlingVideo", "RetryFailed", "-Prompt 'x' -Once", "$true", Switched) { IsUnique = true },
        new("New-KlingVideo", "ThrottleLimit", "-Prompt 'x'", "2"),
        new("New-KlingVideo", "Force", "-Prompt 'x'", "$true", Switched),
        new("New-KlingVideo", "QueueTimeoutSec", "-Prompt 'x'", "2", new Taken("zero", "Does not wait for a slot.")),

        new(
            "Save-KlingVideo", "InputObject", "-Destination $out -Force", "$task", NoItems,
            ForeignLetters with { Ways = Ways.Piped }, ForeignNumber with { Ways = Ways.Piped }),
        new(
            "Save-KlingVideo", "Video", "-Destination $out -Force", "$video", NoItems,
            ForeignLetters with { Ways = Ways.Piped }, ForeignNumber with { Ways = Ways.Piped }),
        new(
            "Save-KlingVideo", "TaskId", "-Destination $out -Force -Kind TextToVideo", "$id", NoItems, ForeignId,
            ForeignLetters, ForeignNumber),
        new(
            "Save-KlingVideo", "Kind", "-TaskId $longer -Destination $out -Force", "'VideoExtension'", NullKind,
            KindByNumber),
        new("Save-KlingVideo", "Destination", "-InputObject $task -Force", "$out", Names()),
        new("Save-KlingVideo", "Destination", "-TaskId $id -Kind TextToVideo -Force", "$out", Names()),
        new(
            "Expand-KlingVideo", "InputObject", "-TargetSec 5", "$task", NoItems,
            ForeignNumber with { Ways = Ways.Piped }),
        new("Expand-KlingVideo", "TaskId", "-TargetSec 5", "$id", NoItems, ForeignNumber, ForeignText),
        new("Expand-KlingVideo", "TargetSec", "-InputObject $task -WhatIf", "30"),
        new("Expand-KlingVideo", "Method", "-InputObject $task -TargetSec 5", "'Auto'"),
        new(
            "Expand-KlingVideo", "Prompt", "-InputObject $task -TargetSec 5", "'The sun'",
            [.. Written, Nothing, NoItems with { Ways = Ways.Every }]),
        new("Expand-KlingVideo", "NegativePrompt", "-InputObject $task -TargetSec 5", "'rain'", [.. Written, Nothing]),
        new(
            "Expand-KlingVideo", "CfgScale", "-InputObject $task -TargetSec 5", "0.5", Nothing,
            new Taken("zero", "In the range.")),
        new(
            "Expand-KlingVideo", "Model", "-InputObject $task -TargetSec 30 -WhatIf", "'kling-v3-omni'", Nothing,
            new Taken("NaN, infinity", "A model we do not know is passed on.")),
        new("Expand-KlingVideo", "StepSec", "-InputObject $task -TargetSec 5", "5"),
        new("Expand-KlingVideo", "Name", "-TaskId $id -TargetSec 5", "'mine'", AnyName),
        new("Expand-KlingVideo", "Force", "-InputObject $task -TargetSec 5", "$true", Switched),
        new(
            "Expand-KlingVideo", "TimeoutSec", "-InputObject $task -TargetSec 5", "5", new Taken("zero", "Looks once."),
            new Taken("negative", "-1 means no limit.")),
        new("Export-KlingGallery", "InputObject", "-Path $fresh", "$task"),
        new("Export-KlingGallery", "Path", "-InputObject $task", "$out", Names()),
        new(
            "Export-KlingGallery", "Title", "-InputObject $task -Path $fresh", "'Harbours'",
            [
                .. Written,
                Nothing,
                new Taken(
                    "huge, huge address, nul, escape, half pair",
                    "The page shows a replacement for what cannot be seen."),
            ]),
        new("Export-KlingGallery", "Force", "-InputObject $task -Path $fresh", "$true", Switched),
        new("Export-KlingGallery", "PassThru", "-InputObject $task -Path $fresh", "$true", Switched),
        new(
            "Join-KlingVideo", "Path", "-Destination $out/joined.mp4 -WhatIf", "'a.mp4'",
            new Taken("letters, look-alike, emoji", "The name of a clip, which -WhatIf does not look for."),
            new Taken(Numbers, "A file may be named so.", Ways.Property | Ways.Cell)),
        new("Join-KlingVideo", "Destination", "-Path 'a.mp4' -WhatIf", "'b.mp4'"),
        new("Join-KlingVideo", "Force", "-Path 'a.mp4' -Destination 'b.mp4' -WhatIf", "$true", Switched),
        new("Resolve-KlingIntent", "IntentId", "", "$intent"),
        new("Save-KlingVideo", "SkipExisting", "-InputObject $task -Destination $fresh", "$true", Switched),
        new("Save-KlingVideo", "Force", "-InputObject $task -Destination $fresh", "$true", Switched),
        new(
            "Save-KlingVideo", "MaxBytes", "-InputObject $task -Destination $out -Force", "1000000000",
            new Taken("beyond int", "A file may be larger than 2 GB.")),
        new("Save-KlingVideo", "ThrottleLimit", "-InputObject $task -Destination $out -Force", "2"),

        new(
            "Wait-KlingTask", "InputObject", "", "$task", NoItems, ForeignLetters with { Ways = Ways.Piped },
            ForeignNumber with { Ways = Ways.Piped }),
        new("Wait-KlingTask", "TaskId", "-Kind TextToVideo", "$id", NoItems, ForeignId, ForeignLetters, ForeignNumber),
        new("Wait-KlingTask", "Kind", "-TaskId $longer", "'VideoExtension'", NullKind, KindByNumber),
        new(
            "Wait-KlingTask", "TimeoutSec", "-TaskId $id", "5", new Taken("zero", "Looks once."),
            new Taken("negative", "-1 means no limit.")),
        new("Wait-KlingTask", "PollIntervalSec", "-TaskId $id", "1"),
        new("Wait-KlingTask", "Any", "-TaskId $id", "$true", Switched),
        new("Wait-KlingTask", "IncludeFailed", "-TaskId $id", "$true", Switched),
        new("Wait-KlingTask", "ThrottleLimit", "-TaskId $id", "2"),
    ];

    private static Taken[] AnyName =>
    [
        Nothing,
        new($"{Numbers}, date, letters, look-alike, emoji", "A name is any text that can be seen; it is not sent."),
    ];

    private static Taken[] Written =>
    [
        new($"lines, look-alike, letters, turned, emoji, {Numbers}, date", "Any text; nothing is sent of it here."),
    ];

    // A prompt may be any text that can be read.
    private static Taken[] Text(string field) =>
    [
        new("lines", "Lines and tabs are writing.", Field: field),
        new("look-alike, letters, turned, emoji", "Every script of the world is text.", Field: field),
        new($"{Numbers}, date", "A number or a date is a text as good as any.", Field: field),
    ];

    // A row asks for nothing by an empty cell; an empty argument is a slip.
    private static Taken[] EmptyCell(string field) =>
    [
        new("null, empty, white", "An empty cell asks for nothing.", Ways.Property | Ways.Cell, Field: field),
        new("no items", "An empty list asks for nothing.", Ways.Property),
    ];

    private static Taken Names() =>
        new($"look-alike, letters, emoji, {Numbers}", "The name of a folder, which is made.");
}

/// <summary>How a value reaches a parameter.</summary>
[Flags]
internal enum Ways
{
    Named = 1,
    Property = 2,
    Cell = 4,
    Piped = 8,
    Every = Named | Property | Cell | Piped,
}

/// <summary>Odd values that are taken, and why that is right.</summary>
internal sealed record Taken(
    string Values, string Reason, Ways Ways = Ways.Every, string? Field = null, string? Error = null)
{
    internal bool Covers(BadValue value, Ways way) => Ways.HasFlag(way) && Values.Split(", ").Contains(value.Name);
}

/// <summary>What was decided for one parameter: which odd values it takes; all others it refuses.</summary>
internal sealed record InputDecision(string Cmdlet, string Parameter, string With, string Good, params Taken[] Taken)
{
    /// <summary>The ways it is tried in, where the parameter set decides; else all that the parameter has.</summary>
    internal Ways Only { get; init; } = Ways.Every;

    /// <summary>True when each value can be used once only in an account.</summary>
    internal bool IsUnique { get; init; }

    /// <summary>True when no error may repeat the value.</summary>
    internal bool IsSecret { get; init; }

    internal string Key => $"{Cmdlet} -{Parameter}";

    internal Taken? For(BadValue value, Ways way) => Array.Find(Taken, taken => taken.Covers(value, way));
}

/// <summary>One value that is probably not what a parameter wants.</summary>
internal sealed record BadValue(string Name, object? Value);

/// <summary>The values every parameter is tried with.</summary>
internal static class BadValues
{
    internal const string Emoji = "A harbour \U0001F3AC at dawn";
    internal const string LookAlike = "\uFF15 h\u0430rbours";
    internal const string Letters = "h\u0430rbour-\uFF15";
    internal const string Lines = "first line\r\n\tsecond line\n";

    internal static readonly BadValue[] All =
    [
        new("null", null),
        new("empty", ""),
        new("white", " \t\r\n\u00A0"),
        new("huge", new string('x', 1_000_000)),
        new("huge address", "https://cdn.test/" + new string('x', 1_000_000)),
        new("nul", "a\0b"),
        new("escape", "a\u001b[2Jb"),
        new("lines", Lines),
        new("half pair", "a\ud83d"),
        new("look-alike", LookAlike),
        new("letters", Letters),
        new("turned", "a\u202Egnp.exe"),
        new("emoji", Emoji),
        new("negative", -1),
        new("zero", 0),
        new("beyond int", int.MaxValue + 1L),
        new("beyond long", 1e300),
        new("NaN", double.NaN),
        new("infinity", double.PositiveInfinity),
        new("negative infinity", double.NegativeInfinity),
        new("map", new Hashtable { ["odd"] = 1 }),
        new("object", new object()),
        new("date", new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc)),
        new("list", new object?[] { new object(), null }),
        new("no items", Array.Empty<object>()),
    ];
}

/// <summary>What one command did with one value.</summary>
internal sealed record InputRun(Result Result, ReceivedRequest[] Requests);

/// <summary>A connected shell with a finished task, and the ways to hand a value to a parameter.</summary>
internal sealed partial class InputBench : IAsyncDisposable
{
    // Nothing of this takes a second; a command that waits for ever fails the test instead of stopping it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private bool _isOnSandbox;

    private InputBench(KlingTestServer server)
    {
        Server = server;
        Shell = Shell.On(server);
    }

    internal KlingTestServer Server { get; }

    internal Shell Shell { get; }

    internal static async Task<InputBench> CreateAsync()
    {
        InputBench bench = new(await KlingTestServer.StartAsync());
        byte[] png =
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0x40, 0, 0, 1,
            0x40, 8, 2, 0, 0, 0,
        ];
        await File.WriteAllBytesAsync(bench._folder.File("frame.png"), png);
        bench.Shell.Set("image", bench._folder.File("frame.png"));
        bench.Shell.Set("out", bench._folder.Path);
        bench.Shell.Run("""
            $null = $ExecutionContext.SessionState.Path.SetLocation($out)
            $task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask
            $id = $task.TaskId; $vid = $task.VideoId; $video = $task.Videos[0]
            $longer = ($task | New-KlingExtension | Wait-KlingTask).TaskId
            """).Clean();
        SignedCallback callback = SignedCallback.Now("""{"task_id":"1","task_status":"processing"}""");
        bench.Shell.Set("body", callback.Body);
        bench.Shell.Set("headers", callback.Headers);
        bench.Shell.Set("secret", SignedCallback.Secret);
        return bench;
    }

    /// <summary>The script that hands $value over; a row holds everything that binds by property name.</summary>
    internal static string Line(InputDecision decision, Ways way, CmdletInfo cmdlet)
    {
        if (way == Ways.Named)
        {
            return $"{decision.Cmdlet} {decision.With} -{decision.Parameter}:$value";
        }

        if (way == Ways.Piped)
        {
            return $"$value | {decision.Cmdlet} {decision.With}";
        }

        List<string> cells = [];
        string rest = Argument().Replace(decision.With, argument =>
        {
            if (!BindsByName(cmdlet.Parameters[argument.Groups["name"].Value]))
            {
                return argument.Value;
            }

            string value = argument.Groups["value"].Value is { Length: > 0 } given ? given : "$true";
            cells.Add($"{argument.Groups["name"].Value} = {(value[0] is '$' or '\'' ? value : $"'{value}'")}");
            return "";
        });
        return $"[pscustomobject]@{{ {string.Join("; ", cells.Append($"{decision.Parameter} = $value"))} }} | "
            + $"{decision.Cmdlet} {rest}";
    }

    internal static bool BindsByName(ParameterMetadata parameter) =>
        parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName);

    /// <summary>The value as it comes that way; false when it cannot.</summary>
    internal static bool TryCarry(BadValue value, Ways way, out object? carried)
    {
        carried = way == Ways.Cell ? Text(value.Value) ?? "" : value.Value;
        return way != Ways.Cell || value.Value is null or string or IFormattable;
    }

    /// <summary>A value as a CSV, and a request, has it.</summary>
    internal static string? Text(object? value) =>
        value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString();

    /// <summary>Undoes what the last run may have left: another connection, or the saved file.</summary>
    internal void Reset(InputDecision decision)
    {
        bool lists = decision.Parameter is "First" or "Skip";
        if (lists && !_isOnSandbox)
        {
            // The server plays the gateway, which has no lists.
            Shell.Run("Connect-Kling -Sandbox -Provider Kling").Clean();
        }
        else if (decision.Cmdlet == "Connect-Kling" || _isOnSandbox != lists)
        {
            Connect();
        }

        _isOnSandbox = lists;

        if (decision.Parameter == "IntentId")
        {
            string id = $"own-{Guid.NewGuid():N}";
            Server.Inject(Fault.ResetAfterService().On("POST"));
            Shell.Run($"New-KlingVideo '{id}' -ExternalTaskId {id}");
            Shell.Run(
                $"$intent = (Get-KlingIntent | & {{ process {{ if ($_.ExternalTaskId -eq '{id}') {{ $_ }} }} "
                    + $"}}).IntentId").Clean();
        }

        if (decision.With.Contains("$fresh", StringComparison.Ordinal))
        {
            Shell.Set("fresh", Directory.CreateDirectory(_folder.File($"{Guid.NewGuid()}")).FullName);
        }
    }

    private void Connect() =>
        Shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0").Clean();

    internal async Task<InputRun> RunAsync(string line, object? value)
    {
        Shell.Set("value", value);
        int before = Server.Requests.Count;
        Result result = await Task.Run(() => Shell.Run(line)).WaitAsync(Patience);
        return new InputRun(result, [.. Server.Requests.Skip(before)]);
    }

    [GeneratedRegex(@"-(?<name>\w+)( (?<value>[^-]\S*|'[^']*'))?")]
    private static partial Regex Argument();

    public async ValueTask DisposeAsync()
    {
        Shell.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
