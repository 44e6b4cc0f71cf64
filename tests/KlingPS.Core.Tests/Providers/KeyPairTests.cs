using System.Diagnostics;
using System.Text.Json;
using KlingPS.Core.Tests.Transport;
using KlingPS.Core.Tests.Waiting;
using KlingPS.Providers;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Providers;

/// <summary>The tokens of Kling's own API: what they say, when they are renewed, and that nothing shows them.</summary>
[Collection(nameof(VirtualTime))]
public sealed class KeyPairTests
{
    // Made with openssl, and checked with Node's crypto.
    private const string Known = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
        + "eyJpc3MiOiJhay0wMTIzNDU2Nzg5YWJjZGVmIiwiZXhwIjoxNzcyMzY4MjAwLCJuYmYiOjE3NzIzNjYzOTV9."
        + "Uvn5uypsYyk6QIdQOuBwkfqsXpFP-FPONBcb9BJxIGk";

    private const string NotYetValid = """{"code":1003,"message":"not yet valid","request_id":"r"}""";
    private const string Expired = """{"code":1004,"message":"expired","request_id":"r"}""";

    private static readonly ScriptedHandler.Step Created = ScriptedHandler.Answer(200, Bodies.Task());

    [Fact]
    public void A_token_is_what_openssl_made_of_the_same_keys_at_the_same_moment() =>
        Assert.Equal(Known, KeyPair.Sign(Given.AccessKey, Given.SecretKey, Given.Start));

    [Theory]
    [InlineData("a\"b\\c", "x")]
    [InlineData("ak-1", "a secret of 80 characters, which is longer than the block of the hash 0123456789")]
    [InlineData("ak-2", "~!@#$%^&*()_+/=")]
    public async Task A_token_is_signed_as_openssl_signs_it(string accessKey, string secretKey)
    {
        string[] parts = KeyPair.Sign(accessKey, secretKey, DateTimeOffset.UtcNow).Split('.');

        string? signature = await OpensslAsync($"{parts[0]}.{parts[1]}", secretKey);

        Assert.SkipWhen(signature is null, "There is no openssl here.");
        Assert.Equal(signature, parts[2]);
        using JsonDocument claims = JsonDocument.Parse(Convert.FromBase64String(
            parts[1].Replace('-', '+').Replace('_', '/').PadRight((parts[1].Length + 3) / 4 * 4, '=')));
        Assert.Equal(accessKey, claims.RootElement.GetProperty("iss").GetString());
    }

    [Fact]
    public void A_token_is_used_until_a_minute_before_it_runs_out()
    {
        KeyPair pair = Given.KeyPair();
        string first = pair.Bearer(Given.Start);

        Assert.Equal(first, pair.Bearer(Given.Start.AddMinutes(29)));
        Assert.NotEqual(first, pair.Bearer(Given.Start.AddMinutes(29).AddSeconds(1)));
        // A clock that was wrong has been put right.
        string second = pair.Bearer(Given.Start.AddHours(-1));
        Assert.Equal(KeyPair.Sign(Given.AccessKey, Given.SecretKey, Given.Start.AddHours(-1)), second);
    }

    [Fact]
    public async Task A_wait_outlives_two_tokens()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = ToSandbox(clock, TimeSpan.FromMinutes(75), out SandboxService service);
        await using WaitRun run = new(
            clock,
            handler,
            new WaitOptions { Timeout = TimeSpan.FromHours(2), PollInterval = TimeSpan.FromSeconds(50) },
            Given.OfKling);
        KlingTask task = await run.Client.SubmitAsync(Given.Video with { Model = "kling-v3" }, TimeSpan.Zero, Token);

        await run.StartAsync([task]);
        await run.EndAsync(7200, step: 5);

