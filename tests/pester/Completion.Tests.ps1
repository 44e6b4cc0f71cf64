BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite -SandboxTaskSec 0
    $task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask
    $null = New-Item -Path 'TestDrive:/frame.png', 'TestDrive:/frames' -ItemType File

    function Get-Completion([string] $Line) {
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
    }
}

AfterAll { Exit-Suite }

# A null among the matches, which the engine puts between those of two parameters, breaks PSReadLine.
Describe 'The Tab key' {
    It 'offers the path of <_> by what is in the folder' -ForEach @(
        '$task | Save-KlingVideo DRIVE/frame.'
        'Save-KlingVideo $task DRIVE/frame.'
        'Save-KlingVideo -InputObject $task -Destination DRIVE/frame.'
        'New-KlingVideo -Image DRIVE/frame.'
        'New-KlingVideo x -Image DRIVE/frame.png -ImageTail DRIVE/frame.'
    ) {
        $found = Get-Completion ($_ -creplace 'DRIVE', $TestDrive)
        $found | Should -HaveCount 1
        $found.CompletionText | Should -BeLike '*frame.png'
    }

    It 'offers an id that is begun once: <_>' -ForEach 'Get-KlingTask ID', "Wait-KlingTask 'ID", 'New-KlingExtension "ID', 'Save-KlingVideo ID' {
        $found = Get-Completion ($_ -creplace 'ID', $task.TaskId.Substring(0, 17))
        $found | Should -HaveCount 1
        $found.CompletionText.Trim('''"') | Should -Be $task.TaskId
        $found.ListItemText | Should -BeLike "$($task.TaskId)  Succeeded A harbour *"
        $found.ToolTip | Should -BeLike 'TextToVideo, Succeeded, made *'
    }

    It 'offers the video of what is piped' {
        (Get-Completion '$task | New-KlingExtension -VideoId ').CompletionText | Should -Be "'$($task.VideoId)'"
    }
}
