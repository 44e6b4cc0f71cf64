using System.Collections;
using System.Text.Json;
using KlingPS.Transport;

namespace KlingPS.Tests.Secrets;

/// <summary>Neither the key nor a signed query can be read anywhere later, even when the service echoes them.</summary>
[Collection(nameof(Unobserved))]
public sealed class SecretsTests : ServerTest
{
    private const string Key = "sk-7c1a9e5f3b8d2046WXYZ";
    private const string WebhookSecret = "whsec_q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6";
    private const string OtherKey = "sk-0f1e2d3c4b5a6978ABCD";

    private readonly SecretSearch _search = new();
    private readonly CaptureHost _host = new();
    private readonly TempFolder _folder = new();

    private protected override bool HasOwnJournal => true;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _search.AddKey(Key);
        _search.AddKey(OtherKey);
        _search.AddKey(WebhookSecret["whsec_".Length..]);
    }

    public override async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", null);
        _folder.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public void No_stream_object_error_or_file_holds_the_key_or_a_signed_query()
    {
        using Shell shell = new(_host);
        shell.Set("BaseUri", _server.BaseUri);
        shell.Set("out", _folder.Path);
        shell.Set("key", Key);
        shell.Set("other", OtherKey);
        SignedCallback callback = SignedCallback.Now(
            $$$"""{"task_id":"1","task_status":"{{{Key}}}","task_status_msg":"{{{Key}}}"}""", secret: WebhookSecret);
        shell.Set("callback", callback.Body);
        shell.Set("headers", callback.Headers);
        shell.Set("secret", WebhookSecret);
        Result parents = shell.Run($$"""
            # The server's tasks take moments, and a wait would expect minutes.
            $PSDefaultParameterValues['Wait-KlingTask:PollIntervalSec'] = 0.1
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $proxy = "http://user:{{OtherKey}}@127.0.0.1:9"
            Connect-Kling -ApiKey $key -BaseUri $BaseUri -Proxy $proxy -MaxRetryCount 0 -PassThru
            $password = [System.Net.NetworkCredential]::new('', '{{OtherKey}}').SecurePassword
            $credential = [pscredential]::new('user', $password)
            $proxy = 'http://127.0.0.1:9'
            Connect-Kling -ApiKey $key -BaseUri 'https://x.test/' -Proxy $proxy -ProxyCredential $credential -MaxRetry 0
            Get-KlingTask 1
            try { Connect-Kling -ApiKey $key -ProxyCredential $credential } catch { Write-Error $_ }
            try { Connect-Kling -ApiKey $key -ProxyCredential 'user:{{OtherKey}}' } catch { Write-Error $_ }
            Connect-Kling -Connection (Get-KlingConnection) -PassThru
            Get-KlingModel kling-v1
            Connect-Kling -ApiKey $key -BaseUri $BaseUri -MaxRequestsPerSec 0 -MaxRetry 0 -PassThru
            Get-KlingConnection
            1..3 | ForEach-Object { "x $_" } | New-KlingVideo -Model kling-v1-6 -OutVariable tasks
            $tasks | Wait-KlingTask -OutVariable parents
            """);
        IEnumerable<KlingTask> tasks = parents.Output.Select(item => item.BaseObject).OfType<KlingTask>();
        foreach (KlingVideo video in tasks.SelectMany(task => task.Videos))
        {
            _search.AddSigned(video.Url!);
        }

        Inject();
        Result all = shell.Run("""
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $ErrorActionPreference = 'Continue'
            Get-KlingTask -Last 9 -ErrorVariable +failed
            $parents | New-KlingExtension -Prompt 'on' -WhatIf
            $parents[0] | New-KlingExtension -Prompt 'on' | Wait-KlingTask -OutVariable extended
            $parents[0] | Expand-KlingVideo -TargetSec 60 -Prompt 'on' -WhatIf
            $parents[0] | Expand-KlingVideo -TargetSec 60 -TimeoutSec 2 -OutVariable grown -ErrorVariable +failed
            Join-KlingVideo $out/none-1.mp4, $out/none-2.mp4 -Destination $out/all.mp4 -ErrorVariable +failed
            1..59 | ForEach-Object { $parents[0] | New-KlingExtension -ErrorVariable +failed }
            1..59 | ForEach-Object { Get-KlingTask $parents[1] -ErrorVariable +failed }
            $parents | Wait-KlingTask -TimeoutSec 0 -ErrorVariable +failed
            $parents[2].TaskId | Wait-KlingTask -TimeoutSec 1 -ErrorVariable +failed
            1..12 | ForEach-Object { $parents | Save-KlingVideo -Destination $out -Force -ErrorVariable +failed }
            $parents | Save-KlingVideo -Destination $out -Force -WhatIf
            $parents | Save-KlingVideo -Destination $out -SkipExisting -OutVariable files | Format-List -Property *
            @($files) + @($parents) | Export-KlingGallery -Path $out -PassThru
            $parents[0], $extended[0] | Format-List -Property *
            $callback | ConvertFrom-KlingCallback -Headers $headers -Secret $secret
            $secrets = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', $secret
            $both = $callback, "$callback "
            $both | ConvertFrom-KlingCallback -Headers $headers -Secret $secrets -ErrorVariable +failed
            $headers['Webhook-Timestamp'] = '1614265330'
            $callback | ConvertFrom-KlingCallback -Headers $headers -Secret $secret -ErrorVariable +failed
            $signed = "see $($parents[0].Videos[0].Url.AbsoluteUri) $key"
            $signed, "{""url"":""$signed""}" | ConvertFrom-KlingCallback -ErrorVariable +failed
            $spaced = "$secret with a space"
            try { ConvertFrom-KlingCallback $callback -Headers $headers -Secret $spaced } catch { Write-Error $_ }
            Get-KlingIntent
            Get-KlingIntent | Resolve-KlingIntent -ErrorVariable +failed
            Clear-KlingIntent
            Disconnect-Kling
            $addresses = "socks5://user:$other@x.test", "http://user:$other@x.test:99999/", "$other", "ftp://$other",
                "https://$other@x.test/", "https://x.test/?$other", "http://x.test/$other", "https://x.test/`e$other"
            function Tell($e) { Write-Error $e; Write-Error "$($e.TargetObject)" }
            foreach ($wrong in $addresses) {
                try { Connect-Kling -ApiKey $key -Proxy $wrong } catch { Tell $_ }
                try { Connect-Kling -ApiKey $key -BaseUri $wrong } catch { Tell $_ }
                $env:COMETAPI_KEY, $env:COMETAPI_BASE_URL = $key, $wrong
                try { Get-KlingTask 1 } catch { Tell $_ }
                Get-KlingConnection
                (TabExpansion2 'Connect-Kling -BaseUri ' 23).CompletionMatches.ListItemText
                Disconnect-Kling
            }
            $env:COMETAPI_KEY = $env:COMETAPI_BASE_URL = $null
            $env:COMETAPI_KEY = "$key with a space"
            Get-KlingTask 1 -ErrorVariable +failed
            $env:COMETAPI_KEY = $null
            """);
        LookEverywhere(parents, all);

        _search.Look("the gallery", File.ReadAllText(_folder.File("index.html")));
        foreach (string file in Directory.EnumerateFiles(_folder.Path))
        {
            _search.Look("a file's name", file);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_search.Hits.Count} hits in {_search.Bytes:N0} bytes; {all.Errors.Count} errors of "
                + $"{all.ErrorIds.Distinct().Count()} kinds.");
        Assert.True(_search.Hits.Count == 0, string.Join('\n', _search.Hits.Distinct()));
        Assert.InRange(all.ErrorIds.Distinct().Count(), 8, 99);
        Assert.NotEmpty(all.Verbose);
        Assert.NotEmpty(all.Debug);
        Assert.NotEmpty(all.Progress);
        Assert.InRange(_search.Bytes, 200_000, long.MaxValue);
        Assert.DoesNotContain(
            _server.Requests.Where(request => request.Path.StartsWith("/videos/", StringComparison.Ordinal)),
            request => request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Neither_Klings_keys_nor_a_token_can_be_read_even_when_the_service_echoes_them()
    {
        string[] shapes =
        [
            """{"code":1201,"message":"$","request_id":"$"}""",
            """{"error":{"message":"$ (request id: $)","type":"$","code":"$"}}""",
            "<html>$</html>",
            """{"code":0,"message":"$","data":[{"task_id":"1","task_status":"$","task_status_msg":"$"}]}""",
        ];
        int asked = 0;
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
        {
            settings.PlayKling();
            settings.FaultFor = request =>
            {
                int number = Interlocked.Increment(ref asked);
                string told = string.Join(
                    ' ',
                    SecretSearch.Echo(request.Headers["Authorization"]["Bearer ".Length..]),
                    SecretSearch.Echo(KlingTestServer.AccessKey),
                    SecretSearch.Echo(KlingTestServer.SecretKey));
                // Each 429 would pause everybody for a second.
                int[] statuses = [200, 400, 401, 403, 404, 500, 503, 302];
                return number <= 3 ? null : Fault.Respond(
                    statuses[number % statuses.Length],
                    shapes[number % shapes.Length].Replace("$", told, StringComparison.Ordinal));
            };
        });
        using Shell shell = new(_host);
        shell.Set("BaseUri", server.BaseUri);
        shell.Set("ak", KlingTestServer.AccessKey);
        shell.Set("sk", KlingTestServer.SecretKey);

        Result result = shell.Run("""
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $ErrorActionPreference = 'Continue'
            Connect-Kling -AccessKey $ak -SecretKey $sk -BaseUri $BaseUri -MaxRequestsPerSec 0 -MaxRetry 0 -PassThru
            $task = New-KlingVideo 'a' -Model kling-v3
            Get-KlingTask -Kind TextToVideo -First 5
            Get-KlingBalance
            1..20 | ForEach-Object { New-KlingVideo "b $_" -Model kling-v3 }
            1..20 | ForEach-Object { Get-KlingTask $task }
            1..20 | ForEach-Object { Get-KlingTask -Kind TextToVideo -First 5 }
            1..20 | ForEach-Object { Get-KlingBalance }
            Get-KlingIntent | Resolve-KlingIntent
            Get-KlingConnection | Format-List *
            foreach ($wrong in "$ak x", "$sk x") {
                try { Connect-Kling -AccessKey $wrong -SecretKey $sk } catch { Write-Error $_ }
                try { Connect-Kling -AccessKey $ak -SecretKey $wrong } catch { Write-Error $_ }
                try { Connect-Kling -SecretKey $wrong } catch { Write-Error $_ }
                try { Connect-Kling -AccessKey $ak -SecretKey $sk -ApiKey $wrong } catch { Write-Error $_ }
            }
            """);

        _search.AddKey(KlingTestServer.AccessKey);
        _search.AddKey(KlingTestServer.SecretKey);
        string[] tokens = [.. server.Requests.Select(request => request.Headers["Authorization"]).Distinct()];
        Array.ForEach(tokens, token => _search.AddKey(token["Bearer ".Length..]));
        LookEverywhere(result);
        Assert.NotEmpty(tokens);
        Assert.True(result.Errors.Count > 60 && server.RequestCount > 80, $"{result.Errors.Count} errors");
        Assert.True(_search.Hits.Count == 0, string.Join('\n', _search.Hits.Distinct()));
    }

    [Fact]
    public void The_key_in_the_address_of_CometAPIs_balance_is_shown_nowhere()
    {
        _server.Inject(Fault.Respond(401, $"no {Key}; see /user/quota?key={Key}").On("GET", "quota"));
        _server.Inject(Fault.Respond(
            302, "", new Dictionary<string, string> { ["Location"] = "/login?key=" + Key }).On("GET", "quota"));
        _server.Inject(Fault.Respond(
            200, $$$"""{"username":"{{{Key}}}","total_quota":1,"keys":[{"name":"{{{Key}}}"}]}""").On("GET", "quota"));
        _server.Inject(Fault.ResetBeforeService().On("GET", "quota"));
        using KlingConnection connection = new(
            new ConnectionSettings
            {
                BaseUri = _server.BaseUri,
                QuotaUri = new Uri(_server.BaseUri, "/user/quota"),
                MaxRetryCount = 0,
            },
            new ApiKey(Key, "a test"));
        using Shell shell = new(_host);
        shell.Set("connection", connection);

        Result result = shell.Run("""
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $flags = [Reflection.BindingFlags]'Instance, NonPublic'
            $info = [KlingPS.KlingConnectionInfo].GetConstructor($flags, $null, @($connection.GetType()), $null)
            Connect-Kling -Connection $info.Invoke(@($connection))
            1..5 | ForEach-Object { Get-KlingBalance }
            """);

        LookEverywhere(result);
        Assert.Equal(3, result.Errors.Count);
        Assert.Equal(4, result.Output.Count);
        Assert.All(_server.Requests, request => Assert.Equal($"key={Key}", request.Query));
        Assert.True(_search.Hits.Count == 0, string.Join('\n', _search.Hits.Distinct()));
    }

    [Fact]
    public void Every_cmdlet_is_driven()
    {
        using Shell shell = new();
        string source = File.ReadAllText(
            Path.Combine(Repository.Root, "tests", "KlingPS.Tests", "Secrets", "SecretsTests.cs"));
        Assert.All(
            shell.Run("(Get-Command -Module KlingPS).Name").Clean().Output,
            name => Assert.Contains($"{name}", source, StringComparison.Ordinal));
    }

    // Whatever a service, a proxy or an attacker could write into an answer.
    private void Inject()
    {
        string signed = $"{_server.BaseUri}v.mp4?ksSecret=0123&ksTime=1";
        foreach (int status in new[] { 400, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504, 524 })
        {
            string told = $"{Key} is not welcome, nor is Bearer {Key}; see {signed}&token={Key}";
            string echo = SecretSearch.Echo(Key);
            Once(Fault.Respond(status, $$"""{"code":1201,"message":"{{told}}","request_id":"{{Key}}"}"""));
            if (status == 429)
            {
                // Each one pauses everybody for a second.
                continue;
            }

            Once(Fault.Respond(
                status,
                $$$"""{"error":{"message":"{{{told}}} (request id: """
                    + $$$"""{{{Key}}})","type":"{{{Key}}}","code":"{{{Key}}}"}}"""));
            Once(Fault.Respond(status, $"<html>{told}</html>"));
            Once(Fault.Respond(status, $$"""{"code":1201,"message":"{{echo}}","request_id":"{{echo}}"}"""));
            Once(Fault.Respond(status, $"<html>{echo}</html>"));
        }

        Once(Fault.Respond(302, "", new Dictionary<string, string> { ["Location"] = signed + "&token=" + Key }));
        Once(
            Fault.Respond(200, $$$"""{"code":0,"data":"""
                + $$$"""{"task_id":"1","task_status":"{{{Key}}}","task_status_msg":"{{{Key}}}","task_info":"""
                + $$$"""{"external_task_id":"{{{Key}}}"},"final_unit_deduction":"{{{Key}}}","task_result":"""
                + $$$"""{"videos":[{"id":"{{{Key}}}","url":"https:"""
                + $$$"""//x.test/{{{Key}}}","duration":"5"}]}},"request_id":"{{{Key}}}"}"""));
        foreach (int status in new[] { 403, 404, 410, 408, 429, 500, 503, 302, 200 })
        {
            Dictionary<string, string> headers =
                new() { ["Location"] = "ftp://x.test/?" + Key, ["Content-Type"] = "text/html" };
            _server.Inject(Fault.Respond(status, Key, headers).On("GET", "/videos/8"));
        }

        void Once(Fault fault)
        {
            _server.Inject(fault.On("POST", "video-extend"));
            _server.Inject(fault.On("GET", "text2video/"));
        }
    }

    private void LookEverywhere(params Result[] results)
    {
        Array.ForEach(results, Look);
        _search.Look("the screen", _host.Screen.Text);
        foreach (string file in Directory.EnumerateFiles(_state.Path, "*", SearchOption.AllDirectories))
        {
            _search.Look(file, File.ReadAllText(file));
        }
    }

    private void Look(Result result)
    {
        Array.ForEach([.. result.Verbose], text => _search.Look("verbose", text));
        Array.ForEach([.. result.Debug], text => _search.Look("debug", text));
        Array.ForEach([.. result.Warnings], text => _search.Look("warning", text));
        Array.ForEach([.. result.Information], text => _search.Look("information", text));
        foreach (ProgressRecord record in result.Progress)
        {
            _search.Look("progress", $"{record} {record.CurrentOperation}");
        }

        foreach (PSObject item in result.Output.Where(item => item is not null))
        {
            _search.Look("a text", item.ToString());
            if (item.BaseObject.GetType().Namespace?.Contains("Format", StringComparison.Ordinal) == false)
            {
                Serialized(item.BaseObject.GetType().Name, item);
            }

            if (item.BaseObject.GetType().Namespace == nameof(KlingPS))
            {
                _search.Look(
                    "JSON", JsonSerializer.Serialize(item.BaseObject, item.BaseObject.GetType()), isObject: true);
            }
        }

        foreach (ErrorRecord error in result.Errors.DistinctBy(error => error.Exception.Message))
        {
            Look(error);
        }
    }

    private void Look(ErrorRecord error)
    {
        _search.Look(
            "an error",
            $"{error} {error.ErrorDetails?.Message} {error.ErrorDetails?.RecommendedAction} "
                + $"{error.FullyQualifiedErrorId} {error.CategoryInfo} {error.ScriptStackTrace}");
        Serialized("an error", error);
        for (Exception? e = error.Exception; e is not null; e = e.InnerException)
        {
            _search.Look("an exception", $"{e} {e.Message} {e.HelpLink} {e.Source}");
            foreach (DictionaryEntry entry in e.Data)
            {
                _search.Look("an exception's data", $"{entry.Key} {entry.Value}");
            }

            if (e is KlingException ours)
            {
                _search.Look(
                    "an exception's JSON",
                    JsonSerializer.Serialize(
                        new { ours.Message, ours.ServiceCode, ours.ServiceMessage, ours.RequestId, ours.Action }));
            }
        }
    }

    private void Serialized(string what, object item) =>
        _search.Look($"CliXml of {what}", PSSerializer.Serialize(item, 3), isObject: true);
}

