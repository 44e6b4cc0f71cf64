<#
.SYNOPSIS
    Pays for the video that a message of the queue kling-work asks for, at most once.
.DESCRIPTION
    A message is a row of New-KlingVideo as JSON: {"Name":"harbour","Prompt":"A quiet harbour at dawn"}. The task goes
    to kling-open.

    The queue delivers a message at least once, to any instance. Its Name makes that harmless: with -Once, the same
    Name and request get the same external id on every instance, and the service refuses a second task with it. Omni videos have
    no such id, so they are refused here, and so are extensions: only one machine's journal keeps them from being paid
    for twice.
#>
param($Message, $TriggerMetadata)

$ErrorActionPreference = 'Stop'

if ($Message -isnot [System.Collections.IDictionary] -or $Message.Prompt -is [array]) {
    throw 'The message is not one JSON object for one video; it takes the parameters of New-KlingVideo, and one Prompt.'
}

$omni = (Get-KlingModel | Where-Object Makes -Contains OmniVideo).Name
if ($Message.Reference -or $Message.ReferenceVideo -or $Message.EditVideo -or "$($Message.Model)".Trim() -in $omni) {
    throw 'A video with references or of an omni model might be paid for twice here; make it where one journal is kept.'
}

if ($Message.ExternalTaskId -or (@($Message.Image, $Message.ImageTail) -notmatch '^https://' | Where-Object { $_ })) {
    throw 'The message has an external id of its own, or a picture that is no https address; another instance cannot tell it.'
}

if (-not $Message.Name) {
    # The id becomes the Name and the message is queued again, because it gets a new id when it moves to or from the
    # poison queue.
    $Message.Name = $TriggerMetadata.Id
    Push-OutputBinding -Name Work -Value $Message
    return
}

try {
    $task = [pscustomobject]$Message | New-KlingVideo -Once -QueueTimeoutSec 60
}
catch {
    if (-not (Test-PutBack $_ $TriggerMetadata)) {
        throw
    }

    Push-OutputBinding -Name Work -Value $Message
    return
}

Push-OutputBinding -Name Open -Value @{ TaskId = $task.TaskId; Kind = "$($task.Kind)"; Name = $task.Name }
