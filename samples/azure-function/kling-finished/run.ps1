<#
.SYNOPSIS
    Saves the video of a finished task, or extends it first.
.DESCRIPTION
    Each message of the queue names a task. What the callback said of it is not believed: the service is asked, with the
    key in $env:COMETAPI_KEY. Its video goes to $env:KLING_DESTINATION, which has to be a mounted share.

    With $env:KLING_EXTEND_PROMPT a video that is no extension yet is extended first; its callback goes to
    $env:KLING_CALLBACK_URL, the address of kling-callback up to the key, and the longer video is saved.

    The queue hands out a message at least once, and again after an error. Saving twice does nothing; an extension is paid
    by whoever makes the file <TaskId>.extended, which can be made once.
#>
param($Message)

$ErrorActionPreference = 'Stop'

$task = Get-KlingTask -TaskId $Message.TaskId -Kind $Message.Kind
if ($task.Status -eq 'Failed') {
    Write-Warning "Task $($task.TaskId) failed: $($task.StatusMessage)"
    return
}

if ($task.Status -ne 'Succeed') {
    throw "Task $($task.TaskId) has not finished, whatever the callback said; the queue will hand it out again."
}

if (-not $env:KLING_EXTEND_PROMPT -or $task.Kind -eq 'VideoExtension') {
    try {
        $file = $task | Save-KlingVideo -Destination $env:KLING_DESTINATION
        Write-Information "Saved $($file.FullName)"
    }
    catch {
        # An earlier callback, or an earlier try, saved it.
        if ($_.FullyQualifiedErrorId -notlike 'FileExists,*') {
            throw
        }
    }

    return
}

$null = New-Item -ItemType Directory -Path $env:KLING_DESTINATION -Force
$claim = Join-Path $env:KLING_DESTINATION "$($task.TaskId).extended"
try {
    $null = New-Item -ItemType File -Path $claim -Value 'Unknown: look at the usage of the account, then remove this file.'
}
catch {
    if (-not (Test-Path -LiteralPath $claim)) {
        throw
    }

    Write-Information "Task $($task.TaskId) is extended already; $claim says how."
    return
}

try {
    $extension = $task |
        New-KlingExtension -Prompt $env:KLING_EXTEND_PROMPT -CallbackUrl "$env:KLING_CALLBACK_URL&kind=VideoExtension"
}
catch {
    if ("$($_.Exception.Submission)" -in 'NotSent', 'NotCreated') {
        # Nothing was paid, so the next try may pay.
        Remove-Item -LiteralPath $claim
    }

    throw
}

Set-Content -LiteralPath $claim -Value $extension.TaskId
