namespace KlingPS.Tests;

/// <summary>Kling's own API beside the gateway: what a person sees of the difference.</summary>
[Collection(nameof(Unobserved))]
public sealed class ProviderTests : ShellTest
{
    private static readonly string[] Variables =
        ["COMETAPI_KEY", "COMETAPI_BASE_URL", "KLINGAI_API_KEY", "KLINGAI_ACCESS_KEY", "KLINGAI_SECRET_KEY"];

    private protected override bool HasOwnJournal => true;

    private protected override void Configure(ServerSettings settings)
    {
        Clear();
        settings.PlayKling();
    }

    public override async ValueTask DisposeAsync()
    {
        Clear();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("-AccessKey ak-1 -SecretKey s", "Kling", "https://api-singapore.klingai.com/", "-AccessKey")]
    [InlineData("-Provider Kling -ApiKey k", "Kling", "https://api-singapore.klingai.com/", "-ApiKey")]
    [InlineData("-ApiKey k", "CometApi", "https://api.cometapi.com/kling/", "-ApiKey")]
    [InlineData("-ApiKey k -BaseUri https://api-beijing.klingai.com", "Kling", "https://api-beijing.klingai.com/",
        "-ApiKey")]
    [InlineData("-ApiKey k -BaseUri https://klingai.com.test/kling", "CometApi", "https://klingai.com.test/kling/",
        "-ApiKey")]
    [InlineData("-Provider CometApi -ApiKey k -BaseUri https://api.klingai.com/kling", "CometApi",
        "https://api.klingai.com/kling/", "-ApiKey")]
    public void The_provider_follows_from_what_is_given(
        string arguments, string provider, string address, string source) =>
        Assert.Equal((provider, address, source), Connect(arguments));

    [Theory]
    [InlineData("c g - -", "", "CometApi", "$env:COMETAPI_KEY")]
    [InlineData("- g a s", "", "Kling", "$env:KLINGAI_API_KEY")]
    [InlineData("- - a s", "", "Kling", "$env:KLINGAI_ACCESS_KEY")]
    [InlineData("c g a s", "-Provider Kling", "Kling", "$env:KLINGAI_API_KEY")]
    [InlineData("c - a s", "-BaseUri https://api.klingai.com", "Kling", "$env:KLINGAI_ACCESS_KEY")]
    [InlineData("c - a -", "", "CometApi", "$env:COMETAPI_KEY")]
    public void The_first_key_of_the_environment_is_taken(string keys, string arguments, string provider, string source)
    {
        SetKeys(keys);

        (string Provider, string Address, string Source) connected = Connect(arguments);

        Assert.Equal((provider, source), (connected.Provider, connected.Source));
        if (arguments.Length == 0)
        {
            using Shell other = new();
            Assert.Equal(
                $"{provider} {source}",
                other.Run("$c = Get-KlingConnection; \"$($c.Provider) $($c.KeySource)\"").Clean().Output.Single()
                    .ToString());
        }
    }

    [Theory]
    [InlineData("- g a s", "", "-BaseUri https://gateway.test/", "COMETAPI_KEY")]
    [InlineData("c - - -", "https://api-beijing.klingai.com/", "", "KLINGAI_API_KEY")]
    [InlineData("c - - -", "https://API.klingai.com./", "", "KLINGAI_API_KEY")]
    public void A_key_is_not_sent_to_the_other_providers_address(
        string keys, string variable, string arguments, string named)
    {
        SetKeys(keys);
        Environment.SetEnvironmentVariable(Variables[1], variable.Length == 0 ? null : variable);

        Result result = _shell.Run($"$ErrorActionPreference = 'Stop'; Connect-Kling {arguments}");

        Assert.StartsWith("NotConnected,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(named, result.Terminating.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c g - -", "https://api-beijing.klingai.com/", "", "Kling", "https://api-beijing.klingai.com/")]
    [InlineData("c g - -", "https://api-beijing.klingai.com/", "-Provider CometApi", "CometApi",
        "https://api.cometapi.com/kling/")]
    [InlineData("- g - -", "https://gateway.test/", "", "Kling", "https://api-singapore.klingai.com/")]
    [InlineData("- g - -", "", "-Provider Kling -BaseUri https://gateway.test/", "Kling", "https://gateway.test/")]
    public void The_address_of_the_environment_is_that_of_its_provider(
        string keys, string variable, string arguments, string provider, string address)
    {
        SetKeys(keys);
        Environment.SetEnvironmentVariable(Variables[1], variable.Length == 0 ? null : variable);

        (string Provider, string Address, string Source) connected = Connect(arguments);

        Assert.Equal((provider, address), (connected.Provider, connected.Address));
    }

