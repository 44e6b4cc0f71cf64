BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $server = Start-TestServer -TaskSeconds 0.2
    Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $server.BaseUri
    $done = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask
}

AfterAll {
    Exit-Suite
    Stop-Child $server
}

Describe 'Jobs' {
    It 'a <_> extends a task it was given, and what it wrote is saved here' -ForEach 'Start-ThreadJob', 'Start-Job' {
        $job = & $_ -ArgumentList $Manifest, $server.BaseUri, $done -ScriptBlock {
            param($manifest, $baseUri, $task)
            Import-Module $manifest
            Connect-Kling -ApiKey 'sk-of-the-job-0123456789' -BaseUri $baseUri
            $task | New-KlingExtension -Prompt 'On' | Wait-KlingTask -PollIntervalSec 0.2
        }
        $extension = $job | Receive-Job -Wait -AutoRemoveJob -ErrorAction Stop
        # Out of a process a video is its id only.
        "$($extension.ParentVideo)" | Should -Be $done.VideoId
        $extension.VideoId | Should -BeOfType string
        $extension | Save-KlingVideo -Destination "$TestDrive/$_" | Should -HaveCount 1
        ($extension | New-KlingExtension | Wait-KlingTask).Duration.TotalSeconds | Should -Be 14
    }
}

Describe 'Runspaces' {
    It 'have a connection each' {
        $saw = 1..4 | ForEach-Object -ThrottleLimit 4 -UseNewRunspace -Parallel {
            Import-Module $using:Manifest
            $before = @(Get-KlingConnection).Count
            Connect-Kling -ApiKey "sk-0123456789abcdefkey$_" -BaseUri $using:server.BaseUri
            $task = New-KlingVideo "Harbour $_" | Wait-KlingTask -PollIntervalSec 0.2
            [pscustomobject]@{ Before = $before; Hint = (Get-KlingConnection).KeyHint; Status = "$($task.Status)"; Number = $_ }
        }
        $saw | Should -HaveCount 4
        $saw.Before | Should -Be @(0, 0, 0, 0)
        $saw.Status | Should -Be @('Succeeded', 'Succeeded', 'Succeeded', 'Succeeded')
        $saw | ForEach-Object { $_.Hint | Should -BeLike "sk-*key$($_.Number)" }
        (Get-KlingConnection).KeyHint | Should -BeLike 'sk-*WXYZ'
    }
}

Describe 'A connection that is shared' {
    It 'works in ForEach-Object -Parallel and in a thread job, and is still there afterwards' {
        $kling = Get-KlingConnection
        $tasks = 1..4 | ForEach-Object -ThrottleLimit 2 -Parallel {
            Import-Module $using:Manifest
            Connect-Kling -Connection $using:kling
            New-KlingVideo "Harbour $_"
            Disconnect-Kling
        }
        $tasks += Start-ThreadJob { Import-Module $using:Manifest; Connect-Kling -Connection $using:kling; New-KlingVideo 'Sun' } |
            Receive-Job -Wait -AutoRemoveJob
        @($tasks | Wait-KlingTask -PollIntervalSec 0.2).Status | Should -Be @('Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded')
        (Get-KlingConnection).KeyHint | Should -BeLike 'sk-*WXYZ'
    }

    It 'does not reach another process' {
        $kling = Get-KlingConnection
        $job = Start-Job { Import-Module $using:Manifest; Connect-Kling -Connection $using:kling }
        { $job | Receive-Job -Wait -AutoRemoveJob -ErrorAction Stop } | Should -Throw -ErrorId 'NotConnected,*'
    }
}

