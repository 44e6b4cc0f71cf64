BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
}

AfterAll { Exit-Suite }

Describe 'The one-liner' {
    BeforeAll {
        $server = Start-TestServer -TaskSeconds 0.2

        function Invoke-OneLiner([string] $Destination) {
            New-KlingVideo -Prompt 'A quiet harbour at dawn' -Model kling-v1-6 |
                Wait-KlingTask | New-KlingExtension -Prompt 'The sun breaks through' |
                Wait-KlingTask | Save-KlingVideo -Destination $Destination
        }
    }

    AfterAll { Stop-Child $server }

    It 'saves a longer video on <_>' -ForEach 'the sandbox', 'a server' {
        if ($_ -eq 'a server') {
            Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $server.BaseUri
        }
        else {
            Connect-Kling -Sandbox -SandboxTaskSec 0.2
        }

        $file = Invoke-OneLiner "$TestDrive/$_"
        $file | Should -BeOfType System.IO.FileInfo
        $file.Name | Should -Be "$($file.VideoId).mp4"
        $task = Get-KlingTask $file.TaskId
        $task.Kind | Should -Be 'VideoExtension'
        $task.Duration.TotalSeconds | Should -Be 9.5
        (Get-ChildItem "$TestDrive/$_").Name | Should -Be $file.Name
        # An MP4 starts with the box 'ftyp'.
        [System.Text.Encoding]::ASCII.GetString([System.IO.File]::ReadAllBytes($file.FullName), 4, 4) | Should -Be 'ftyp'
    }
}

Describe 'Waiting for many' {
    BeforeEach {
        Connect-Kling -Sandbox -SandboxTaskSec 3600
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
    }

    It 'writes each as it finishes, and takes as long as the longest' {
        $ends = 'slow [sandbox:slow 3]', 'quick [sandbox:slow 0.5]', 'quick too [sandbox:slow 0.5]' | New-KlingVideo |
            ForEach-Object -Begin { $ids = @() } -Process { $ids += $_.TaskId; $_ } | Wait-KlingTask |
            ForEach-Object { [pscustomobject]@{ TaskId = $_.TaskId; At = $clock.Elapsed.TotalSeconds } }
        $ends[2].TaskId | Should -Be $ids[0]
        $ends[0..1].TaskId | Sort-Object | Should -Be ($ids[1..2] | Sort-Object)
        $ends[1].At | Should -BeLessThan 2
        $ends[2].At | Should -BeGreaterOrEqual 3
        $ends[2].At | Should -BeLessThan 4.5
    }

    It 'ends when downstream has enough' {
        $first = 'endless', 'quick [sandbox:slow 0.2]' | New-KlingVideo | Wait-KlingTask -TimeoutSec -1 | Select-Object -First 1
        $first.Status | Should -Be 'Succeeded'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
    }

    It 'ends with the first under -Any' {
        $first = 'endless', 'quick [sandbox:slow 0.2]' | New-KlingVideo | Wait-KlingTask -Any
        $first | Should -HaveCount 1
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
    }

    It 'goes on with what was late' {
        'slow [sandbox:slow 0.5]', 'quick [sandbox:slow 0]' | New-KlingVideo |
            Wait-KlingTask -TimeoutSec 0 -ErrorAction SilentlyContinue -ErrorVariable late | Should -HaveCount 1
        ($late.TargetObject | Wait-KlingTask).Status | Should -Be 'Succeeded'
    }
}