        Assert.Equal(KlingTaskStatus.Succeeded, run.Told.Single().Outcome.Task.Status);
        Assert.Equal(3, handler.Seen.Select(request => request.Authorization).Distinct().Count());
        Assert.Equal(1, service.CreatedCount);
    }

    [Theory]
    [InlineData(NotYetValid)]
    [InlineData(Expired)]
    public async Task A_token_refused_for_its_time_is_made_anew_once_by_the_services_clock(string refusal)
    {
        DateTimeOffset date = Given.Start.AddHours(-1);
        using VirtualCall call = new(
            settings => Given.OfKling(settings) with { MaxRetryCount = 0 },
            ScriptedHandler.Answer(401, refusal, ("Date", date.ToString("R", CultureInfo.InvariantCulture))),
            ScriptedHandler.TaskAskedFor("processing"));

        await call.EndAsync(call.GetAsync());
        await call.EndAsync(call.GetAsync());

        string mended = "Bearer " + KeyPair.Sign(Given.AccessKey, Given.SecretKey, date);
        Assert.Equal(["Bearer " + Known, mended, mended], call.Handler.Seen.Select(request => request.Authorization));
    }

    [Fact]
    public async Task A_paid_request_whose_token_is_refused_for_its_time_is_paid_for_once()
    {
        using VirtualCall call = new(
            settings => Given.OfKling(settings) with { MaxRetryCount = 0 },
            ScriptedHandler.Answer(401, Expired),
            Created);

        await call.EndAsync(call.SubmitAsync());

        Assert.Equal(2, call.Handler.Seen.Count);
        Assert.Single(call.Connection.Journal.Last(9, call.Connection.Host, call.Connection.Account));
        Assert.Empty(call.Connection.Journal.Unsettled());
    }

    [Fact]
    public async Task A_second_refusal_is_believed()
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(401, NotYetValid));

        KlingException queried = await call.FailAsync(call.GetAsync());
        KlingException submitted = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(("AuthenticationFailed", "AuthenticationFailed"), (queried.ErrorId, submitted.ErrorId));
        Assert.Equal(SubmissionOutcome.NotCreated, submitted.Submission);
        Assert.Equal(4, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task Another_refusal_of_the_keys_is_believed_at_once()
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(401, """{"code":1002,"message":"no"}"""));

        Assert.Equal("AuthenticationFailed", (await call.FailAsync(call.SubmitAsync())).ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task A_key_that_is_sent_as_it_is_cannot_be_made_anew()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(401, Expired));

        Assert.Equal("AuthenticationFailed", (await call.FailAsync(call.GetAsync())).ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task A_refusal_that_names_a_task_is_not_sent_again()
    {
        using VirtualCall call = new(
            Given.OfKling,
            ScriptedHandler.Answer(401, """{"code":1004,"message":"expired","data":{"task_id":"862"}}"""));

        Assert.Equal("SubmissionUnknown", (await call.FailAsync(call.SubmitAsync())).ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public void The_account_is_the_access_keys_whatever_the_token()
    {
        KeyPair pair = Given.KeyPair();
        string before = new KlingPS.Journal.AccountFingerprint(pair).Own;
        pair.Bearer(Given.Start);

        KlingPS.Journal.AccountFingerprint after = new(new KeyPair(Given.AccessKey, "another secret", "a test"));
        Assert.True(after.Matches(before));
        Assert.False(new KlingPS.Journal.AccountFingerprint(
            new KeyPair("ak-of-another", Given.SecretKey, "a test")).Matches(before));
    }

    [Fact]
    public void Keys_and_tokens_are_removed_from_every_text()
    {
        KeyPair pair = Given.KeyPair();
        string old = pair.Bearer(Given.Start);
        pair.Reveal();
        string token = pair.Bearer(Given.Start.AddMinutes(30));
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"Bearer {token}"));
        string text = $"{Given.SecretKey} {Given.AccessKey} {token} {old} {encoded} {Uri.EscapeDataString(token)} x";

        string shown = Redactor.Body(text, pair.Reveal());

        Assert.Equal(
            ["[key]", "[key]", "[key]", "[key]", "[key]", "[key]", "x"],
            shown.Split(' ').Select(word => word.EndsWith("[key]", StringComparison.Ordinal) ? "[key]" : word));
        Assert.True(Redactor.HoldsKey($"https://x.test/{token}", pair.Reveal()));
    }

    [Fact]
    public void Nothing_of_a_token_is_shown_after_however_many_renewals()
    {
        KeyPair pair = Given.KeyPair();
        for (int i = 0; i <= 10; i++)
        {
            string token = pair.Bearer(Given.Start.AddMinutes(30 * i));
            string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(token));

            Assert.Equal("bad [key] of [key]", Redactor.Message($"bad {token} of {Given.AccessKey}", pair.Reveal()));
            Assert.Equal("[key]", Redactor.Message(encoded, pair.Reveal()));
        }
    }

    [Theory]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("Mon, 01 Jan 0001 00:00:00 GMT")]
    [InlineData("Mon, 02 Mar 2026 12:00:01 GMT")]
    public async Task A_date_that_cannot_be_is_not_believed(string date)
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(401, Expired, ("Date", date)), Created);

        await call.EndAsync(call.SubmitAsync());

        Assert.Equal("Bearer " + Known, call.Handler.Seen[^1].Authorization);
        Assert.Empty(call.Connection.Journal.Unsettled());
    }

    [Theory]
    [InlineData(1002, false)]
    [InlineData(1003, true)]
    [InlineData(1004, true)]
    public async Task A_refusal_names_both_keys_and_for_its_time_the_clock(int code, bool namesClock)
    {
        using VirtualCall call = new(
            Given.OfKling, ScriptedHandler.Answer(401, $$"""{"code":{{code}},"message":"no"}"""));

        string action = (await call.FailAsync(call.GetAsync())).RecommendedAction;

        Assert.Contains("-AccessKey and -SecretKey", action, StringComparison.Ordinal);
        Assert.Equal(namesClock, action.Contains("clock", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_connection_that_ends_leaves_the_tokens_of_this_one_hidden()
    {
        KeyPair pair = Given.KeyPair();
        string token = pair.Bearer(Given.Start);
        pair.Reveal();
        Given.KeyPair().Dispose();

        Assert.Equal("[key]", Redactor.Message(token, pair.Reveal()));
    }

    [Fact]
    public async Task A_hint_is_of_the_access_key_and_no_more_than_of_any_key()
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(500, Known));

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.DoesNotContain(Known, error.ToString(), StringComparison.Ordinal);
        Assert.Equal("ak-…cdef", call.Connection.Key.Hint);
    }

    private static ScriptedHandler ToSandbox(FakeTimeProvider clock, TimeSpan takes, out SandboxService service)
    {
        SandboxService made = service = new(new SandboxOptions
        {
            Provider = KlingProvider.Kling,
            AccessKey = Given.AccessKey,
            SecretKey = Given.SecretKey,
            Time = clock,
            TaskDuration = takes,
        });
        HttpMessageInvoker inner = new(new SandboxHandler(made));
        return new ScriptedHandler(clock, inner.SendAsync);
    }

    private static async Task<string?> OpensslAsync(string text, string secret)
    {
        ProcessStartInfo start = new("openssl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (string argument in new[] { "dgst", "-sha256", "-hmac", secret, "-binary" })
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
            using MemoryStream output = new();
            await process.StandardOutput.BaseStream.CopyToAsync(output, Token);
            await process.WaitForExitAsync(Token);
            return Convert.ToBase64String(output.ToArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