    [Theory]
    [InlineData("- - - -", "", "COMETAPI_KEY,KLINGAI_API_KEY,KLINGAI_ACCESS_KEY,KLINGAI_SECRET_KEY")]
    [InlineData("c - - -", "-Provider Kling", "KLINGAI_API_KEY,KLINGAI_ACCESS_KEY,KLINGAI_SECRET_KEY")]
    [InlineData("- g a s", "-Provider CometApi", "COMETAPI_KEY")]
    [InlineData("- - a -", "", "KLINGAI_SECRET_KEY")]
    [InlineData("- - - s", "", "KLINGAI_ACCESS_KEY")]
    [InlineData("- - a s", "-AccessKey a", "-SecretKey")]
    [InlineData("- - a s", "-SecretKey s", "-AccessKey")]
    [InlineData("- - - -", "-AccessKey a -SecretKey s -ApiKey k", "-ApiKey")]
    [InlineData("- - - -", "-AccessKey a -SecretKey s -Provider CometApi", "CometAPI")]
    [InlineData("- - - -", "-AccessKey 'two words' -SecretKey s", "-AccessKey")]
    [InlineData("- - - -", "-AccessKey a -SecretKey 'two words'", "-SecretKey")]
    public void What_is_missing_or_too_much_is_named(string keys, string arguments, string named)
    {
        SetKeys(keys);

        Result result = _shell.Run($"$ErrorActionPreference = 'Stop'; Connect-Kling {arguments}");

        Assert.StartsWith("NotConnected,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(
            named.Split(','),
            name => Assert.Contains(name, result.Terminating.Exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_key_of_the_environment_is_seen_by_the_next_call()
    {
        SetKeys("- g - -");
        using Shell shell = new();
        shell.Run("Get-KlingConnection").Clean();
        SetKeys("c g - -");

        Assert.Equal("CometApi", shell.Run("(Get-KlingConnection).Provider").Clean().Output.Single().ToString());
    }

    [Fact]
    public void The_line_that_everything_serves_works_at_Kling_with_a_model_that_lives()
    {

        Result result = _shell.Run(
            "'a', 'b' | New-KlingVideo -Model kling-v2-6 -Mode pro -Once | Wait-KlingTask | "
                + "Save-KlingVideo -Destination $out").Clean();

        Assert.Equal(2, result.Output.Count);
        Assert.All(
            _server.Requests.Where(request => request.Path.StartsWith("/v1/", StringComparison.Ordinal)),
            request => Assert.Equal(3, request.Headers["Authorization"].Split('.').Length));
    }

    [Theory]
    [InlineData("-First 5", 5, "1/5")]
    [InlineData("-First 5 -Skip 3", 5, "1/8")]
    [InlineData("-First 100", 100, "1/100")]
    [InlineData("-First 150 -Skip 60", 150, "1/100 2/100 3/100")]
    [InlineData("-First 3 -Skip 200", 3, "3/100")]
    [InlineData("-First 1000", 250, "1/100 2/100 3/100")]
    [InlineData("-First 2147483647 -Skip 240", 10, "3/100")]
    public void Tasks_are_listed_newest_first_with_as_few_requests_as_pages(string arguments, int count, string pages)
    {
        string[] made = Make(250);
        int skip = arguments.Contains("-Skip", StringComparison.Ordinal) ? int.Parse(arguments.Split(' ')[^1]) : 0;

        Result result = _shell.Run($"Get-KlingTask -Kind TextToVideo {arguments}").Clean();

        Assert.Equal(
            made.Reverse().Skip(skip).Take(count), result.Tasks.Select(task => task.TaskId));
        Assert.Equal(pages, Pages());
    }

    [Fact]
    public void Beyond_the_last_page_of_the_service_a_warning_says_so()
    {
        Result result = _shell.Run("Get-KlingTask -Kind TextToVideo -First 5 -Skip 2147483647").Clean();

        Assert.Contains("100,000", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty(Pages());
    }

    [Fact]
    public void A_pipeline_that_has_enough_ends_the_paging()
    {
        Make(250);

        // As Select-Object -First 101 does it, which the engine alone has not.
        Result result = _shell.Run(
            "$n = 0; foreach ($once in 1) { Get-KlingTask -Kind TextToVideo -First 1000 | "
                + "ForEach-Object { $_; if (++$n -eq 101) { break } } }").Clean();

        Assert.Equal(101, result.Output.Count);
        Assert.Equal("1/100 2/100", Pages());
    }

    [Fact]
    public void A_service_that_gives_the_same_page_again_is_not_asked_for_ever()
    {
        string page = string.Join(
            ',', Enumerable.Range(0, 100).Select(i => $$"""{"task_id":"9{{i:000}}","task_status":"succeed"}"""));
        _server.Inject(Fault.Respond(200, $$"""{"code":0,"data":[{{page}}]}""").On("GET").Always());

        Result result = _shell.Run("Get-KlingTask -Kind TextToVideo -First 1000").Clean();

        Assert.Equal(100, result.Output.Count);
        Assert.Equal("1/100 2/100", Pages());
    }

    [Fact]
    public void A_task_that_newer_ones_push_to_the_next_page_is_written_once()
    {
        Make(150);
        _shell.Set("make", (Action)(() => Make(3)));

        Result result = _shell.Run(
            "$n = 0; Get-KlingTask -Kind TextToVideo -First 1000 | "
                + "ForEach-Object { if (++$n -eq 50) { $make.Invoke() }; $_ }").Clean();

        Assert.Equal(150, result.Tasks.Select(task => task.TaskId).Distinct().Count());
        Assert.Equal(150, result.Output.Count);
    }

    [Fact]
    public void A_listed_task_has_the_name_that_the_journal_knows_and_its_kind_is_known_from_then_on()
    {
        _shell.Run("New-KlingVideo 'x' -Model kling-v3 -Name harbour").Clean();
        using Shell other = Shell.On(_server);

        KlingTask listed = other.Run("$t = Get-KlingTask -Kind TextToVideo -First 1; $t").Clean().Task;

        Assert.Equal(("harbour", "kling-v3"), (listed.Name, listed.Model));
        Assert.Equal(KlingTaskKind.TextToVideo, other.Run("Get-KlingTask -TaskId $t.TaskId").Clean().Task.Kind);
    }

    [Theory]
    [InlineData("-First 5", "InvalidRequest")]
    [InlineData("-Skip 5", "InvalidRequest")]
    [InlineData("-Skip 5 -Kind TextToVideo", "InvalidRequest")]
    [InlineData("-Kind TextToVideo", "InvalidRequest")]
    public void Half_of_what_a_list_needs_is_an_error_and_no_question(string arguments, string id)
    {
        Assert.Equal([id], _shell.Run($"Get-KlingTask {arguments}").ErrorIds);
        Assert.Equal(0, _server.RequestCount);
    }

    [Fact]
    public async Task A_gateway_has_no_lists()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using Shell shell = Shell.On(server);

        Assert.Equal(["NotSupported"], shell.Run("Get-KlingTask -Kind TextToVideo -First 5").ErrorIds);
        Assert.Equal(["NotSupported"], shell.Run("Get-KlingBalance").ErrorIds);
        Assert.Equal(0, server.RequestCount);
    }

    [Fact]
    public void An_extension_that_only_the_list_knows_is_taken_by_a_person_and_paid_for_once()
    {
        Parent();
        _server.Inject(Fault.ResetAfterService().On("POST"));
        Assert.Equal(["SubmissionUnknown"], Extend().ErrorIds);
        Assert.Equal(["MayBePaidAlready"], Extend().ErrorIds);

        Result refused = Extend("-Once");
        Result resolved = _shell.Run("Resolve-KlingIntent");
        KlingTask once = Extend("-Once").Clean().Task;

        Assert.Equal(["MayBePaidAlready"], refused.ErrorIds);
        Assert.Contains(
            resolved.Task.TaskId, Assert.Single(refused.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Contains(resolved.Task.TaskId, Assert.Single(resolved.Warnings), StringComparison.Ordinal);
        Assert.Equal((resolved.Task.TaskId, true), (once.TaskId, once.IsReused));
        Assert.Empty(_shell.Run("Get-KlingIntent").Clean().Output);
        Assert.Equal(2, _server.CreatedCount);
    }

    [Fact]
    public void An_extension_that_the_list_has_not_is_not_sent_again()
    {
        Parent();
        _server.Inject(Fault.ResetBeforeService().On("POST"));
        Assert.Equal(["SubmissionUnknown"], Extend().ErrorIds);

        Assert.Equal(["IntentUnresolved"], _shell.Run("Resolve-KlingIntent").ErrorIds);
        Assert.Equal(["MayBePaidAlready"], Extend("-Once").ErrorIds);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void Packs_are_told_by_Get_KlingBalance()
    {
        KlingBalance balance = Assert.IsType<KlingBalance>(
            _shell.Run("Get-KlingBalance").Clean().Output.Single().BaseObject);

        Assert.Equal((KlingProvider.Kling, "units", 1000m), (balance.Provider, balance.Unit, balance.Remaining));
        Assert.Equal("/account/costs", _server.Requests[^1].Path);
    }

    [Fact]
    public void The_sandbox_plays_both()
    {
        Result result = _shell.Run("""
            Connect-Kling -Sandbox -Provider Kling -SandboxTaskSec 0
            $null = New-KlingVideo 'x' -Model kling-v3
            (Get-KlingTask -Kind TextToVideo -First 9).Count
            (Get-KlingBalance).Remaining
            Connect-Kling -Sandbox -SandboxTaskSec 0
            $null = New-KlingVideo 'x' -Model kling-v1-6
            (Get-KlingBalance).Type
            """).Clean();

        Assert.Equal(["1", "999", "account", "key"], result.Output.Select(item => item.ToString()));
    }

    [Fact]
    public void A_prompt_that_only_the_gateway_may_refuse_is_no_warning_at_Kling()
    {
        Result result = _shell.Run(
            "New-KlingVideo ('x' * 2500) -NegativePrompt ('y' * 2500) -Model kling-v2-5-turbo -WhatIf").Clean();

        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("documents", StringComparison.Ordinal));
    }

    private static void Clear() =>
        Array.ForEach(Variables, name => Environment.SetEnvironmentVariable(name, null));

    // A letter for each variable that is set.
    private static void SetKeys(string keys)
    {
        string[] given = keys.Split(' ');
        string[] names = [Variables[0], Variables[2], Variables[3], Variables[4]];
        for (int i = 0; i < names.Length; i++)
        {
            Environment.SetEnvironmentVariable(names[i], given[i] == "-" ? null : $"key-{given[i]}");
        }
    }

    private (string Provider, string Address, string Source) Connect(string arguments)
    {
        string[] shown = _shell.Run(
            $"$c = Connect-Kling {arguments} -PassThru; \"$($c.Provider)\", $c.BaseUri.AbsoluteUri, $c.KeySource")
            .Clean().Output.Select(item => item.ToString()).ToArray();
        return (shown[0], shown[1], shown[2]);
    }

    private string[] Make(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => _server.Service.Make(
            KlingTaskKind.TextToVideo,
            Encoding.UTF8.GetBytes($$"""{"prompt":"made here {{i}}","model_name":"kling-v3"}""")).TaskId),
    ];

    // Made while Kling still had the model.
    private void Parent()
    {
        KlingPS.Sandbox.SandboxTask made = _server.Service.Make(
            KlingTaskKind.TextToVideo, Encoding.UTF8.GetBytes("""{"prompt":"p","model_name":"kling-v1-6"}"""));
        _shell.Set("id", made.TaskId);
        _shell.Run("$parent = Get-KlingTask $id -Kind TextToVideo").Clean();
    }

    private Result Extend(string more = "") => _shell.Run($"$parent | New-KlingExtension -Prompt 'on' {more}");

    private string Pages() => string.Join(
        ' ',
        _server.Requests.Where(request => request.Query.StartsWith("pageNum=", StringComparison.Ordinal))
            .Select(request => request.Query
                .Replace("pageNum=", "", StringComparison.Ordinal)
                .Replace("&pageSize=", "/", StringComparison.Ordinal)));
}
