BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $server = Start-TestServer -TaskSeconds 0.2
    $state = $env:XDG_STATE_HOME
    $env:XDG_STATE_HOME = "$TestDrive"
    $env:KLINGPS_JOURNAL = $null
    $here = @{ ApiKey = 'sk-0123456789abcdefWXYZ'; BaseUri = $server.BaseUri }
    $connect = "Import-Module '$Manifest'; Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $($server.BaseUri)"
}

AfterAll {
    $env:XDG_STATE_HOME = $state
    Exit-Suite
    Stop-Child $server
}

Describe 'The journal' {
    It 'brings back in another process what a closed one submitted' {
        $made = & (Get-Shell) -NoProfile -NonInteractive -EncodedCommand (Get-Encoded "$connect
            'A', 'B', 'C' | New-KlingVideo | ForEach-Object TaskId")
        $made | Should -HaveCount 3
        Connect-Kling @here
        (Get-KlingTask -Last 2).TaskId | Should -Be $made[1..2]
        (Get-KlingTask $made[0]).Kind | Should -Be 'TextToVideo'
    }

    It 'says once what a killed process left, which stays unsettled until it is cleared' {
        $slow = Start-TestServer -TaskSeconds 0.2 -Hang
        try {
            $child = Start-Child (Get-Shell) "-NoProfile -NonInteractive -EncodedCommand $(Get-Encoded "Import-Module '$Manifest'
                Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $($slow.BaseUri)
                New-KlingExtension 861234567890123456 861234567890123457")"
            do {
                $line = Read-Line $slow
            } until ($null -eq $line -or $line -like 'POST*')
            $line | Should -Be 'POST /kling/v1/videos/video-extend'
        } finally {
            Stop-Child $child
            Stop-Child $slow
        }

        Connect-Kling @here -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*VideoExtension of task 861234567890123456*Clear-KlingIntent*'
        Connect-Kling @here -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
        Get-KlingIntent | Should -HaveCount 1
        Get-KlingIntent | Clear-KlingIntent
        Get-KlingIntent | Should -BeNullOrEmpty
    }

    It 'is for its owner only' -Skip:($IsWindows -or $PSEdition -eq 'Desktop') {
        if ([KlingPS.KlingTask].Assembly.GetReferencedAssemblies().Name -contains 'mscorlib') {
            Set-ItResult -Skipped -Because 'the assemblies for Windows PowerShell set no rights of Unix'
        }

        (Get-Item "$TestDrive/KlingPS/journal.jsonl").UnixMode | Should -Be '-rw-------'
    }
}
