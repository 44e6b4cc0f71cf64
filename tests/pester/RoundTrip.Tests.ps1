# What the real serializers make of a task, and what the cmdlets make of that.

BeforeDiscovery {
    $forms = 'Clixml', 'Json', 'JsonArray', 'Csv'
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite -SandboxTaskSec 0
    $done = New-KlingVideo 'A harbour' -Name harbour -Model kling-v1-6 | Wait-KlingTask
    $open = New-KlingVideo 'A mill [sandbox:slow 3600]' -Model kling-v1-6 | Get-KlingTask

    function Get-Form([string] $Form, $Task) {
        $file = "$TestDrive/$Form"
        switch ($Form) {
            'Clixml' {
                $Task | Export-Clixml $file
                Import-Clixml $file
            }
            'Json' { $Task | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json }
            'JsonArray' { ($Task, $Task | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json)[0] }
            'Csv' {
                $Task | Export-Csv $file -NoTypeInformation
                Import-Csv $file
            }
        }
    }

    # A task cannot be changed; a copy of its properties, or of a video's, can.
    function Get-Changed($Object, [hashtable] $Change) {
        $copy = $Object | Select-Object -Property *
        foreach ($name in $Change.Keys) {
            $copy.$name = $Change[$name]
        }

        $copy
    }

    $processing = Get-Changed $open @{ Status = [KlingPS.KlingTaskStatus]::Processing; RawStatus = 'processing' }
}

AfterAll { Exit-Suite }

Describe 'A finished task from <_>' -ForEach $forms {
    BeforeAll {
        $it = Get-Form $_ $done
    }

    It 'is no longer the live object, and keeps its ids as text' {
        $it | Should -Not -BeOfType 'KlingPS.KlingTask'
        $it.TaskId | Should -BeOfType string
        $it.TaskId | Should -BeExactly $done.TaskId
        $it.VideoId | Should -BeExactly $done.VideoId
    }

    It 'passes the wait as it was, without a request' {
        $wait = $it | Wait-KlingTask -Verbose 4>&1
        $wait | Select-Request | Should -BeNullOrEmpty
        $task = Wait-KlingTask $it
        $task | Should -BeOfType 'KlingPS.KlingTask'
        foreach ($name in 'TaskId', 'Name', 'Model', 'Title', 'Part', 'Kind', 'Status', 'RawStatus', 'VideoId', 'VideoCount', 'Duration', 'Elapsed', 'RequestId', 'PollCount', 'IsCompleted') {
            $task.$name | Should -Be $done.$name -Because $name
        }

        foreach ($name in 'CreatedAt', 'UpdatedAt', 'ExpiresAt') {
            # CSV has no fractions of a second.
            [Math]::Abs(($task.$name - $done.$name).TotalSeconds) | Should -BeLessThan 1 -Because $name
        }
    }

    It 'is extended' {
        $extensions = @($it | New-KlingExtension -Prompt 'On'; New-KlingExtension $it; New-KlingExtension -InputObject $it) | Wait-KlingTask
        $extensions | Should -HaveCount 3
        $extensions.ParentVideo.VideoId | Should -Be @($done.VideoId, $done.VideoId, $done.VideoId)
    }

    It 'is queried by its kind' {
        ($it | Get-KlingTask).Status | Should -Be 'Succeeded'
        (Get-KlingTask $it).Kind | Should -Be 'TextToVideo'
    }

    It 'is saved' {
        $files = @($it | Save-KlingVideo -Destination "TestDrive:/$_ piped"; Save-KlingVideo $it "TestDrive:/$_ given")
        $files | Should -HaveCount 2
        $files.Name | Should -Be @('harbour.mp4', 'harbour.mp4')
        $files.TaskId | Should -Be @($done.TaskId, $done.TaskId)
        $skipped = $it | Save-KlingVideo -Destination "TestDrive:/$_ piped" -SkipExisting -Verbose 4>&1
        $skipped | Should -HaveCount 1
        $skipped.VideoName | Should -Be harbour
    }
}

