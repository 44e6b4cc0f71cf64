<#
.SYNOPSIS
    Takes the callbacks of the service, and puts each finished task into the queue.
.DESCRIPTION
    Its address is what New-KlingVideo and New-KlingExtension get as -CallbackUrl, with the key of the function and the
    kind of the task: https://<app>.azurewebsites.net/api/kling-callback?code=<key>&kind=TextToVideo

    With $env:KLING_WEBHOOK_SECRET (several secrets with a space between) a callback has to carry a signature made with
    it; without, whoever knows the address is believed as far as kling-finished believes anybody: it asks the service.
#>
param($Request)

$ErrorActionPreference = 'Stop'

$how = @{}
if ($env:KLING_WEBHOOK_SECRET) {
    $how.Secret = $env:KLING_WEBHOOK_SECRET.Trim() -split '\s+'
    $how.Headers = $Request.Headers
}

if ($Request.Query.kind) {
    $how.Kind = $Request.Query.kind
}

try {
    # Never Body: that is parsed already, and the signature is about every byte.
    $task = ConvertFrom-KlingCallback -InputObject "$($Request.RawBody)" @how
}
catch {
    # Anything else is a mistake in the settings of this app, and must not look like one of the sender's.
    $status = switch -Wildcard ($_.FullyQualifiedErrorId) {
        'CallbackInvalid,*' { 400 }
        'CallbackNotAuthentic,*' { 401 }
        'CallbackExpired,*' { 401 }
    }
    if (-not $status) {
        throw
    }

    Write-Warning "A callback was refused: $($_.Exception.Message)"
    Push-OutputBinding -Name Response -Value @{ StatusCode = $status }
    return
}

if ($task.IsCompleted) {
    Push-OutputBinding -Name Finished -Value @{ TaskId = $task.TaskId; Kind = "$($task.Kind)" }
}

Push-OutputBinding -Name Response -Value @{ StatusCode = 200 }
