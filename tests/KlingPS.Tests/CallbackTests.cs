using System.Collections;
using System.Collections.Specialized;
using System.Security.Cryptography;

namespace KlingPS.Tests;

/// <summary>ConvertFrom-KlingCallback in scripts and receivers; signatures are tested with the client.</summary>
public sealed class CallbackTests : IDisposable
{
    private const string Finished =
        """
        {"task_id":"2032273942220931072","task_status":"succeed","created_at":1764235825029,"updated_at":1764236054436,
        "task_result":{"videos":[{"id":"861234567890123458","duration":"9.6",
        "url":"https://cdn.test/v.mp4?ksSecret=0123456789&ksTime=794fa816"}]}}
        """;

    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_body_from_the_pipeline_is_a_task_without_connection_and_key()
    {
        Result result = Run("$body | ConvertFrom-KlingCallback; Get-KlingConnection").Clean();

        Assert.Equal(
            ("2032273942220931072", KlingTaskStatus.Succeeded, KlingTaskKind.VideoExtension),
            (result.Task.TaskId, result.Task.Status, result.Task.Kind));
    }

    [Theory]
    [InlineData("ConvertFrom-KlingCallback $body")]
    [InlineData("ConvertFrom-KlingCallback -InputObject ([Text.Encoding]::UTF8.GetBytes($body))")]
    [InlineData(",[Text.Encoding]::UTF8.GetBytes($body) | ConvertFrom-KlingCallback")]
    [InlineData("$body | ForEach-Object { $_ } | ConvertFrom-KlingCallback")]
    public void A_body_comes_as_text_or_bytes_by_position_name_or_pipeline(string line) =>
        Assert.Equal("2032273942220931072", Run(line).Clean().Task.TaskId);

    [Fact]
    public void A_signed_callback_is_a_task()
    {
        Sign();
        Assert.Equal(
            "2032273942220931072",
            _shell.Run("$body | ConvertFrom-KlingCallback -Headers $headers -Secret $secret").Clean().Task.TaskId);
        _shell.Run(
            "$safe = [securestring]::new(); $secret.ToCharArray() | ForEach-Object { $safe.AppendChar($_) }").Clean();
        Assert.Single(_shell.Run("$body | ConvertFrom-KlingCallback -Headers $headers -Secret $safe").Clean().Tasks);
        Assert.Single(_shell.Run(
            "$body | ConvertFrom-KlingCallback -Headers $headers -Secret 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', "
                + "$safe").Clean().Tasks);
        Assert.Single(
            _shell.Run(
                ",[Text.Encoding]::UTF8.GetBytes($body) | ConvertFrom-KlingCallback -Headers $headers -Secret $secret")
                .Clean().Tasks);
    }

    [Fact]
    public void The_headers_of_the_frameworks_are_read()
    {
        Sign();
        SignedCallback callback = SignedCallback.Now(Finished);
        NameValueCollection listener = [];
        Dictionary<string, string> azure = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in callback.Headers.Keys)
        {
            listener[name] = (string?)callback.Headers[name];
            azure[name.ToLowerInvariant()] = (string)callback.Headers[name]!;
        }

