<#
.SYNOPSIS
    Saves the video of a task in the queue kling-open, once the task has finished.
.DESCRIPTION
    A message names a task: {"TaskId":"861234567890123456","Kind":"TextToVideo","Name":"harbour"}. The function asks the
    service once, whoever put the message there, and does not wait. The video goes to kling-videos/<TaskId>.mp4, and
    what became of the task to kling-videos/<TaskId>.json, also when it failed.

    If the task has not finished, the function fails, and the queue delivers the message again after the
    visibilityTimeout of host.json. A task that has not finished after a day ends in the poison queue.
#>
param($Message, $TriggerMetadata)

$ErrorActionPreference = 'Stop'

$folder = Join-Path ([System.IO.Path]::GetTempPath()) "kling-$(New-Guid)"
try {
    $task = [pscustomobject]$Message | Wait-KlingTask -TimeoutSec 0 -IncludeFailed
    if ($task.Status -eq 'Succeeded') {
        $file = $task | Save-KlingVideo -Destination (Join-Path $folder 'video.mp4')
        Push-OutputBinding -Name Video -Value ([System.IO.File]::ReadAllBytes($file.FullName))
    }
    else {
        Write-Warning "Task $($task.TaskId) failed: $($task.StatusMessage)"
    }

    Push-OutputBinding -Name Outcome -Value @{
        TaskId = $task.TaskId
        Kind = "$($task.Kind)"
        Name = $Message.Name
        Status = "$($task.Status)"
        StatusMessage = $task.StatusMessage
        VideoId = $task.VideoId
    }
}
catch {
    # While the service is down, nothing tells how old the task is.
    $isOverdue = $_.FullyQualifiedErrorId -like 'WaitTimeout,*' -and
        $_.TargetObject.CreatedAt -gt [datetime]::MinValue -and $_.TargetObject.CreatedAt -lt (Get-Date).AddDays(-1)
    if ($isOverdue -or -not (Test-PutBack $_ $TriggerMetadata)) {
        throw
    }

    Push-OutputBinding -Name Open -Value $Message
}
finally {
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore
}