Describe 'A task in progress from <_>' -ForEach $forms {
    It 'is waited for' {
        $it = Get-Form $_ $open
        $it | Wait-KlingTask -TimeoutSec 0 -ErrorAction SilentlyContinue -ErrorVariable late | Should -BeNullOrEmpty
        $late | Should -HaveCount 1
        $late[0].FullyQualifiedErrorId | Should -BeLike 'WaitTimeout,*'
        $late.TargetObject.TaskId | Should -BeExactly $open.TaskId
        $late.TargetObject.Status | Should -Be 'Submitted'
    }

    It 'is not saved' {
        Get-Form $_ $processing | Save-KlingVideo -Destination $TestDrive -ErrorAction SilentlyContinue -ErrorVariable refused
        $refused[0].FullyQualifiedErrorId | Should -BeLike 'TaskNotFinished,*'
    }
}

Describe 'No task slips past the checks of a parent' {
    BeforeAll {
        $long = $done
        while ($long.Duration.TotalSeconds -lt 180) {
            $long = $long | New-KlingExtension | Wait-KlingTask -ErrorAction Stop
        }

        $past = [DateTime]::Now.AddMinutes(-1)
        $parents = @{
            ParentNotReady   = $processing
            ParentTooLong    = $long
            ParentExpired    = Get-Changed $done @{ ExpiresAt = $past; Videos = @(Get-Changed $done.Videos[0] @{ ExpiresAt = $past }) }
            AmbiguousVideo   = Get-Changed $done @{ VideoCount = 2 }
            ParentHasNoVideo = Get-Changed $done @{ VideoId = $null; Videos = @(); VideoCount = 0 }
        }
    }

    It '<Form>: <ErrorId>' -ForEach @(
        foreach ($form in $forms) {
            foreach ($errorId in 'ParentNotReady', 'ParentTooLong', 'ParentExpired', 'AmbiguousVideo', 'ParentHasNoVideo') {
                @{ Form = $form; ErrorId = $errorId }
            }
        }
    ) {
        $it = Get-Form $Form $parents[$ErrorId]
        foreach ($line in { $it | New-KlingExtension -Verbose }, { New-KlingExtension $it -Verbose }, { New-KlingExtension -InputObject $it -Prompt 'On' -Verbose }) {
            $all = @(& $line 4>&1 2>&1)
            $errors = @($all | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
            $errors | Should -HaveCount 1
            $errors[0].FullyQualifiedErrorId | Should -BeLike "$ErrorId,*"
            $errors[0].TargetObject.TaskId | Should -BeExactly $it.TaskId
            $all | Select-Request | Should -BeNullOrEmpty
            $all | Where-Object { $_ -is [KlingPS.KlingTask] } | Should -BeNullOrEmpty
        }
    }
}

Describe 'Ids' {
    It 'are read from the lines of a file' {
        $done.TaskId, $open.TaskId | Set-Content 'TestDrive:/ids.txt'
        $tasks = Get-Content 'TestDrive:/ids.txt' | Get-KlingTask -Kind TextToVideo
        $tasks.TaskId | Should -Be @($done.TaskId, $open.TaskId)
        Get-Content 'TestDrive:/ids.txt' -TotalCount 1 | Save-KlingVideo -Destination 'TestDrive:/by id' | Should -HaveCount 1
    }

    It 'keep all of 19 digits, through <_>' -ForEach $forms {
        $id = '9007199254740993123'
        $it = Get-Form $_ (Get-Changed $done @{ TaskId = $id; VideoId = $id })
        (Wait-KlingTask $it).TaskId | Should -BeExactly $id
        Get-KlingTask $it -ErrorAction SilentlyContinue -ErrorVariable unknown
        $unknown[0].TargetObject | Should -BeExactly $id
    }

    It 'come from the rows of a CSV file, with a prompt each' {
        @'
TaskId,VideoId,Prompt
{0},{1},"First, slowly"
{0},{1},Second
{0},{1},
'@ -f $done.TaskId, $done.VideoId | Set-Content 'TestDrive:/rows.csv'
        $all = Import-Csv 'TestDrive:/rows.csv' | New-KlingExtension -Verbose 4>&1
        $all | Where-Object { $_ -is [KlingPS.KlingTask] } | Should -HaveCount 3
        $bodies = @($all | Where-Object { $_.Message -match '^POST \S+\s+\{' }).Message
        $bodies[0] | Should -BeLike '*"prompt": "First, slowly"*'
        $bodies[1] | Should -BeLike '*"prompt": "Second"*'
        $bodies[2] | Should -Not -BeLike '*prompt*'
    }
}
