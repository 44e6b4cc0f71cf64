# The recipes of docs/recipes.md, unchanged, against a server that tells what it was asked.

BeforeDiscovery {
    $page = (Get-Content "$PSScriptRoot/../../docs/recipes.md" -Raw) -replace '\r'
    $scripts = [regex]::Matches($page, '(?s)```powershell\n(# (\S+\.ps1): .*?)```') | ForEach-Object { @{ Name = $_.Groups[2].Value; Code = $_.Groups[1].Value } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $page = (Get-Content "$Repository/docs/recipes.md" -Raw) -replace '\r'
    $key = 'sk-0123456789abcdefWXYZ'
    $state = $env:XDG_STATE_HOME
    $env:KLINGPS_JOURNAL = $null

    # Where the recipes, other processes and other runspaces find the module as an installed one.
    $modulePath = $env:PSModulePath
    $installed = (New-Item -ItemType Directory "$TestDrive/modules").FullName
    Copy-Item -LiteralPath (Split-Path $Manifest) -Destination "$installed/KlingPS" -Recurse
    $env:PSModulePath = $installed, $modulePath -join [System.IO.Path]::PathSeparator

    # The scripts of the page, as files in the current folder.
    function Copy-Recipe {
        foreach ($block in [regex]::Matches($page, '(?s)```powershell\n(# (\S+\.ps1): .*?)```')) {
            Set-Content "./$($block.Groups[2].Value)" $block.Groups[1].Value
        }
    }

    function Set-Table([string] $Text, [string] $Path = './videos.csv') {
        $null = New-Item -ItemType Directory (Split-Path $Path) -Force
        [System.IO.File]::WriteAllText("$PWD/$Path", $Text)
    }

    function Get-Name([string] $Folder) {
        @(Get-ChildItem "./$Folder" -ErrorAction Ignore | ForEach-Object Name | Sort-Object)
    }

    function Send-Control([string] $Line) {
        $server.StandardInput.WriteLine($Line)
        Read-Line $server
    }

    # What the server was asked since the last time.
    function Get-Asked([string] $Method = 'POST') {
        $fresh = Send-Control requests | ConvertFrom-Json
        foreach ($request in $fresh) {
            $arrived.Count++
            if ($request.Method -like $Method) {
                "$($request.Method) $($request.Path) $($request.Headers.Authorization)"
            }
        }
    }

    # A recipe in a PowerShell of its own, in this folder.
    function Start-Recipe([string] $Script) {
        $command = "Set-Location '$PWD'; $QuickWait; & ./$Script *>&1 | Out-String"
        Start-Child (Get-Shell) "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $(Get-Encoded $command)"
    }

    function Wait-Recipe($Process) {
        $said = $Process.StandardOutput.ReadToEndAsync()
        $said.Wait([timespan]::FromSeconds(60)) | Should -BeTrue
        Get-Plain $said.Result
        Stop-Child $Process
    }

    # Kills the recipe when the service has its submission.
    function Stop-Submission([string] $Script, [string] $Route, [string] $Fault) {
        $null = Get-Asked *
        Send-Control "fault POST $Route $Fault" | Should -Be ok
        $child = Start-Recipe $Script
        try {
            $looks = 0
            do {
                # Of a slow machine more than one.
                $null = Send-Control "wait $($arrived.Count + 1)"
                $sent = @(Get-Asked) -like "*/$Route *"
            } until ($sent -or ++$looks -eq 10)
            $sent | Should -Not -BeNullOrEmpty
        }
        finally {
            Stop-Child $child
        }
    }
}

AfterAll {
    $env:PSModulePath = $modulePath
    $env:XDG_STATE_HOME = $state
    Exit-Suite
}

Describe 'Recipes' {
    BeforeEach {
        $server = Start-TestServer -TaskSeconds 0 -Control
        $arrived = @{ Count = 0 }
        $folder = (New-Item -ItemType Directory "$TestDrive/$(New-Guid)").FullName
        $env:XDG_STATE_HOME = "$folder/state"
        $env:COMETAPI_KEY = $key
        $env:COMETAPI_BASE_URL = $server.BaseUri
        Clear-Connection
        Push-Location $folder
        Copy-Recipe
    }

    AfterEach {
        Pop-Location
        Stop-Child $server
    }

    Context 'A table of work' {
        It 'makes each row once, saves it under its name, and says why a row has no video' {
            $name = "Hafen bei K$([char]0xF6)ln"
            Set-Table @"
Name,Prompt,Model,Duration,Status
$name,"A harbour, at dawn",kling-v1-6,10,todo
bad,A storm [sandbox:fail],kling-v1,,
rejected,No [sandbox:reject],,,
empty,,,,
"@
            foreach ($paid in 3, 1) {
                (./videos.ps1 2>$null).Name | Should -Be "$name.mp4"
                # The row without a prompt never reaches the service; the rejected one is sent again, free of charge.
                Get-Asked | Should -HaveCount $paid
            }

            Send-Control created | Should -Be 2
            Get-Name out | Should -Be "$name.mp4"
            (Get-KlingTask -Name "$name").Duration.TotalSeconds | Should -BeGreaterThan 9
            $failed = Import-Csv ./failed.csv -Encoding UTF8 | Sort-Object Error
            $failed.Error | Should -Be ContentRejected, InvalidRequest, TaskFailed
            $failed.Submission | Should -Be NotCreated, NotSent, Created
            $failed[0, 2].Name | Should -Be rejected, bad
            $failed.Reason | Should -Not -Contain ''
        }

        It 'does not pay again when it was killed after the service had made the task' {
            Set-Table "Name,Prompt`nharbour,A harbour`nmill,A mill"
            Stop-Submission videos.ps1 text2video hang-after
            (./videos.ps1 3>$null).Name | Sort-Object | Should -Be harbour.mp4, mill.mp4
            Get-Asked | Should -HaveCount 1
            Send-Control created | Should -Be 2
            Get-Content ./failed.csv | Should -BeNullOrEmpty
        }

        It 'does not pay again as long as nobody knows what became of a killed submission' {
            Set-Table "Name,Prompt`nharbour,A harbour"
            Stop-Submission videos.ps1 text2video hang-before
            ./videos.ps1 2>$null 3>$null | Should -BeNullOrEmpty
            Get-Asked | Should -BeNullOrEmpty
            $failed = Import-Csv ./failed.csv
            $failed.Name, $failed.Error, $failed.Submission | Should -Be harbour, MayBePaidAlready, NotSent
        }

        It 'takes the task that a lost response told of' {
            Set-Table "Name,Prompt`nharbour,A harbour"
            Send-Control 'fault POST text2video reset-after' | Should -Be ok
            1..2 | ForEach-Object { ./videos.ps1 2>$null 3>$null } | Select-Object -Last 1 -ExpandProperty Name | Should -Be harbour.mp4
            Get-Asked | Should -HaveCount 1
            Get-Content ./failed.csv | Should -BeNullOrEmpty
        }

        It 'pays once when it runs twice at once' {
            Set-Table "Name,Prompt`na,A`nb,B`nc,C`nd,D"
            1..2 | ForEach-Object { Start-Recipe videos.ps1 } | ForEach-Object { Wait-Recipe $_ }
            Send-Control created | Should -Be 4
            $null = ./videos.ps1
            Get-Name out | Should -Be a.mp4, b.mp4, c.mp4, d.mp4
            Send-Control created | Should -Be 4
        }

        It 'pays nothing on another machine' {
            Set-Table "Name,Prompt`nharbour,A harbour"
            $null = ./videos.ps1
            Remove-Item ./out -Recurse
            $env:XDG_STATE_HOME = "$folder/elsewhere"
            Clear-Connection
            (./videos.ps1).Name | Should -Be harbour.mp4
            Send-Control created | Should -Be 1
        }

        It 'sends no other request under a name that was paid for' {
            Set-Table "Name,Prompt`nharbour,A harbour"
            $null = ./videos.ps1
            Set-Table "Name,Prompt`nharbour,Another harbour"
            ./videos.ps1 2>$null | Should -BeNullOrEmpty
            (Import-Csv ./failed.csv).Error | Should -Be NameTaken
            Get-Asked | Should -HaveCount 1
        }

        It 'sends nothing without a key' {
            $env:COMETAPI_KEY = $null
            Set-Table "Name,Prompt`nharbour,A harbour"
            { ./videos.ps1 } | Should -Throw -ErrorId 'NotConnected,*'
            Get-Asked * | Should -BeNullOrEmpty
        }
    }

    Context 'Resume after anything' {
        It 'saves what another session submitted, and what was cut off, and pays nothing' {
            Set-Content ./session.ps1 "New-KlingVideo 'A mill' -Name mill; New-KlingVideo 'A harbour' -Name harbour -Once"
            $null = Wait-Recipe (Start-Recipe session.ps1)
            Set-Content ./session.ps1 "New-KlingVideo 'A beach' -Name beach -Once"
            Stop-Submission session.ps1 text2video hang-after
            foreach ($run in 1..2) {
                (./resume.ps1 3>$null).Name | Sort-Object | Should -Be beach.mp4, harbour.mp4, mill.mp4
            }

            Get-Asked | Should -BeNullOrEmpty
            Get-KlingIntent | Should -BeNullOrEmpty
        }
    }

    Context 'Retry what failed' {
        It 'pays again for what failed, each time it runs, and for nothing else' {
            Set-Table "Name,Prompt`nharbour,A harbour`nbad,A storm [sandbox:fail]"
            $null = ./videos.ps1 2>$null
            Get-Asked | Should -HaveCount 2
            1..2 | ForEach-Object { (./retry.ps1 2>$null).Name | Should -Be harbour.mp4 }
            Get-Asked | Should -HaveCount 2
            $null = ./videos.ps1 2>$null
            Get-Asked | Should -BeNullOrEmpty
        }
    }

    Context 'Extend a table' {
        BeforeEach { $parent = New-KlingVideo 'A harbour' -Model kling-v1-6 -Name harbour | Wait-KlingTask }

        It 'extends each row once, under its own name or its parent''s' {
            Set-Table "TaskId,Prompt,Name`n$($parent.TaskId),The sun rises,`n$($parent.TaskId),It rains,rain" ./extensions.csv
            1..2 | ForEach-Object { ./extend.ps1 } | Should -HaveCount 4
            Get-Name out | Should -Be harbour-02.mp4, rain.mp4
            @(Get-Asked) -like '*/video-extend *' | Should -HaveCount 2
            Set-Table "TaskId,Prompt,Name`n$($parent.TaskId),It snows,rain" ./extensions.csv
            ./extend.ps1 2>$null | Should -BeNullOrEmpty
            Get-Asked | Should -BeNullOrEmpty
        }

        It 'makes and extends each row once' {
            Set-Table "Name,Prompt,Model,Then`nmill,A mill,kling-v1-6,The wind turns`nbeach,A beach,kling-v1-6,"
            1..2 | ForEach-Object { ./make-and-extend.ps1 } | Should -HaveCount 4
            Get-Name out | Should -Be beach-02.mp4, mill-02.mp4
            Send-Control created | Should -Be 5
        }

        It 'does not extend again when <_> was killed in a submission' -ForEach 'extend.ps1', 'make-and-extend.ps1' {
            Set-Table "TaskId,Prompt`n$($parent.TaskId),The sun rises" ./extensions.csv
            Set-Table "Name,Prompt,Model,Then`nmill,A mill,kling-v1-6,The wind turns"
            Stop-Submission $_ video-extend hang-after
            & "./$_" 2>$null 3>$null | Should -BeNullOrEmpty
            Get-Asked | Should -BeNullOrEmpty
            Get-KlingIntent | Should -HaveCount 1
        }
    }

    Context 'A spending limit' {
        AfterEach { $global:PSDefaultParameterValues.Remove('Connect-Kling:MaxRequestsPerSec') }

        It 'pays for twenty in a run, and for fifty in a day' {
            $global:PSDefaultParameterValues['Connect-Kling:MaxRequestsPerSec'] = 0
            Set-Table ("Name,Prompt`n" + ((1..52 | ForEach-Object { "v$_,A harbour with $_ boats" }) -join "`n"))
            foreach ($paid in 20, 40, 50, 50) {
                $null = ./limit.ps1 2>$null
                Send-Control created | Should -Be $paid
                $failed = @(Import-Csv ./failed.csv)
                $failed | Should -HaveCount (52 - $paid)
                $failed.Error | Sort-Object -Unique | Should -Be SpendLimitReached
            }
        }
    }

    Context 'Callbacks' {
        It 'saves what the service says has succeeded, and believes no callback' {
            $made = New-KlingVideo 'A harbour' -Name harbour
            $failed = New-KlingVideo 'A storm [sandbox:fail]'
            $body = '{{"task_id":"{0}","task_status":"{1}"}}'
            ./callback.ps1 ($body -f $made.TaskId, 'processing') | Should -BeNullOrEmpty
            foreach ($forged in ($body -f '861234567890123456', 'succeed'), ($body -f $failed.TaskId, 'succeed'), 'rubbish') {
                ./callback.ps1 $forged 2>$null | Should -BeNullOrEmpty
            }

            Get-Name out | Should -BeNullOrEmpty
            1..2 | ForEach-Object { (./callback.ps1 ($body -f $made.TaskId, 'succeed')).Name | Should -Be harbour.mp4 }
        }
    }

    Context 'A job of GitHub Actions' {
        BeforeAll {
            $yaml = (Get-Content "$Repository/samples/github-actions/kling.yml" -Raw) -replace '\r'
            $run = [regex]::Match($yaml, '(?m)^        run: \|\n((?: {10}.*\n|\n)+)').Groups[1].Value -replace '(?m)^ {10}'

            # As a runner does with shell: pwsh.
            function Invoke-Job([int] $Share, [string] $State = "state-$(New-Guid)") {
                $given = @{ GITHUB_STEP_SUMMARY = "$PWD/summary.md"; TABLE = 'videos.csv'; SHARE = "$Share"; SHARES = '2'
                    XDG_STATE_HOME = "$PWD/$State" }
                $before = @{}
                foreach ($name in $given.Keys) {
                    $before[$name] = [Environment]::GetEnvironmentVariable($name)
                    [Environment]::SetEnvironmentVariable($name, $given[$name])
                }

                try {
                    Set-Content ./step.ps1 "`$ErrorActionPreference = 'stop'`n$run`nif ((Test-Path -LiteralPath variable:\LASTEXITCODE)) { exit `$LASTEXITCODE }"
                    $output = & (Get-Shell) -NoProfile -NonInteractive -Command "$QuickWait; . '$PWD/step.ps1'" 2>&1 | Out-String
                    [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = Get-Plain $output }
                }
                finally {
                    $before.Keys | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $before[$_]) }
                }
            }
        }

        BeforeEach {
            $one, $two, $three = 1..3 | ForEach-Object { "job-$(New-Guid)" }
            Set-Table "Name,Prompt`n$one,A harbour of $one`n$two,A harbour of $two`n$three,A harbour of $three"
        }

        It 'makes its share of the table, and a re-run takes it without paying, with the journal or without' {
            $before = [int](Send-Control created)
            (Invoke-Job 0 kept).ExitCode | Should -Be 0
            Get-Name out | Should -Be (@("$one.mp4", "$three.mp4") | Sort-Object)
            @(Get-Content ./summary.md).Count | Should -Be 2
            Get-Asked | Should -HaveCount 2
            foreach ($state in 'kept', 'lost') {
                Remove-Item ./out -Recurse
                (Invoke-Job 0 $state).ExitCode | Should -Be 0
                Get-Name out | Should -Be (@("$one.mp4", "$three.mp4") | Sort-Object)
            }

            # The machine without the journal asks, and the service has the external ids already.
            (Invoke-Job 1).ExitCode | Should -Be 0
            Get-Name out | Should -HaveCount 3
            Send-Control created | Should -Be ($before + 3)
        }

        It 'says again that a task failed, saves the others, and pays no other' {
            Set-Table "Name,Prompt`n$one,A harbour [sandbox:fail]`nx,x`n$two,A harbour of $two"
            $first = Invoke-Job 0 kept
            $again = Invoke-Job 0 kept
            $first.ExitCode, $again.ExitCode | Should -Be 1, 1
            $again.Output | Should -BeLike '*failed*'
            Get-Name out | Should -Be "$two.mp4"
            Get-Asked | Should -HaveCount 2
        }

        It 'pays nothing without a key' {
            $env:COMETAPI_KEY = $null
            (Invoke-Job 0).ExitCode | Should -Be 1
            Get-Asked | Should -BeNullOrEmpty
        }

        It 'takes nothing but variables from who starts it' {
            $run | Should -Match 'Import-Csv -LiteralPath \$env:TABLE'
            $run | Should -Not -Match '\$\{\{'
            $problems = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($run, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
        }
    }

    Context 'The key from a vault' {
        It 'pays with the secret' {
            function Get-Secret([string] $Name) {
                if ($Name -eq 'CometApiKey') {
                    $secret = [securestring]::new()
                    'sk-from-the-vault-0123456789'.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
                    $secret
                }
            }

            ./connect.ps1
            $null = New-KlingVideo 'A harbour'
            Get-Asked | Should -BeLike 'POST * Bearer sk-from-the-vault-0123456789'
        }

        It 'does not pay with another key when there is no secret' {
            function Get-Secret {
                [CmdletBinding()]
                param([string] $Name)
                Write-Error "The secret $Name was not found."
            }

            { ./connect.ps1 } | Should -Throw '*CometApiKey*'
        }

        It 'ends what comes after it when there is no vault' {
            Set-Content ./both.ps1 './connect.ps1; New-KlingVideo "A harbour"'
            Wait-Recipe (Start-Recipe both.ps1) | Should -Not -Match '\d{18}'
            Get-Asked | Should -BeNullOrEmpty
        }
    }

    Context 'Through a proxy' {
        BeforeEach {
            # A name that resolves nowhere (RFC 6761), so that only a proxy leads there.
            $env:COMETAPI_BASE_URL = 'https://kling.invalid/kling/'
            $PSDefaultParameterValues['Connect-Kling:MaxRetryCount'] = 0

            function Get-Secret([string] $Name) {
                if ($Name -eq 'KlingProxy') {
                    [pscredential]::new('name', (ConvertTo-SecureString 'word' -AsPlainText -Force))
                }
            }
        }

        AfterEach { $env:KLING_PROXY = $null }

        It 'asks it for a tunnel, tells it no key, and pays nothing when it gives none' {
            $env:KLING_PROXY = "http://$($server.BaseUri.Authority)"
            ./proxy.ps1
            New-KlingVideo 'A harbour' -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            $problem[0].Exception.Submission | Should -Be NotSent
            $asked = @(Get-Asked *)
            $asked[0] | Should -BeLike 'CONNECT kling.invalid:443*'
            $asked -like '*Bearer*' | Should -BeNullOrEmpty
        }

        It 'pays nothing when it does not answer' {
            $env:KLING_PROXY = 'http://127.0.0.1:1'
            ./proxy.ps1
            New-KlingVideo 'A harbour' -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            $problem[0].Exception.Submission | Should -Be NotSent
        }
    }

    Context 'Several accounts' {
        BeforeEach {
            Set-Table "Name,Prompt`none,A harbour`ntwo,A mill" ./STUDIO/videos.csv
            Set-Table "Name,Prompt`nthree,A beach" ./AGENCY/videos.csv
            # The runspaces of -Parallel know nothing of this one's preferences.
            Set-Content ./videos.ps1 "$QuickWait`n$(Get-Content ./videos.ps1 -Raw)"
            $env:KLING_KEY_STUDIO = 'sk-studio-0123456789abcdef'
            $env:KLING_KEY_AGENCY = 'sk-agency-0123456789abcdef'
        }

        AfterEach { $env:KLING_KEY_STUDIO = $env:KLING_KEY_AGENCY = $null }

        It 'pays each video with the key of its account, once, and saves it in its folder' {
            1..2 | ForEach-Object { ./accounts.ps1 }
            $asked = Get-Asked
            $asked | Should -HaveCount 3
            $asked -like '*Bearer sk-studio-0123456789abcdef' | Should -HaveCount 2
            $asked -like '*Bearer sk-agency-0123456789abcdef' | Should -HaveCount 1
            Get-Name STUDIO/out | Should -Be one.mp4, two.mp4
            Get-Name AGENCY/out | Should -Be three.mp4
            Get-Name out | Should -BeNullOrEmpty
        }

        It 'pays for no account without a key' {
            $env:KLING_KEY_AGENCY = $null
            ./accounts.ps1 2>$null
            $asked = @(Get-Asked *)
            $asked -like 'POST*' | Should -HaveCount 2
            $asked -notlike '*Bearer sk-studio-0123456789abcdef' -notlike 'GET */videos/*.mp4*' | Should -BeNullOrEmpty
        }
    }

    # Wine does not start the service of an HttpListener every time.
    Context 'Notification on completion' -Skip:(Test-Path HKCU:/Software/Wine) {
        BeforeEach {
            $free = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $free.Start()
            $env:KLING_WEBHOOK = "http://127.0.0.1:$($free.LocalEndpoint.Port)/hook/"
            $free.Stop()
            $heard = [System.Collections.Generic.List[string]]::new()
            $listener = [System.Net.HttpListener]::new()
            $listener.Prefixes.Add($env:KLING_WEBHOOK)
            $listener.Start()
            $next = @{ Request = $listener.GetContextAsync() }

            # The recipe in a process of its own, and its webhook here.
            function Invoke-Notify([int] $Answer = 204) {
                $child = Start-Child (Get-Shell) "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $(Get-Encoded "Set-Location '$PWD'; $QuickWait; `$ErrorActionPreference = 'Stop'; ./notify.ps1")"
                try {
                    $ended = $child.StandardOutput.ReadToEndAsync()
                    while ([System.Threading.Tasks.Task]::WaitAny($next.Request, $ended) -eq 0) {
                        $context = $next.Request.Result
                        $heard.Add([System.IO.StreamReader]::new($context.Request.InputStream).ReadToEnd())
                        $context.Response.StatusCode = $Answer
                        $context.Response.Close()
                        $next.Request = $listener.GetContextAsync()
                    }

                    $child.WaitForExit()
                    $child.ExitCode
                }
                finally {
                    Stop-Child $child
                }
            }
        }

        AfterEach {
            $listener.Close()
            $env:KLING_WEBHOOK = $null
        }

        It 'tells of each task that has ended, the failed ones too, once and without an address' {
            $name = "Hafen bei K$([char]0xF6)ln"
            $null = New-KlingVideo 'A harbour' -Name $name
            $null = New-KlingVideo 'A storm [sandbox:fail]' -Name bad
            $null = New-KlingVideo 'A mill [sandbox:slow 3600]' -Name slow
            1..2 | ForEach-Object { Invoke-Notify } | Should -Be 0, 0
            $notices = @($heard | ConvertFrom-Json | Sort-Object status)
            $notices.name | Should -Be bad, $name
            $notices.status | Should -Be Failed, Succeeded
            $notices[0].reason | Should -Not -BeNullOrEmpty
            $notices.taskId | Should -Match '^\d+$'
            "$heard" | Should -Not -Match 'http|ksSecret'
            Get-Asked | Should -HaveCount 3
        }

        It 'tells again when the webhook failed' {
            $null = New-KlingVideo 'A harbour'
            Invoke-Notify 500 | Should -Be 1
            Get-Name told | Should -BeNullOrEmpty
            1..2 | ForEach-Object { Invoke-Notify } | Should -Be 0, 0
            Get-Name told | Should -HaveCount 1
            $heard | Should -HaveCount 2
        }
    }
}

Describe 'The page' {
    It 'has <Name> in at most 15 lines, without a finding, for Windows PowerShell 5.1 too' -ForEach $scripts {
        ($Code.Trim() -split '\n').Count | Should -BeLessOrEqual 15
        $problems = $null
        $null = [System.Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $problems)
        $problems | Should -BeNullOrEmpty
        # Where there is the analyzer.
        if (Get-Module -ListAvailable PSScriptAnalyzer) {
            $settings = @{
                Severity = 'Error', 'Warning'
                Rules    = @{ PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('5.1') } }
            }
            Invoke-ScriptAnalyzer -ScriptDefinition $Code -Settings $settings | ForEach-Object Message | Should -BeNullOrEmpty
        }
    }

    It 'has a name and a test for each script, and links to what there is' {
        [regex]::Matches($page, '```powershell').Count | Should -Be ([regex]::Matches($page, '```powershell\n# \S+\.ps1: ').Count)
        $tests = Get-Content "$Repository/tests/pester/Recipes.Tests.ps1" -Raw
        foreach ($script in [regex]::Matches($page, '```powershell\n# (\S+\.ps1): ')) {
            $tests | Should -Match ([regex]::Escape($script.Groups[1].Value))
        }

        foreach ($link in [regex]::Matches($page, '\]\((?!http)([^)]+)\)')) {
            "$Repository/docs/$($link.Groups[1].Value)" | Should -Exist
        }
    }
}
