BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite

    # It takes milliseconds, and the contract says under a second; a busy machine gets a little more.
    $Prompt = 2
}

AfterAll { Exit-Suite }

Describe 'An interrupted wait' {
    It 'comes back from Ctrl+C at once' -Skip:($IsWindows -or $PSEdition -eq 'Desktop') {
        # The verbose line of the first poll says that the wait is under way.
        $script = "Import-Module '$Manifest'; Connect-Kling -Sandbox -SandboxTaskSec 3600; `$task = New-KlingVideo 'A harbour'
            `$task | Wait-KlingTask -TimeoutSec -1 -Verbose 4>&1 | ForEach-Object { [Console]::WriteLine([string]`$_) }
            [Console]::WriteLine('The wait ended.')"
        $child = Start-Child (Get-Shell) "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $(Get-Encoded $script)"
        try {
            Read-Line $child | Should -BeLike 'GET *HTTP 200*'
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            & sh -c "kill -INT $($child.Id)"
            $child.WaitForExit(10000) | Should -BeTrue
            $clock.Elapsed.TotalSeconds | Should -BeLessThan $Prompt
            $child.StandardOutput.ReadToEnd() | Should -Not -BeLike '*The wait ended.*'
        }
        finally {
            Stop-Child $child
        }
    }

    It 'comes back from Stop at once' {
        $shell = [powershell]::Create()
        try {
            [void]$shell.AddScript({
                    param($manifest)
                    Import-Module $manifest
                    Connect-Kling -Sandbox -SandboxTaskSec 3600
                    New-KlingVideo 'A harbour' | Wait-KlingTask -TimeoutSec -1 -Verbose
                }).AddArgument($Manifest)
            Register-ObjectEvent -InputObject $shell.Streams.Verbose -EventName DataAdded -SourceIdentifier KlingPS.Polled
            $running = $shell.BeginInvoke()
            $seen = Wait-Event -SourceIdentifier KlingPS.Polled -Timeout 30
            $seen | Should -Not -BeNullOrEmpty
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan $Prompt
            $running.IsCompleted | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally {
            Unregister-Event -SourceIdentifier KlingPS.Polled -ErrorAction Ignore
            Get-Event -SourceIdentifier KlingPS.Polled -ErrorAction Ignore | Remove-Event
            $shell.Dispose()
        }
    }
}