/// <summary>Looks for secrets in whatever it is given, and counts what it looked through.</summary>
internal sealed class SecretSearch
{
    private readonly List<(string Name, string Text)> _secrets = [];
    private readonly HashSet<string> _userOwned = new(StringComparer.Ordinal);
    private readonly List<string> _hits = [];

    internal long Bytes { get; private set; }

    internal IReadOnlyList<string> Hits => _hits;

    /// <summary>A key, also as it would stand in a header, an address, or encoded.</summary>
    internal void AddKey(string key)
    {
        _secrets.Add(("the key", key));
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        _secrets.Add(("the key URL-encoded", string.Concat(key.Select(c => $"%{(int)c:x2}"))));
        _secrets.Add(("the key \\u-escaped", string.Concat(key.Select(c => $"\\u{(int)c:x4}"))));
        _secrets.Add(("the key in base64", Convert.ToBase64String(bytes).TrimEnd('=')));
        _secrets.Add(("the key in base64 of more", Convert.ToBase64String([0, .. bytes])[3..^4]));
        _secrets.Add(("the key in base64 of more", Convert.ToBase64String([0, 0, .. bytes])[4..^4]));
        _secrets.Add(
            ("the key in base64 of UTF-16", Convert.ToBase64String(Encoding.Unicode.GetBytes(key)).TrimEnd('=')));
        _secrets.Add(("the key in hexadecimal", Convert.ToHexString(bytes)));
    }

