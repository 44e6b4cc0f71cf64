BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $server = Start-TestServer -TaskSeconds 0.2
    $key = 'sk-7c1a9e5f3b8d2046WXYZ'
}

AfterAll {
    Exit-Suite
    Stop-Child $server
}

Describe 'Secrets' {
    It 'are in no transcript, no JSON, no CliXml and no error' {
        $transcript = "$TestDrive/transcript.txt"
        $log = "$TestDrive/everything.txt"
        $script = "
            $QuickWait
            `$VerbosePreference = `$DebugPreference = `$InformationPreference = 'Continue'
            Import-Module '$Manifest' -Verbose:`$false
            Start-Transcript '$transcript' | Out-Null
            Connect-Kling -ApiKey `$env:SECRET -BaseUri $($server.BaseUri) -PassThru
            `$task = New-KlingVideo 'A' -Model kling-v1-6 | Wait-KlingTask
            `$extension = `$task | New-KlingExtension -Prompt 'On' | Wait-KlingTask
            `$task, `$extension | Save-KlingVideo -Destination '$TestDrive/out' | Select-Object Name
            Get-KlingTask 1 -ErrorVariable failed
            `$task | Save-KlingVideo -Destination '$TestDrive/out' -ErrorVariable +failed
            Get-KlingTask -Last 5
            Get-KlingConnection | Format-List *
            Stop-Transcript | Out-Null
            `$url = `$task.Videos[0].Url.AbsoluteUri
            `$all = @(`$task; `$extension; Get-KlingConnection; `$failed; `$Error)
            # Deeper in an error are the types of .NET, which the JSON never gets to the end of under Wine.
            `$text = @(`$all | ForEach-Object {
                    `$_ | ConvertTo-Json -Depth `$(if (`$_ -is [Management.Automation.ErrorRecord]) { 2 } else { 4 }) -WarningAction Ignore -EnumsAsStrings
                }; [Management.Automation.PSSerializer]::Serialize(`$all, 3)) -join ''
            foreach (`$own in @(`$task; `$extension).Videos.Url) {
                `$text = `$text.Replace(`$own.AbsoluteUri, '').Replace([Security.SecurityElement]::Escape(`$own.AbsoluteUri), '')
            }
            Set-Content '$log' `$text
            Set-Content '$TestDrive/signed.txt' (`$task.Videos[0].Url.Query -replace '^.*(ksSecret=[^&]*).*$', '`$1')"
        $env:SECRET = $key
        try {
            # Not by the call operator, which takes the streams of another PowerShell apart.
            $child = Start-Child (Get-Shell) "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $(Get-Encoded "& { $script } *>&1 | Out-String -Width 400")"
            $streams = $child.StandardOutput.ReadToEnd()
        } finally {
            Stop-Child $child
            $env:SECRET = $null
        }

        $signed = (Get-Content "$TestDrive/signed.txt" -Raw).Trim()
        $signed | Should -BeLike 'ksSecret=*'
        $searched = @($streams; Get-Content $transcript -Raw; Get-Content $log -Raw)
        foreach ($text in $searched) {
            $text.Length | Should -BeGreaterThan 1000
            $text | Should -Not -Match ([regex]::Escape($key))
            $text | Should -Not -Match ([regex]::Escape($signed))
        }
    }
}
