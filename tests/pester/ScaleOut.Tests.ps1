# The recipes of docs/scale-out.md, as processes of their own against one server.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $server = Start-TestServer -TaskSeconds 0.3
    $env:COMETAPI_KEY = 'sk-0123456789abcdefWXYZ'
    $env:COMETAPI_BASE_URL = $server.BaseUri
    $samples = "$Repository/samples"

    # A script in a PowerShell of its own, with the module that is tested: there may be none beside it.
    function Start-Sample([string] $Arguments) {
        $command = Get-Encoded "$QuickWait; Import-Module '$Manifest'; & $samples/$Arguments; exit `$LASTEXITCODE"
        Start-Child (Get-Shell) "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $command"
    }

    function Wait-Sample($Process) {
        $output = $Process.StandardOutput.ReadToEnd()
        $Process.WaitForExit()
        [pscustomobject]@{ ExitCode = $Process.ExitCode; Output = $output }
        Stop-Child $Process
    }

    function Get-Message([string] $Folder) {
        @(Get-ChildItem "$queue/$Folder" -Recurse -Filter *.json -ErrorAction Ignore)
    }

    function Get-Video([string] $Folder = $out) {
        @(Get-ChildItem $Folder -ErrorAction Ignore)
    }
}

AfterAll {
    Exit-Suite
    Stop-Child $server
}

Describe 'The queue in a folder' {
    BeforeEach {
        $queue = "$TestDrive/$(New-Guid)"
        $out = "$TestDrive/$(New-Guid)"
    }

    It 'hands each task to one of several workers' {
        $tasks = 1..24 | ForEach-Object { "Harbour $_" } | & "$samples/submit-to-queue.ps1" -Queue $queue
        $tasks | Should -HaveCount 24
        Get-Message new | Should -HaveCount 24
        Get-Message unfinished | Should -BeNullOrEmpty

        $workers = 1..3 | ForEach-Object { Start-Sample "save-from-queue.ps1 -Queue $queue -Destination $out -Worker w$_ -BatchSize 3" }
        $results = $workers | ForEach-Object { Wait-Sample $_ }
        $results.ExitCode | Should -Be 0, 0, 0
        Get-Message done | Should -HaveCount 24
        Get-Message | Should -HaveCount 24
        (Get-Video).Name | Sort-Object | Should -Be ($tasks | Get-KlingTask | ForEach-Object { "$($_.VideoId).mp4" } | Sort-Object)
        # Each was saved by one of them only.
        ($results.Output | ForEach-Object { [regex]::Matches($_, '\.mp4').Count } | Measure-Object -Sum).Sum | Should -Be 24
    }

    It 'goes on with what a worker had taken' {
        $null = & "$samples/submit-to-queue.ps1" -Prompt 'Slow [sandbox:slow 1]', 'Quick [sandbox:slow 0]' -Queue $queue
        $first = & "$samples/save-from-queue.ps1" -Queue $queue -Destination $out -Worker w -TimeoutSec 0 -WarningVariable warning 2>$null 3>$null
        $first | Should -HaveCount 1
        Get-Message taken/w | Should -HaveCount 1
        $warning | Should -BeLike "1 task*-Worker 'w'*"
        & "$samples/save-from-queue.ps1" -Queue $queue -Destination $out -Worker w | Should -HaveCount 1
        Get-Message done | Should -HaveCount 2
    }

    It 'is done with what was saved already, and with what failed' {
        $null = & "$samples/submit-to-queue.ps1" -Prompt 'Good', 'Bad [sandbox:fail]' -Queue $queue
        $null = & "$samples/save-from-queue.ps1" -Queue $queue -Destination $out 2>$null
        Get-Message done | Should -HaveCount 1
        Get-Message failed | Should -HaveCount 1
        # As if the worker had been stopped before it moved the message.
        Get-Message done | Move-Item -Destination "$queue/new"
        $null = & "$samples/save-from-queue.ps1" -Queue $queue -Destination $out 2>$null
        Get-Message done | Should -HaveCount 1
        Get-Message | Should -HaveCount 2
        Get-Video | Should -HaveCount 1
    }

    It 'leaves no message for a submission that was refused' {
        $tasks = & "$samples/submit-to-queue.ps1" -Prompt 'No [sandbox:reject]', 'Yes' -Queue $queue 2>$null
        $tasks | Should -HaveCount 1
        (Get-Message new | Get-Content -Raw | ConvertFrom-Json).TaskId | Should -Be $tasks.TaskId
    }
}

