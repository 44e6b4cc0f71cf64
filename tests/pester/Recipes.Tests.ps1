# The recipes of docs/recipes.md, unchanged, against a server that tells what it was asked and with which key.

BeforeDiscovery {
    $page = (Get-Content "$PSScriptRoot/../../docs/recipes.md" -Raw) -replace '\r'
    $scripts = [regex]::Matches($page, '(?s)```powershell\n(# (\S+\.ps1): .*?)```') | ForEach-Object { @{ Name = $_.Groups[2].Value; Code = $_.Groups[1].Value } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $page = (Get-Content "$Repository/docs/recipes.md" -Raw) -replace '\r'
    $server = Start-TestServer -TaskSeconds 0 -Tell
    $key = 'sk-0123456789abcdefWXYZ'

    # Where the recipes, other processes and other runspaces find the module as an installed one.
    $modulePath = $env:PSModulePath
    $installed = (New-Item -ItemType Directory "$TestDrive/modules").FullName
    Copy-Item -LiteralPath (Split-Path $Manifest) -Destination "$installed/KlingPS" -Recurse
    $env:PSModulePath = $installed, $modulePath -join [System.IO.Path]::PathSeparator

    # The scripts of a section, as files in the current folder.
    function Copy-Recipe([string] $Heading) {
        $section = [regex]::Match($page, "(?s)\n## $([regex]::Escape($Heading))\n(.*?)(\n## |$)").Groups[1].Value
        $blocks = [regex]::Matches($section, '(?s)```powershell\n(# (\S+\.ps1): .*?)```')
        $blocks | Should -Not -BeNullOrEmpty
        $blocks | ForEach-Object { Set-Content "./$($_.Groups[2].Value)" $_.Groups[1].Value }
    }

    function Add-Prompt([hashtable] $Prompt, [string] $Folder = '.') {
        $null = New-Item -ItemType Directory "$Folder/prompts" -Force
        $Prompt.Keys | ForEach-Object { Set-Content "$Folder/prompts/$_.txt" $Prompt[$_] }
    }

    function Get-Name([string] $Folder) {
        @(Get-ChildItem "./$Folder" -ErrorAction Ignore | ForEach-Object Name | Sort-Object)
    }

    # What the server was asked since the last time.
    function Get-Asked([string] $Method = 'POST') {
        $server.StandardInput.WriteLine()
        @(while (($line = Read-Line $server) -and $line -ne 'Made 0') {
                if ($line -like "$Method *") {
                    $line
                }
            })
    }

    # Another PowerShell in this folder, whose submission is cut off when the service has it: one of the two dies.
    function Stop-Submission([string] $Script, [string] $Dying) {
        $silent = Start-TestServer -TaskSeconds 0 -Hang
        $env:COMETAPI_BASE_URL = $silent.BaseUri
        $child = Start-Child (Get-Shell) "-NoProfile -NonInteractive -EncodedCommand $(Get-Encoded "Set-Location '$PWD'; & ./$Script 2>&1 | Out-String")"
        try {
            do {
                $line = Read-Line $silent
            } until ($null -eq $line -or $line -like 'POST*')
            $line | Should -BeLike 'POST*'
            $(if ($Dying -eq 'script') { $child } else { $silent }).Kill()
            if ($Dying -eq 'service') {
                $said = $child.StandardOutput.ReadToEndAsync()
                $said.Wait([timespan]::FromSeconds(60)) | Should -BeTrue
                $said.Result | Should -Match 'is unknown'
                $child.WaitForExit()
            }
        }
        finally {
            Stop-Child $child
            Stop-Child $silent
            $env:COMETAPI_BASE_URL = $server.BaseUri
        }
    }
}

AfterAll {
    $env:PSModulePath = $modulePath
    Exit-Suite
    Stop-Child $server
}

Describe 'Recipes' {
    BeforeEach {
        Clear-Connection
        $env:COMETAPI_KEY = $key
        $env:COMETAPI_BASE_URL = $server.BaseUri
        Push-Location (New-Item -ItemType Directory "$TestDrive/$(New-Guid)").FullName
        $null = Get-Asked *
    }

    AfterEach { Pop-Location }

    Context 'A job of GitHub Actions' {
        BeforeAll {
            $yaml = (Get-Content "$Repository/samples/github-actions/kling.yml" -Raw) -replace '\r'
            $run = [regex]::Match($yaml, '(?m)^        run: \|\n((?: {10}.*\n|\n)+)').Groups[1].Value -replace '(?m)^ {10}'

            # As a runner does with shell: pwsh.
            function Invoke-Job([string] $Attempt, [string] $Prompt = 'A harbour', [string] $Id = $runId) {
                $given = @{ GITHUB_RUN_ID = $Id; GITHUB_RUN_ATTEMPT = $Attempt; GITHUB_STEP_SUMMARY = "$PWD/summary.md"; PROMPT = $Prompt }
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

        BeforeEach { $runId = "$(Get-Random)" }

        It 'makes the video, and a re-run takes it without paying' {
            (Invoke-Job 1).ExitCode | Should -Be 0
            $videos = Get-Name out
            $videos | Should -HaveCount 1
            Get-Asked | Should -HaveCount 1
            Remove-Item ./out -Recurse
            (Invoke-Job 2).ExitCode | Should -Be 0
            Get-Name out | Should -Be $videos
            Get-Asked | Should -BeNullOrEmpty
            (Get-Content ./summary.md | Sort-Object -Unique) | Should -Match '^Task \d+$'
        }

        It 'says again that the task failed, and pays no other' {
            $first = Invoke-Job 1 'A harbour [sandbox:fail]'
            $again = Invoke-Job 2 'A harbour [sandbox:fail]'
            $first.ExitCode, $again.ExitCode | Should -Be 1, 1
            $again.Output | Should -BeLike '*failed*'
            Get-Asked | Should -HaveCount 1
        }

        It 'pays in the first attempt only' {
            $result = Invoke-Job 2
            $result.ExitCode | Should -Be 1
            $result.Output | Should -BeLike "*no task 'github-$runId'*"
            Get-Asked | Should -BeNullOrEmpty
        }

        It 'pays nothing when it cannot look for the task' {
            $env:COMETAPI_KEY = $null
            $result = Invoke-Job 1
            $result.ExitCode | Should -Be 1
            Get-Asked | Should -BeNullOrEmpty
        }

        It 'takes nothing but variables from who starts it' {
            $run | Should -Match 'New-KlingVideo \$env:PROMPT'
            $run | Should -Not -Match '\$\{\{'
            $problems = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($run, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
        }
    }

    Context 'Scheduled resume from CliXml' {
        BeforeEach { Copy-Recipe 'Scheduled resume from CliXml' }

        It 'pays once, looks as often as it is run, and keeps each task where it belongs' {
            Add-Prompt @{ good = "A harbour`nat dawn"; bad = 'A storm [sandbox:fail]'; slow = 'A mill [sandbox:slow 8]' }
            1..2 | ForEach-Object { ./submit.ps1 }
            Get-Asked | Should -HaveCount 3
            Get-Name open | Should -Be bad.clixml, good.clixml, slow.clixml
            1..2 | ForEach-Object { ./resume.ps1 }
            Get-Name open | Should -Be slow.clixml
            Get-Name done | Should -Be good.clixml
            Get-Name failed | Should -Be bad.clixml
            Get-Name out | Should -Be good.mp4
            $null = Import-Clixml ./open/slow.clixml | Wait-KlingTask
            ./resume.ps1
            Get-Name open | Should -BeNullOrEmpty
            Get-Name out | Should -Be good.mp4, slow.mp4
            Get-Asked | Should -BeNullOrEmpty
        }

        It 'gives back what was refused, and keeps the others' {
            Add-Prompt @{ good = 'A harbour'; rejected = 'No [sandbox:reject]' }
            ./submit.ps1 -ErrorVariable refused 2>$null
            Get-Name prompts | Should -Be rejected.txt
            Get-Name sent | Should -Be good.txt
            Get-Name open | Should -Be good.clixml
            Set-Content ./prompts/rejected.txt 'Yes'
            ./submit.ps1
            Get-Name open | Should -Be good.clixml, rejected.clixml
        }

        It 'does not pay again when the <_> dies in a submission' -ForEach 'script', 'service' {
            Add-Prompt @{ harbour = 'A harbour' }
            Stop-Submission submit.ps1 $_
            Get-Name prompts | Should -BeNullOrEmpty
            Get-Name sent | Should -Be harbour.txt
            Get-Name open | Should -BeNullOrEmpty
            ./submit.ps1
            ./resume.ps1
            Get-Asked * | Should -BeNullOrEmpty
        }

        It 'pays nothing for a name it has sent, and nothing without a key' {
            Add-Prompt @{ harbour = 'A harbour' }
            ./submit.ps1
            Add-Prompt @{ harbour = 'Another harbour' }
            { ./submit.ps1 } | Should -Throw
            Get-Asked | Should -HaveCount 1
            Clear-Connection
            $env:COMETAPI_KEY = $null
            { ./submit.ps1 } | Should -Throw -ErrorId 'NotConnected,*'
            Get-Name prompts | Should -Be harbour.txt
        }

        It 'saves again when it was stopped before it moved the task' {
            Add-Prompt @{ harbour = 'A harbour' }
            ./submit.ps1
            ./resume.ps1
            Move-Item ./done/harbour.clixml ./open
            ./resume.ps1
            Get-Name done | Should -Be harbour.clixml
            Get-Name out | Should -Be harbour.mp4
        }

        It 'asks nothing while another run is at it' {
            Add-Prompt @{ harbour = 'A harbour' }
            ./submit.ps1
            $null = Get-Asked *
            $lock = [System.IO.File]::Open("$PWD/resume.lock", 'OpenOrCreate', 'ReadWrite', 'None')
            try {
                { ./resume.ps1 } | Should -Throw '*another process*'
            }
            finally {
                $lock.Dispose()
            }

            Get-Asked * | Should -BeNullOrEmpty
            ./resume.ps1
            Get-Name done | Should -Be harbour.clixml
        }
    }

    Context 'CSV in, CSV out, and the retry' {
        BeforeEach {
            Copy-Recipe 'CSV in, CSV out'
            Copy-Recipe 'Retry the failed ones'
            Set-Content ./videos.csv @'
Name,Prompt,Model,Duration
harbour,"A harbour, at dawn",kling-v1-6,10
bad,A storm [sandbox:fail],kling-v1,
rejected,No [sandbox:reject],,
empty,,,
'@

            function Get-Row([string] $Path, [string] $Name) {
                Import-Csv $Path | Where-Object Name -eq $Name
            }
        }

        It 'writes what became of each row, and pays for none twice' {
            1..2 | ForEach-Object { ./submit-csv.ps1 2>$null }
            # The row without a prompt never reached the service.
            Get-Asked | Should -HaveCount 3
            1..2 | ForEach-Object { ./collect-csv.ps1 | Should -HaveCount (2 - $_) }
            (Import-Csv ./results.csv).Name | Should -Be harbour, bad, rejected, empty
            (Import-Csv ./results.csv).Status | Should -Be Succeeded, Failed, NotCreated, NotSent
            (Get-Row ./results.csv harbour).File | Should -Exist
            (Get-Row ./results.csv harbour).TaskId | Should -Match '^\d+$'
            (Get-KlingTask (Get-Row ./results.csv harbour).TaskId -Kind TextToVideo).Duration.TotalSeconds | Should -BeGreaterThan 9
            (Get-Row ./results.csv bad).Reason | Should -Not -BeNullOrEmpty
            (Get-Row ./results.csv rejected).Reason | Should -Match '^The video was not created'
            (Get-Row ./results.csv bad).File | Should -BeNullOrEmpty
            Get-Name out | Should -HaveCount 1
            Get-Asked | Should -BeNullOrEmpty
        }

        It 'sends what failed again under a new name, three times in all' {
            foreach ($added in 3, 3, 0) {
                ./submit-csv.ps1 2>$null
                $null = ./collect-csv.ps1
                ./retry-csv.ps1 | Should -BeLike "$added to send again*"
                ./retry-csv.ps1 | Should -BeLike '0 to send again*'
            }

            (Import-Csv ./videos.csv).Name | Should -Be harbour, bad, rejected, empty, bad~2, rejected~2, empty~2, bad~3, rejected~3, empty~3
            # One harbour, and twice three that are sent and come to nothing.
            Get-Asked | Should -HaveCount 7
        }

        It 'makes the mended row' {
            ./submit-csv.ps1 2>$null
            $null = ./collect-csv.ps1
            $null = ./retry-csv.ps1
            (Get-Content ./videos.csv -Raw) -replace '(?<=rejected~2","|^rejected~2,)[^",]*', 'Yes' | Set-Content ./videos.csv
            ./submit-csv.ps1 2>$null
            $null = ./collect-csv.ps1
            (Get-Row ./results.csv rejected~2).Status | Should -Be Succeeded
        }

        It 'never sends a row again whose submission was cut off, when the <_> dies' -ForEach 'script', 'service' {
            Set-Content ./videos.csv "Name,Prompt`nharbour,A harbour"
            Stop-Submission submit-csv.ps1 $_
            ./submit-csv.ps1
            $null = ./collect-csv.ps1
            (Import-Csv ./results.csv).Status | Should -Be Unknown
            ./retry-csv.ps1 | Should -BeLike '0 to send again*'
            ./submit-csv.ps1
            Get-Asked * | Should -BeNullOrEmpty
        }

        It 'pays nothing for a table without names, with a name twice, or while another run is at it' {
            foreach ($table in "Prompt`nA", "Name,Prompt`nx,A`nX,B", "Name,Prompt`n,A") {
                Set-Content ./videos.csv $table
                { ./submit-csv.ps1 } | Should -Throw '*needs its own Name*'
            }

            Set-Content ./videos.csv "Name,Prompt`nx,A"
            $lock = [System.IO.File]::Open("$PWD/sent.lock", 'OpenOrCreate', 'ReadWrite', 'None')
            try {
                { ./submit-csv.ps1 } | Should -Throw '*another process*'
            }
            finally {
                $lock.Dispose()
            }

            Get-Asked | Should -BeNullOrEmpty
        }
    }

    Context 'The key from a vault' {
        BeforeEach { Copy-Recipe 'The key from a vault' }

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

        It 'says what to install when there is no module' {
            $path = $env:PSModulePath
            $env:PSModulePath = "$PSHOME/Modules"
            try {
                { ./connect.ps1 } | Should -Throw '*Install Microsoft.PowerShell.SecretManagement*'
            }
            finally {
                $env:PSModulePath = $path
            }
        }
    }

    Context 'Through a proxy' {
        BeforeEach {
            Copy-Recipe 'Through a proxy'
            # A name that resolves nowhere (RFC 6761), so that only a proxy leads there.
            $env:COMETAPI_BASE_URL = 'https://kling.invalid/kling/'
        }

        AfterEach { $env:KLING_PROXY = $null }

        It 'asks it for a tunnel, tells it no key, and pays nothing when it gives none' {
            $env:KLING_PROXY = "http://name:word@$($server.BaseUri.Authority)"
            "$(./proxy.ps1)" | Should -Be "http://$($server.BaseUri.Authority)/"
            Connect-Kling -Proxy $env:KLING_PROXY -MaxRetryCount 0
            New-KlingVideo 'A harbour' -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            $problem[0].Exception.Submission | Should -Be NotSent
            $asked = @(Get-Asked *)
            $asked[0] | Should -BeLike 'CONNECT kling.invalid:443*'
            $asked -like '*Bearer*' | Should -BeNullOrEmpty
        }

        It 'pays nothing when it does not answer' {
            $env:KLING_PROXY = 'http://127.0.0.1:1'
            $null = ./proxy.ps1
            Connect-Kling -Proxy $env:KLING_PROXY -MaxRetryCount 0
            New-KlingVideo 'A harbour' -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            $problem[0].Exception.Submission | Should -Be NotSent
        }
    }

    Context 'Several accounts at once' {
        BeforeEach {
            Copy-Recipe 'Scheduled resume from CliXml'
            Copy-Recipe 'Several accounts at once'
            Add-Prompt @{ one = 'A harbour'; two = 'A mill' } STUDIO
            Add-Prompt @{ three = 'A beach' } AGENCY
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
            $asked = Get-Asked *
            $asked | Should -Not -BeNullOrEmpty
            $asked -like 'POST*' | Should -HaveCount 2
            $asked -notlike '*Bearer sk-studio-0123456789abcdef' -notlike 'GET */videos/*.mp4*' | Should -BeNullOrEmpty
            Get-Name AGENCY/prompts | Should -Be three.txt
        }
    }

    # Wine does not start the service of an HttpListener every time.
    Context 'Notification on completion' -Skip:(Test-Path HKCU:/Software/Wine) {
        BeforeEach {
            Copy-Recipe 'Scheduled resume from CliXml'
            Copy-Recipe 'Notification on completion'
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
            Add-Prompt @{ $name = 'A harbour'; bad = 'A storm [sandbox:fail]'; slow = 'A mill [sandbox:slow 3600]' }
            ./submit.ps1
            1..2 | ForEach-Object { ./resume.ps1; Invoke-Notify } | Should -Be 0, 0
            $notices = @($heard | ConvertFrom-Json | Sort-Object status)
            $notices.name | Should -Be bad, $name
            $notices.status | Should -Be Failed, Succeeded
            $notices[0].reason | Should -Not -BeNullOrEmpty
            $notices.taskId | Should -Match '^\d+$'
            "$heard" | Should -Not -Match 'http|ksSecret'
            Get-Name open | Should -Be slow.clixml
            Get-Name told | Should -HaveCount 2
            Get-Asked | Should -HaveCount 3
        }

        It 'tells again when the webhook failed, and pays nothing for it' {
            Add-Prompt @{ harbour = 'A harbour' }
            ./submit.ps1
            ./resume.ps1
            Invoke-Notify 500 | Should -Be 1
            Get-Name told | Should -BeNullOrEmpty
            Invoke-Notify | Should -Be 0
            Get-Name told | Should -Be harbour.clixml
            $heard | Should -HaveCount 2
            Get-Asked | Should -HaveCount 1
        }
    }
}

Describe 'The page' {
    It 'has <Name> in at most 20 lines, without a finding, for Windows PowerShell 5.1 too' -ForEach $scripts {
        ($Code.Trim() -split '\n').Count | Should -BeLessOrEqual 20
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
            $tests | Should -Match ([regex]::Escape("./$($script.Groups[1].Value)"))
        }

        foreach ($link in [regex]::Matches($page, '\]\((?!http)([^)]+)\)')) {
            "$Repository/docs/$($link.Groups[1].Value)" | Should -Exist
        }
    }
}
