using System.Management.Automation.Language;
using System.Text.Json;

namespace KlingPS.Tests.Terminal;

/// <summary>Nothing that the service answers or a row holds controls the terminal.</summary>
[Collection(nameof(Unobserved))]
public sealed class TerminalTests() : ShellTest("-MaxRetryCount 0")
{
    // Everything a person can be shown, as a person would look at it.
    private const string Look = """
        $PSStyle.OutputRendering = 'PlainText'
        $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
        $ErrorActionPreference = 'Continue'
        function Show {
            process {
                $_
                $_ | Format-Table | Out-String -Width 4000
                $_ | Format-List -Property * | Out-String -Width 4000
                "in a text: $_ $($_.TaskId) $($_.VideoId) $($_.StatusMessage) $($_.ExternalTaskId) $($_.Url)"
                "in a text: $($_.Videos.Url) $($_.Videos | Format-List | Out-String -Width 4000)"
            }
        }
        """;

    private readonly CaptureHost _host = new(answer: 1);
    private readonly List<string> _hits = [];
    private int _looks;

    private protected override bool HasOwnJournal => true;

    private protected override CaptureHost Host => _host;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell.Set("hostile", Hostile.Text);
        _shell.Set("all", Hostile.All);
    }

    [Fact]
    public void Nothing_that_the_service_answers_reaches_a_terminal_unmade_safe()
    {
        foreach (string text in Hostile.All.Where(text => !text.Any(char.IsSurrogate)).Append(Hostile.WholeText))
        {
            string said = JsonSerializer.Serialize(text);
            string task = $$$"""{"task_id":"1","task_status":"succeed","task_status_msg":{{{said}}},"task_info":"""
                + $$$"""{"external_task_id":{{{said}}},"parent_video":{"id":{{{said}}},"url":{{{said}}} } """
                + $$$"""},"final_unit_deduction":{{{said}}},"task_result":{"videos":[{"id":"2","url":"""
                + $$$"""{{{Address(text)}}},"watermark_url":"""
                + $$$"""{{{Address(Uri.EscapeDataString(text))}}},"duration":{{{said}}}},{"id":"""
                + $$$"""{{{said}}} }] } }""";
            string failed = task.Replace("\"succeed\"", "\"failed\"", StringComparison.Ordinal);
            string odd = task.Replace("\"succeed\"", said, StringComparison.Ordinal);
            foreach (string data in new[] { task, failed, odd })
            {
                _server.Inject(
                    Fault.Respond(
                        200, $$"""{"code":0,"data":{{data}},"request_id":{{said}}}""").On("GET") with { Times = 3 });
                Run(
                    "Get-KlingTask 1 | Show; Get-KlingTask 1 | Wait-KlingTask -TimeoutSec 0 | Show; 1 | Wait-KlingTask "
                        + "-TimeoutSec 0 -IncludeFailed | Show");
                _shell.Set("body", data);
                Run("$body | ConvertFrom-KlingCallback | Show; \"x$body\" | ConvertFrom-KlingCallback");
            }

            _server.Inject(Fault.Respond(200, $$"""{"code":0,"data":{{task}}}""").On("GET", "/1"));
            Run("Get-KlingTask 1 | Save-KlingVideo -Destination $out -WhatIf; 1 | Save-KlingVideo -Destination $out");
            string answer =
                $$"""{"code":{{said}},"message":{{said}},"request_id":{{said}},"error":{"message":{{said}},"code":"""
                    + $$"""{{said}} } }""";
            Refuse(400, answer);
            Refuse(502, $$"""{"code":1,"message":{{said}},"data":{{task}} }""");
        }

        string all = JsonSerializer.Serialize(Hostile.WholeText);
        foreach (int status in new[] { 401, 403, 503 })
        {
            Refuse(status, $$"""{"code":{{all}},"message":{{all}},"request_id":{{all}} }""");
            Refuse(status, Hostile.WholeText);
        }

        Refuse(302, "", new() { ["Location"] = "/%1b%5b2J%e2%80%ae?%1b" });
        _server.Inject(
            Fault.Respond(
                302, "", new Dictionary<string, string> { ["Location"] = "/%1b%5b2J%e2%80%ae" }).On("GET", "/videos/"));
        Run("New-KlingVideo 'x' -Model kling-v1-6 | Wait-KlingTask | Save-KlingVideo -Destination $out");
        AssertNothing();
    }

    [Fact]
    public void Nothing_that_a_row_holds_reaches_a_terminal_unmade_safe()
    {
        foreach (string text in Hostile.All.Append(Hostile.Text))
        {
            _shell.Set("h", text);
            Run("""
                $video = [pscustomobject]@{ VideoId = $h; TaskId = $h; Duration = $h; ExpiresAt = $h
                    Url = "https://x.test/$h"; WatermarkUrl = "https://x.test/?$([uri]::EscapeDataString($h))" }
                $rows = foreach ($status in 'Succeeded', 'Failed', 'Submitted', $h) {
                    [pscustomobject]@{ TaskId = $h; Kind = $h; Status = $status; StatusMessage = $h; RawStatus = $h
                        RequestId = $h; ExternalTaskId = $h; VideoId = $h; VideoCount = 1; UnitsDeducted = $h
                        Videos = @($video); ParentVideo = $video; CreatedAt = $h }
                }
                $ids = [pscustomobject]@{ TaskId = $h; VideoId = $h; Prompt = "a $h"; NegativePrompt = $h; Kind = $h }
                $rows | Wait-KlingTask -TimeoutSec 0 | Show
                $rows | Wait-KlingTask -TimeoutSec 0 -IncludeFailed | Show
                $rows | Get-KlingTask
                $rows | Save-KlingVideo -Destination $out -WhatIf
                $rows | Save-KlingVideo -Destination $out
                $video | Save-KlingVideo -Destination $out -WhatIf
                $video | Save-KlingVideo -Destination $out -Force
                $video | Save-KlingVideo -Destination "$out/$h" -WhatIf
                $rows | New-KlingExtension -WhatIf
                $rows | New-KlingExtension -VideoId $h -WhatIf
                $rows | New-KlingExtension
                $ids, $h | Get-KlingTask
                $ids, $h | Wait-KlingTask -TimeoutSec 0
                $h | Save-KlingVideo
                $ids | New-KlingExtension -WhatIf
                [pscustomobject]@{ TaskId = '1'; VideoId = '2'; Prompt = "a $h" } | New-KlingExtension -WhatIf
                [pscustomobject]@{ TaskId = '1'; VideoId = '2'; Prompt = 'a'; CallbackUrl = "https://x.test/$h" } |
                    New-KlingExtension -WhatIf
                [pscustomobject]@{ Prompt = "a $h"; NegativePrompt = $h } | New-KlingVideo -WhatIf
                [pscustomobject]@{ Prompt = "a $h"; NegativePrompt = $h } | New-KlingVideo -Confirm
                $names = 'Model', 'Mode', 'AspectRatio', 'ExternalTaskId', 'Image', 'ImageTail', 'CallbackUrl',
                    'Duration', 'Watermark'
                foreach ($name in $names) {
                    [pscustomobject]@{ Prompt = 'a'; $name = $h } | New-KlingVideo -WhatIf
                    [pscustomobject]@{ Prompt = 'a'; $name = "https://x.test/$h" } | New-KlingVideo -WhatIf
                }
                $h | ConvertFrom-KlingCallback
                """);
        }

        AssertNothing();
    }

    [Theory]
    [InlineData("a’;calc;‘b")]
    [InlineData("‚;calc;‛`u{1b}")]
    [InlineData("a';calc;'$(calc)")]
    public void A_command_that_is_offered_is_one_command_with_the_text_itself_as_its_argument(string id)
    {
        _shell.Set("id", id);
        _shell.Set("Body", $$"""{"code":1,"data":{"task_id":"{{id}}" } }""");
        _server.Inject(Fault.Respond(502).On("POST"));
        _server.Inject(Fault.Respond(502, (string)_shell.Get("Body")!).On("POST"));
        Result result = _shell.Run(
            "New-KlingVideo 'x' -ExternalTaskId $id; New-KlingVideo 'y'; \"./$id\" | Save-KlingVideo");

        Assert.Equal(["SubmissionUnknown", "SubmissionUnknown", "InvalidRequest"], result.ErrorIds);
        string[] offered = [.. result.Errors.Select(error => error.ErrorDetails.RecommendedAction)];
        AssertCommand(offered[0], "Get-KlingTask", id);
        AssertCommand(offered[1], "Get-KlingTask", id);
        AssertCommand(offered[2], "Save-KlingVideo", "./" + id);
        Assert.Equal($"'{CodeGeneration.EscapeSingleQuotedStringContent(id)}'", DisplayText.QuoteArgument(id));
    }

    // What stands from the command to the end of the sentence, as it would be pasted.
    private static void AssertCommand(string action, string name, string argument)
    {
        string text = action[action.IndexOf(name, StringComparison.Ordinal)..].TrimEnd('.');
        ScriptBlockAst script =
            Parser.ParseInput(text, out _, out ParseError[] errors);
        Assert.Empty(errors);
        CommandAst command =
            Assert.Single(script.FindAll(ast => ast is CommandAst, true).Cast<CommandAst>());
        Assert.Equal(name, command.GetCommandName());
        Assert.Single(script.EndBlock.Statements);
        Assert.Contains(
            command.CommandElements.OfType<StringConstantExpressionAst>(), element => element.Value == argument);
    }

    private void Refuse(int status, string answer, Dictionary<string, string>? headers = null)
    {
        _server.Inject(Fault.Respond(status, answer, headers).On("GET"));
        _server.Inject(Fault.Respond(status, answer, headers).On("POST") with { Times = 2 });
        Run("Get-KlingTask 1; New-KlingVideo 'x'; New-KlingExtension 1 2");
    }

    private static string Address(string end) => JsonSerializer.Serialize("https://cdn.test/v.mp4?x=" + end);

    private void Run(string script)
    {
        Result result = _shell.Run(Look + script);
        Check("thrown", result.Thrown?.ToString());
        Array.ForEach([.. result.Verbose], text => Check("verbose", text));
        Array.ForEach([.. result.Debug], text => Check("debug", text));
        Array.ForEach([.. result.Warnings], text => Check("a warning", text));
        Array.ForEach([.. result.Information], text => Check("information", text));
        Array.ForEach(
            [.. result.Progress],
            record => Check("a bar", $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}"));
        foreach (PSObject item in result.Output.Where(item => item is not null))
        {
            Check($"a {item.BaseObject.GetType().Name}", item.ToString());
        }

        foreach (ErrorRecord error in result.Errors.Where(error => error.Exception is KlingException))
        {
            string id = error.FullyQualifiedErrorId;
            Check(
                id,
                $"{error} {error.ErrorDetails.Message} {error.ErrorDetails.RecommendedAction} {error.CategoryInfo} "
                    + $"{error.CategoryInfo.TargetName}");
            for (Exception? e = error.Exception; e is not null; e = e.InnerException)
            {
                Check(id, e.Message);
            }

            // A text is what the row held, so that it can be tried again; what is carried out is not in it.
            Check($"the target of {id}", error.TargetObject is string target
                ? string.Concat(target.Where(
                    c => char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069'))
                : $"{error.TargetObject}");
        }
    }

    private void Check(string where, string? text)
    {
        _looks++;
        if (Hostile.FirstIn(text) is { } found)
        {
            _hits.Add($"{where}: {found}");
        }
    }

    private void AssertNothing()
    {
        Check("the screen", _host.Screen.Text);
        Array.ForEach([.. _host.Screen.Questions], text => Check("a question", text));
        TestContext.Current.TestOutputHelper?.WriteLine($"{_hits.Count} of {_looks} texts.");
        Assert.True(
            _hits.Count == 0,
            string.Join('\n', _hits.DistinctBy(hit => hit.Split(':')[0] + hit.Split('U')[1].Split(' ')[0]).Take(40)));
        Assert.InRange(_looks, 500, int.MaxValue);
    }
}

/// <summary>What a service, a row or a journal may hold to do something to whoever looks at it.</summary>
internal static class Hostile
{
    /// <summary>Each does something else.</summary>
    internal static string[] All { get; } =
    [
        "\u001b[2J\u001b]0;title\u0007",
        "\u009b31m\u0090",
        "a\rb\nc\bd\u007f",
        "\u202Egnp.exe\u2066x",
        "\u200E\u200F\u061Cx",
        "a\u200B\u200C\u200D\u2060\uFEFFb",
        "\U000E0041\U000E007Fx",
        "\u2028x\u2029",
        "x\uFE01\uFE0F\uFE0F",
        "\u00ADx\u3164",
        "\uD83Dx",
        "’;$(calc);‘",
        "‚;calc;‛`u{1b}",
        "';calc;'\"$(calc)\"",
    ];

    /// <summary>All of it in one text.</summary>
    internal static string Text { get; } = string.Join("-", All);

    /// <summary>The same without what can be in no JSON text and in no .NET string from one.</summary>
    internal static string WholeText { get; } = Text.Replace("\uD83D", "", StringComparison.Ordinal);

    /// <summary>The first control, bidirectional or invisible character; null when there is none.</summary>
    internal static string? FirstIn(string? text)
    {
        string searched = text ?? "";
        for (int i = 0; i < searched.Length; i++)
        {
            bool isPair = i + 1 < searched.Length && char.IsSurrogatePair(searched[i], searched[i + 1]);
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(searched, i);
            bool isLine = searched[i] is '\n' or '\t'
                || (searched[i] == '\r' && i + 1 < searched.Length && searched[i + 1] == '\n');
            bool isUnsafe =
                category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
                || searched[i] is '\u3164' or (>= '\uFE00' and <= '\uFE0F');
            if (isUnsafe && !isLine)
            {
                string around = searched.Substring(
                    Math.Max(0, i - 30), Math.Min(60, searched.Length - Math.Max(0, i - 30)));
                return $"U+{(isPair ? char.ConvertToUtf32(searched[i], searched[i + 1]) : searched[i]):X4} at {i} of: "
                    + $"{Escaped(around)}";
            }

            i += isPair ? 1 : 0;
        }

        return null;
    }

    private static string Escaped(string text) => text.Aggregate(
        new StringBuilder(),
        (all, c) =>
            c is >= ' ' and <= '~'
                ? all.Append(c)
                : all.Append(CultureInfo.InvariantCulture, $"<{(int)c:X4}>")).ToString();
}