        foreach (object headers in new object[] { listener, azure, PSObject.AsPSObject(listener) })
        {
            _shell.Set("headers", headers);
            Assert.Single(
                _shell.Run("$body | ConvertFrom-KlingCallback -Headers $headers -Secret $secret").Clean().Tasks);
        }
    }

    [Fact]
    public void A_signature_with_another_secret_writes_an_error_and_nothing_else()
    {
        Sign();
        Refused(
            "CallbackNotAuthentic", ErrorCategory.SecurityError,
            "$body | ConvertFrom-KlingCallback -Headers $headers -Secret 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'");
        Refused(
            "CallbackNotAuthentic", ErrorCategory.SecurityError,
            "\"$body \" | ConvertFrom-KlingCallback -Headers $headers -Secret $secret");
        Refused(
            "CallbackNotAuthentic", ErrorCategory.SecurityError,
            "$body | ConvertFrom-KlingCallback -Headers @{} -Secret $secret");
    }

    [Theory]
    [InlineData(310)]
    [InlineData(-310)]
    public void A_stale_callback_is_refused_unless_more_is_tolerated(int age)
    {
        Sign(age: age);
        Refused(
            "CallbackExpired", ErrorCategory.SecurityError,
            "$body | ConvertFrom-KlingCallback -Headers $headers -Secret $secret");
        Assert.Single(_shell.Run(
            "$body | ConvertFrom-KlingCallback -Headers $headers -Secret $secret -ToleranceSec 600").Clean().Tasks);
    }

    [Theory]
    [InlineData("-Secret $secret")]
    [InlineData("-Headers $headers")]
    [InlineData("-ToleranceSec 600")]
    [InlineData("-Headers $headers -Secret $null")]
    [InlineData("-Headers $headers -Secret ''")]
    [InlineData("-Headers $headers -Secret @()")]
    [InlineData("-Headers $headers -Secret $secret, $null")]
    [InlineData("-Headers $headers -Secret $secret, ''")]
    [InlineData("-Headers $null -Secret $secret")]
    [InlineData("-Headers $headers -Secret 'no base64 at all!'")]
    public void A_signature_check_without_all_it_needs_accepts_nothing(string arguments)
    {
        Sign();
        Result result = _shell.Run($"$body | ConvertFrom-KlingCallback {arguments}");

        Assert.Empty(result.Output);
        Assert.True(result.Thrown is ParameterBindingException || result.Errors.Count == 1);
        Assert.DoesNotContain(
            "base64 at all", $"{result.Thrown} {string.Join(' ', result.Errors)}", StringComparison.Ordinal);
    }

    [Fact]
    public void Each_bad_body_is_an_error_and_the_others_still_come()
    {
        Result result = Run(
            "'', $body, 'rubbish', $null, 5, @{ task_id = '1'; task_status = 'succeed' }, $body | "
                + "ConvertFrom-KlingCallback");

        Assert.Equal(2, result.Tasks.Count());
        Assert.Equal(
            [
                "CallbackInvalid", "CallbackInvalid", "CallbackInvalid", "CallbackInvalid", "CallbackInvalid",
            ],
            Ids(result));
        Assert.Contains("parsing", result.Errors[^1].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("RawBody", result.Errors[^1].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_piped_one_by_one_are_an_error_that_names_the_comma()
    {
        Result result = Run("[Text.Encoding]::UTF8.GetBytes('{}') | ConvertFrom-KlingCallback");

        Assert.Equal(2, result.Errors.Count);
        Assert.All(
            result.Errors, error => Assert.Contains(",$bytes", error.Exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_target_of_an_error_says_which_body_without_its_signed_address()
    {
        Result result = Run("$body.Replace('task_status', 'state') | ConvertFrom-KlingCallback");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(
            "{\"task_id\":\"2032273942220931072\"", Assert.IsType<string>(error.TargetObject),
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            "ksSecret", $"{error.TargetObject} {error.CategoryInfo} {error}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_this_session_submitted_has_its_kind_and_goes_down_the_pipeline()
    {
        using TempFolder folder = new();
        _shell.Set("out", folder.Path);
        _shell.Run("""
            Connect-Kling -Sandbox -SandboxTaskSec 0
            $made = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask
            $now = [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds()
            $body = '{"task_id":"' + $made.TaskId + '","task_status":"succeed","updated_at":' + $now +
                ',"task_result":{"videos":[{"id":"' + $made.VideoId + '","duration":"5.0","url":"' +
                $made.Videos[0].Url.AbsoluteUri + '"}]}}'
            """).Clean();
        Assert.Equal(KlingTaskKind.TextToVideo, _shell.Run("$body | ConvertFrom-KlingCallback").Clean().Task.Kind);
        Assert.Single(
            _shell.Run("$body | ConvertFrom-KlingCallback | Save-KlingVideo -Destination $out").Clean().Output);
        Assert.Equal(
            KlingTaskKind.VideoExtension,
            _shell.Run("$body | ConvertFrom-KlingCallback | New-KlingExtension -Prompt 'on'").Clean().Task.Kind);
        Assert.Equal(
            KlingTaskStatus.Succeeded,
            _shell.Run("$body | ConvertFrom-KlingCallback | Get-KlingTask").Clean().Task.Status);
    }

    private Result Run(string line)
    {
        _shell.Set("body", Finished);
        return _shell.Run(line);
    }

    private void Sign(string body = Finished, int age = 0)
    {
        SignedCallback callback = SignedCallback.Now(body, age);
        _shell.Set("body", callback.Body);
        _shell.Set("headers", callback.Headers);
        _shell.Set("secret", SignedCallback.Secret);
    }

    private void Refused(string id, ErrorCategory category, string line)
    {
        Result result = _shell.Run(line);

        Assert.Null(result.Thrown);
        Assert.Empty(result.Output);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal(
            ($"{id},KlingPS.Commands.ConvertFromKlingCallbackCommand", category),
            (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    private static string[] Ids(Result result) => result.ErrorIds;
}

/// <summary>A callback as its sender signs it.</summary>
internal sealed record SignedCallback(string Body, Hashtable Headers)
{
    internal const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    internal static SignedCallback Now(
        string body, double ageSeconds = 0, string secret = Secret, string id = "msg_p5jXN8AQM9LWM0D4loKWxJek")
    {
        string time = DateTimeOffset.UtcNow.AddSeconds(-ageSeconds).ToUnixTimeSeconds().ToString(
            CultureInfo.InvariantCulture);
        byte[] hash = HMACSHA256.HashData(
            Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{time}.{body}"));
        return new SignedCallback(body, new Hashtable
        {
            ["Webhook-Id"] = id,
            ["Webhook-Timestamp"] = time,
            ["Webhook-Signature"] = "v1," + Convert.ToBase64String(hash),
        });
    }
}
