<#
.SYNOPSIS
    Saves the video of a finished task, or extends it first.
.DESCRIPTION
    Each message of the queue names a task. The function does not trust the callback: it queries the task at the
    service, with the key in $env:COMETAPI_KEY. The video goes to $env:KLING_DESTINATION, which must be a mounted
    share.

    With $env:KLING_EXTEND_PROMPT, a video that is not an extension is extended first, and the longer video is saved.
    The callback of the extension goes to $env:KLING_CALLBACK_URL, the address of kling-callback with its key but
    without the kind.

    The queue delivers a message at least once, and again after an error. Saving twice does nothing. Before it pays
    for an extension, the function creates the file <TaskId>.extended, which succeeds only once.
#>
param($Message)

$ErrorActionPreference = 'Stop'

$task = Get-KlingTask -TaskId $Message.TaskId -Kind $Message.Kind
if ($task.Status -eq 'Failed') {
    Write-Warning "Task $($task.TaskId) failed: $($task.StatusMessage)"
    return
}

if ($task.Status -ne 'Succeeded') {
    throw "Task $($task.TaskId) has not finished, although the callback says so; the queue will deliver it again."
}

if (-not $env:KLING_EXTEND_PROMPT -or $task.Kind -eq 'VideoExtension') {
    $file = $task | Save-KlingVideo -Destination $env:KLING_DESTINATION -SkipExisting
    Write-Information "Saved $($file.FullName)"
    return
}

$null = New-Item -ItemType Directory -Path $env:KLING_DESTINATION -Force
$claim = Join-Path $env:KLING_DESTINATION "$($task.TaskId).extended"
try {
    $null = New-Item -ItemType File -Path $claim -Value 'Unknown: check the account''s usage, then remove this file.'
}
catch {
    if (-not (Test-Path -LiteralPath $claim)) {
        throw
    }

    Write-Information "Task $($task.TaskId) was already extended; see $claim."
    return
}

try {
    $extension = $task |
        New-KlingExtension -Prompt $env:KLING_EXTEND_PROMPT -CallbackUrl "$env:KLING_CALLBACK_URL&kind=VideoExtension"
}
catch {
    if ("$($_.Exception.Submission)" -in 'NotSent', 'NotCreated') {
        # Nothing was paid, so the next attempt may pay.
        Remove-Item -LiteralPath $claim
    }

    throw
}

Set-Content -LiteralPath $claim -Value $extension.TaskId
