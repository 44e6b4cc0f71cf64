<#
.SYNOPSIS
    Takes tasks from the folder of submit-to-queue.ps1, waits for them and saves their videos.
.DESCRIPTION
    Any number of workers can run at once, on any machines that have the folder mounted. Exactly one worker takes each
    task, by moving its file to <Queue>/taken/<Worker>. Once the video is saved, the file moves to <Queue>/done; if
    there will never be a video, to <Queue>/failed. The script ends when <Queue>/new is empty.

    When a worker of the same name runs again, it first waits for the tasks left in <Queue>/taken/<Worker> by a run that
    was stopped or timed out. Nothing is submitted, so nothing is paid.

    The script uses the connection of the session (Connect-Kling), or else the key in $env:COMETAPI_KEY. Connect each
    worker with its share of the account's rate: Connect-Kling -MaxRequestsPerSec 5 for four workers.
.PARAMETER Queue
    The folder.
.PARAMETER Destination
    The folder for the videos; it is created if missing.
.PARAMETER Worker
    A name that is unique among the workers and stays the same when this worker is restarted.
.PARAMETER BatchSize
    How many tasks are taken at a time.
.PARAMETER TimeoutSec
    How long to wait for a batch.
.EXAMPLE
    ./samples/save-from-queue.ps1 -Queue /mnt/kling -Destination ./out

    Waits for all submitted tasks, shared with any other workers.
.OUTPUTS
    System.IO.FileInfo, one per saved video, as soon as it is saved.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $Queue,

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out',

    [ValidateNotNullOrEmpty()]
    [string] $Worker = [Environment]::MachineName,

    [ValidateRange(1, 10000)]
    [int] $BatchSize = 100,

    [ValidateRange(0, [int]::MaxValue)]
    [int] $TimeoutSec = 3600
)

$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name Wait-KlingTask -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

$folder = @{}
foreach ($name in 'new', "taken/$Worker", 'done', 'failed') {
    $folder[$name] = (New-Item -ItemType Directory -Path "$Queue/$name" -Force).FullName
}

$taken = $folder["taken/$Worker"]
while ($true) {
    foreach ($file in Get-ChildItem -LiteralPath $folder.new -Filter *.json | Select-Object -First $BatchSize) {
        try {
            # Of several who rename a file, one succeeds. Move-Item looks first and renames then.
            [System.IO.File]::Move($file.FullName, "$taken/$($file.Name)")
        }
        catch [System.IO.IOException] {
            Write-Verbose "$($file.Name) was taken by another worker."
        }
    }

    $messages = @{}
    foreach ($file in Get-ChildItem -LiteralPath $taken -Filter *.json) {
        $message = Get-Content -LiteralPath $file.FullName -Raw | ConvertFrom-Json
        $messages[$message.TaskId] = [pscustomobject]@{ TaskId = $message.TaskId; Kind = $message.Kind; Path = $file.FullName }
    }

    if ($messages.Count -eq 0) {
        break
    }

    $late = $unsaved = @()
    $messages.Values |
        Wait-KlingTask -TimeoutSec $TimeoutSec -ErrorAction Continue -ErrorVariable late |
        Save-KlingVideo -Destination $Destination -SkipExisting -ErrorAction Continue -ErrorVariable unsaved |
        ForEach-Object {
            Move-Item -LiteralPath $messages[$_.TaskId].Path -Destination $folder.done -ErrorAction Ignore
            $_
        }

    foreach ($record in @($late) + @($unsaved)) {
        $target = $record.TargetObject
        $message = $messages["$(if ($target -is [string]) { $target } else { $target.TaskId })"]
        $to = switch -Wildcard ($record.FullyQualifiedErrorId) {
            'TaskFailed,*' { 'failed' }
            'TaskNotFound,*' { 'failed' }
            'TaskHasNoVideo,*' { 'failed' }
            'VideoExpired,*' { 'failed' }
        }
        if ($message -and $to) {
            Move-Item -LiteralPath $message.Path -Destination $folder[$to] -ErrorAction Ignore
        }
    }

    $left = @(Get-ChildItem -LiteralPath $taken -Filter *.json).Count
    if ($left -gt 0) {
        Write-Warning "$left task(s) are left in '$taken'. Run the script again with -Worker '$Worker' to continue."
        break
    }
}