Describe 'The common parameters' {
    It '-OutVariable holds what was written' {
        $tasks = 'A', 'B' | New-KlingVideo | Wait-KlingTask -OutVariable kept
        $kept.TaskId | Should -Be $tasks.TaskId
        $kept | Should -HaveCount 2
    }

    It '-ErrorVariable holds the errors, and the others still come' {
        $tasks = '1234567890123456789', $done.TaskId, '2234567890123456789' |
            Get-KlingTask -Kind TextToVideo -ErrorAction SilentlyContinue -ErrorVariable unknown
        $tasks.TaskId | Should -Be $done.TaskId
        $unknown.TargetObject | Should -Be @('1234567890123456789', '2234567890123456789')
        $unknown[0].Exception.HttpStatus | Should -BeGreaterOrEqual 400
        $unknown[0].Exception.RequestId | Should -Not -BeNullOrEmpty
    }

    It '-ErrorAction Stop ends the pipeline at the first error' {
        $got = [System.Collections.Generic.List[object]]::new()
        { $done.TaskId, '1234567890123456789', $done.TaskId | Get-KlingTask -Kind TextToVideo -ErrorAction Stop | ForEach-Object { $got.Add($_) } } |
            Should -Throw -ErrorId 'TaskNotFound,*'
        $got | Should -HaveCount 1
    }

    It '$ErrorActionPreference does the same' {
        $ErrorActionPreference = 'Stop'
        { Get-KlingTask '1234567890123456789' } | Should -Throw -ErrorId 'TaskNotFound,*'
    }

    It '-ErrorAction Continue shows each error and goes on' {
        $all = '1234567890123456789', $done.TaskId, '2234567890123456789' |
            Get-KlingTask -Kind TextToVideo -ErrorAction Continue 2>&1
        $all | ForEach-Object { $_.GetType().Name } | Should -Be @('ErrorRecord', 'KlingTask', 'ErrorRecord')
    }

    It '-ErrorAction Inquire asks, and where nobody can answer the pipeline ends with nothing more asked of the service' {
        $script = "Import-Module '$Manifest'; Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $($server.BaseUri)
            try { Get-KlingTask 1234567890123456789, $($done.TaskId) -Kind TextToVideo -ErrorAction Inquire; 'went on' }
            catch { 'ended: ' + `$_.FullyQualifiedErrorId }"
        $said = & (Get-Shell) -NoProfile -NonInteractive -EncodedCommand (Get-Encoded $script) 2>&1 | Out-String
        $said | Should -BeLike '*ended: *'
        $said | Should -Not -BeLike '*went on*'
        $said | Should -Not -BeLike "*$($done.VideoId)*"
    }

    It '-Confirm pays nothing where nobody can answer, and -Confirm:$false does not ask' {
        $script = "Import-Module '$Manifest'; Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $($server.BaseUri)
            try { `$task = New-KlingVideo 'A harbour' -Confirm; 'went on ' + `$task.TaskId } catch { 'ended' }
            `$ConfirmPreference = 'Low'
            'made ' + @(New-KlingVideo 'A harbour' -Confirm:`$false).Count"
        $said = & (Get-Shell) -NoProfile -NonInteractive -EncodedCommand (Get-Encoded $script) 2>&1 | Out-String
        $said | Should -BeLike '*ended*made 1*'
        $said | Should -Not -Match 'went on'
    }

    It '-ErrorAction Ignore leaves no trace' {
        $Error.Clear()
        Get-KlingTask '1234567890123456789', $done.TaskId -Kind TextToVideo -ErrorAction Ignore | Should -HaveCount 1
        $Error | Should -HaveCount 0
    }

    It 'never shows the key' {
        $all = & {
            $VerbosePreference = $DebugPreference = 'Continue'
            $task = New-KlingVideo 'A' | Wait-KlingTask
            $task, (Get-KlingConnection) | ConvertTo-Json -Depth 5
            Get-KlingConnection | Format-List -Property *
            Get-KlingTask '1234567890123456789'
            $Error[0] | Format-List -Property * -Force
        } *>&1 | Out-String -Width 1000
        $all | Should -Not -BeLike '*0123456789abcdef*'
        $all | Should -BeLike '*request id*'
    }
}