Describe 'Shares of a file' {
    BeforeAll {
        $csv = "$TestDrive/tasks.csv"
        $out = "$TestDrive/shares"
        $tasks = 1..10 | ForEach-Object { "Harbour $_" } | New-KlingVideo
        $tasks | Select-Object TaskId, Kind | Export-Csv $csv
    }

    It 'are saved by as many processes, each its own' {
        $shares = 0..3 | ForEach-Object { Start-Sample "save-share.ps1 -Path $csv -Destination $out -Index $_ -Count 4" }
        $results = $shares | ForEach-Object { Wait-Sample $_ }
        $results.ExitCode | Should -Be 0, 0, 0, 0
        @($results.Output | ForEach-Object { [regex]::Matches($_, '\.mp4').Count }) | Should -Be 3, 3, 2, 2
        Get-Video | Should -HaveCount 10
    }

    It 'are done when an earlier run has saved them' {
        $env:JOB_COMPLETION_INDEX = 2
        try {
            (Wait-Sample (Start-Sample "save-share.ps1 -Path $csv -Destination $out -Count 4")).ExitCode | Should -Be 0
        }
        finally {
            $env:JOB_COMPLETION_INDEX = $null
        }

        Get-Video | Should -HaveCount 10
    }

    It 'are saved with the connection of the session' {
        Connect-Kling -Sandbox -SandboxTaskSec 0
        New-KlingVideo 'A harbour' | Select-Object TaskId, Kind | Export-Csv "$TestDrive/sandbox.csv"
        & "$samples/save-share.ps1" -Path "$TestDrive/sandbox.csv" -Destination "$TestDrive/sandbox" | Should -HaveCount 1
        Clear-Connection
    }

    It 'are not done when a task is late' {
        $late = New-KlingVideo 'Slow [sandbox:slow 3600]'
        $late | Select-Object TaskId, Kind | Export-Csv "$TestDrive/late.csv"
        (Wait-Sample (Start-Sample "save-share.ps1 -Path $TestDrive/late.csv -Destination $out -TimeoutSec 0")).ExitCode | Should -Be 1
    }
}

Describe 'The Kubernetes job' {
    BeforeAll { $manifest = Get-Content "$samples/kubernetes/save-job.yaml" -Raw }

    It 'calls the script as it is' {
        $name = [regex]::Match($manifest, '/opt/klingps/([\w-]+\.ps1)').Groups[1].Value
        Get-Content "$samples/kubernetes/Dockerfile" -Raw | Should -Match "COPY samples/$name /opt/klingps/"
        $known = (Get-Command "$samples/$name").Parameters.Keys
        $given = [regex]::Matches($manifest.Substring($manifest.IndexOf($name)), '(?m)^ +- -(\w+)\r?$') | ForEach-Object { $_.Groups[1].Value }
        $given | Should -HaveCount 3
        $given | ForEach-Object { $known | Should -Contain $_ }
    }

    It 'has as many shares as pods' {
        $pods = [regex]::Match($manifest, 'completions: (\d+)').Groups[1].Value
        $pods | Should -BeGreaterThan 1
        $manifest | Should -Match "parallelism: $pods\r?\n"
        $manifest | Should -Match "- -Count\s+- `"$pods`""
        $manifest | Should -Match 'completionMode: Indexed'
    }
}

Describe 'The page' {
    BeforeAll { $page = Get-Content "$Repository/docs/scale-out.md" -Raw }

    It 'names commands, parameters and files that there are' {
        foreach ($block in [regex]::Matches($page, '(?s)```powershell\r?\n(.*?)```')) {
            $problems = $null
            $script = [System.Management.Automation.Language.Parser]::ParseInput($block.Groups[1].Value, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            foreach ($call in $script.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $name = $call.GetCommandName()
                if ($name -eq 'pwsh') {
                    $name = "$($call.CommandElements[2])"
                    $call = [System.Management.Automation.Language.Parser]::ParseInput($call.Extent.Text -replace '^pwsh -File ', [ref] $null, [ref] $null).EndBlock.Statements[0].PipelineElements[0]
                }

                $command = Get-Command $(if ($name -like './*') { "$Repository/$name" } else { $name }) -ErrorAction Stop
                foreach ($parameter in $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    $command.Parameters.Keys | Should -Contain $parameter.ParameterName
                }
            }
        }

        foreach ($link in [regex]::Matches($page, '\]\((?!http)([^)]+)\)')) {
            "$Repository/docs/$($link.Groups[1].Value)" | Should -Exist
        }
    }

    It 'waits and saves for a message of any queue' {
        $made = New-KlingVideo 'A harbour'
        $message = @{ TaskId = $made.TaskId; Kind = "$($made.Kind)" } | ConvertTo-Json
        Clear-Connection
        $message | ConvertFrom-Json | Wait-KlingTask | Save-KlingVideo -Destination "$TestDrive/any" | Should -HaveCount 1
    }
}