    /// <summary>The key in every form that is looked for, as a service could give it back.</summary>
    internal static string Echo(string key)
    {
        SecretSearch forms = new();
        forms.AddKey(key);
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        return string.Join(' ',
        [
            .. forms._secrets.Where(
                secret => !secret.Name.EndsWith("of more", StringComparison.Ordinal)).Select(secret => secret.Text),
            Convert.ToBase64String([1, .. bytes, 1]),
            Convert.ToBase64String([1, 2, .. bytes, 1]),
            key.ToUpperInvariant(),
        ]);
    }

    /// <summary>The address of a video: a task's Url may hold it, nothing else.</summary>
    internal void AddSigned(Uri url)
    {
        _secrets.Add(("a signed query", url.Query.TrimStart('?')));
        _secrets.Add((
            "the signature of a query",
            url.Query.Split('&').Single(part => part.StartsWith("ksSecret=", StringComparison.Ordinal))));
        _userOwned.Add(url.AbsoluteUri);
        _userOwned.Add(System.Security.SecurityElement.Escape(url.AbsoluteUri)!);
        _userOwned.Add(url.AbsoluteUri.Replace("&", "\\u0026", StringComparison.Ordinal));
    }

    internal void Look(string where, string? text, bool isObject = false)
    {
        string searched = text ?? "";
        Bytes += Encoding.UTF8.GetByteCount(searched);
        if (isObject)
        {
            searched = _userOwned.Aggregate(searched, (rest, own) => rest.Replace(own, "", StringComparison.Ordinal));
        }

        foreach ((string name, string secret) in _secrets)
        {
            if (searched.Contains(secret, StringComparison.OrdinalIgnoreCase))
            {
                _hits.Add($"{where} holds {name}.");
            }
        }
    }
}
