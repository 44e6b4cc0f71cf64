BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite -SandboxTaskSec 0
    $task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask
    $escape = [string][char]27
}

AfterAll { Exit-Suite }

Describe 'A task on the screen' {
    It 'is a row of six columns within 100 characters, <_>' -ForEach 'live', 'from a file' {
        $it = $task
        if ($_ -eq 'from a file') {
            $task | Export-Clixml 'TestDrive:/task'
            $it = Import-Clixml 'TestDrive:/task'
        }

        $lines = @(($it | Out-String -Width 100) -replace '\x1b\[[0-9;]*m' -split '\r?\n' | Where-Object { $_ })
        $lines | Should -HaveCount 3
        -split $lines[0] | Should -Be @('TaskId', 'Status', 'Title', 'Age', 'Duration', 'Kind')
        $lines[2] | Should -Match "^$($task.TaskId) +Succeeded +A harbour +\d+ s +5[.,]0 s TextToVideo$"
    }

    It 'keeps to <Columns> columns, with the columns <Names>' -ForEach @(
        @{ Columns = 60; Names = 'TaskId Status Title Age' }
        @{ Columns = 80; Names = 'TaskId Status Title Age Duration Kind' }
        @{ Columns = 200; Names = 'TaskId Status Title Age Duration Kind' }
    ) {
        $lines = @(($task | Out-String -Width $Columns) -replace '\x1b\[[0-9;]*m' -split '\r?\n' | Where-Object { $_ })
        $lines | Should -HaveCount 3
        (-split $lines[0]) -join ' ' | Should -Be $Names
        $lines | Should -Not -BeLike "*$([char]0x2026)*"
    }

    It 'shows its status in strict mode too' {
        & { Set-StrictMode -Version Latest; $task | Out-String } | Should -BeLike '*Succeeded*'
    }

    It 'is a list of every property' {
        $list = ($task | Format-List | Out-String) -replace '\x1b\[[0-9;]*m'
        $names = @([regex]::Matches($list, '(?m)^(\w+) +:').ForEach({ $_.Groups[1].Value }))
        $names | Sort-Object | Should -Be @($task.PSObject.Properties.Name | Sort-Object)
        $list | Should -Not -BeLike '*{...}*'
    }

    It 'has no escape codes in a file' {
        $task > 'TestDrive:/task.txt'
        Get-Content 'TestDrive:/task.txt' -Raw | Should -Not -BeLike "*$escape*"
        Get-Content 'TestDrive:/task.txt' -Raw | Should -BeLike "*$($task.TaskId)*Succeeded*"
    }
}

Describe 'The models on the screen' {
    It 'are a table within 80 columns, a row each' {
        $lines = @((Get-KlingModel | Out-String -Width 80) -replace '\x1b\[[0-9;]*m' -split '\r?\n' | Where-Object { $_ })
        $lines | Should -HaveCount (2 + @(Get-KlingModel).Count)
        (-split $lines[0]) -join ' ' | Should -Be 'Name Makes Seconds Modes Audio Extend Retired'
        $lines | Should -Not -BeLike "*$([char]0x2026)*"
        $lines -match '^kling-v3 ' | Should -Match '^kling-v3 +text image motion +3-15 +std pro 4k +yes +no +no'
    }
}

Describe 'A process of its own' {
    BeforeAll {
        function Invoke-Shell([string] $Script) {
            $setUp = "Import-Module '$Manifest'; Connect-Kling -Sandbox -SandboxTaskSec 0
                `$task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask`n"
            & (Get-Shell) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand (Get-Encoded ($setUp + $Script)) 2>&1 | Out-String -Width 500
        }
    }

    It 'shows the table from its first command on, whatever that is' {
        $script = "`$env:KLINGPS_JOURNAL = 'off'; Import-Module '$Manifest'; 'Making.'
            `$tasks = & { Connect-Kling -Sandbox -SandboxTaskSec 0; 1..2 | ForEach-Object { New-KlingVideo 'A harbour' } }; `$tasks"
        $text = & (Get-Shell) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand (Get-Encoded $script) | Out-String -Width 500
        ($text -replace '\e\[[0-9;]*m') | Should -Match 'TaskId +Status +Title'
    }

    It 'shows what -WhatIf would send, and sends nothing' {
        $text = Get-Plain (Invoke-Shell '$made = $task | New-KlingExtension -Prompt ''On'' -WhatIf; "made $(@($made).Count)"')
        $text | Should -Match 'What if: POST https?://[^ ]+/kling/v1/videos/video-extend \{ "task_id": "\d+", "video_id": "\d+", "prompt": "On" \}'
        $text | Should -BeLike '*made 0*'
        Invoke-Shell '$task | New-KlingExtension -WhatIf -Verbose; $task | Save-KlingVideo -Destination ./nowhere -WhatIf; Test-Path ./nowhere' |
            Should -Not -Match 'HTTP 200|True'
    }

    It 'colours the status, but not under NO_COLOR' {
        $before = $env:NO_COLOR
        try {
            $env:NO_COLOR = '1'
            Invoke-Shell '$task; $task | Format-List; Get-KlingTask 1' | Should -Not -BeLike "*$escape*"
        }
        finally {
            $env:NO_COLOR = $before
        }

        $before = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            $task | Out-String | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Green)Succeeded$($PSStyle.Reset)"))
        }
        finally {
            $PSStyle.OutputRendering = $before
        }
    }
}

Describe 'An error on the screen' {
    It 'says what happened and what to do, each once: <_>' -ForEach @(
        { $task | New-KlingExtension -VideoId 1 }
        { Get-KlingTask '1234567890123456789' }
        { New-KlingVideo 'Gone [sandbox:fail]' | Wait-KlingTask }
        { New-KlingVideo 'No [sandbox:reject]' }
    ) {
        & $_ 2>&1 | Set-Variable record
        $record | Should -BeOfType System.Management.Automation.ErrorRecord
        $text = Get-Plain ($record | Out-String)
        $action = $record.ErrorDetails.RecommendedAction
        $action | Should -Not -BeNullOrEmpty
        foreach ($part in $record.ErrorDetails.Message, $action) {
            [regex]::Matches($text, [regex]::Escape((Get-Plain $part))).Count | Should -Be 1 -Because "'$part' is in '$text' once"
        }

        # On the smallest screen people use.
        @(($record | Out-String -Width 60).TrimEnd() -split '\n').Count | Should -BeLessOrEqual 24

        # For a log, the exception alone says both.
        $record.Exception.Message | Should -BeLike "*$([WildcardPattern]::Escape($action))*"
    }
}
