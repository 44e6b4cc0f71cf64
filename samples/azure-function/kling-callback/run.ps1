<#
.SYNOPSIS
    Receives the callbacks of the service, and puts each finished task into the queue kling-open.
.DESCRIPTION
    For tasks that are submitted elsewhere. Give its address to New-KlingVideo and New-KlingExtension as -CallbackUrl,
    with the key of the function and the kind of the task:
    https://<app>.azurewebsites.net/api/kling-callback?code=<key>&kind=TextToVideo

    With $env:KLING_WEBHOOK_SECRET (several secrets separated by spaces), a callback must carry a signature made with
    it. Without it, anyone who knows the address can send callbacks, but kling-save asks the service before it acts.
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
    # Never Body: that is already parsed, and the signature covers every byte.
    $task = ConvertFrom-KlingCallback -InputObject "$($Request.RawBody)" @how
}
catch {
    # Anything else is an error in the settings of this app, and must not look like an error of the sender.
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
    Push-OutputBinding -Name Open -Value @{ TaskId = $task.TaskId; Kind = "$($task.Kind)" }
}

Push-OutputBinding -Name Response -Value @{ StatusCode = 200 }
