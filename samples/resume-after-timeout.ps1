<#
.SYNOPSIS
    Waits for tasks for a limited time, and continues with the unfinished ones when run again.
.DESCRIPTION
    First run, with -Prompt or -TaskId: submits videos, or takes tasks that were submitted before, waits, and saves what
    finishes in time. The remaining tasks are written to the state file, even when Ctrl+C stops the script.

    Every later run, with neither: waits for the tasks in the state file, and saves them. It submits nothing, so nothing
    is paid twice. When every task is saved or has finally failed, the state file is removed.

    The script uses the connection of the session (Connect-Kling), or else the key in $env:COMETAPI_KEY.
.PARAMETER Prompt
    Submits a video for each prompt. Each is paid.
.PARAMETER Model
    The model of the new videos.
.PARAMETER TaskId
    Continues with tasks that were submitted before.
.PARAMETER Kind
    The kind of those tasks, such as TextToVideo. Needed for tasks that another machine submitted, except extensions.
.PARAMETER StatePath
    The file for unfinished tasks. With -Prompt or -TaskId it must not exist.
.PARAMETER TimeoutSec
    How long to wait.
.PARAMETER Destination
    The folder for the videos; it is created if missing.
.EXAMPLE
    ./samples/resume-after-timeout.ps1 -Prompt 'A quiet harbour at dawn', 'A lighthouse in a storm' -TimeoutSec 60

    Submits two videos and waits one minute.
.EXAMPLE
    ./samples/resume-after-timeout.ps1

    Continues with those that took longer.
.OUTPUTS
    System.IO.FileInfo, one per saved video, as soon as it is saved.
#>
[CmdletBinding(DefaultParameterSetName = 'Resume')]
param(
    [Parameter(Mandatory, ParameterSetName = 'Submit', Position = 0)]
    [string[]] $Prompt,

    [Parameter(ParameterSetName = 'Submit')]
    [string] $Model = 'kling-v1-6',

    [Parameter(Mandatory, ParameterSetName = 'TakeUp')]
    [string[]] $TaskId,

    [Parameter(ParameterSetName = 'TakeUp')]
    [string] $Kind,

    [ValidateNotNullOrEmpty()]
    [string] $StatePath = './unfinished.clixml',

    [ValidateRange(0, [int]::MaxValue)]
    [int] $TimeoutSec = 600,

    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out'
)

$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name Wait-KlingTask -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

$stateExists = Test-Path -LiteralPath $StatePath
if ($PSCmdlet.ParameterSetName -eq 'Resume') {
    if (-not $stateExists) {
        Write-Warning "There is no '$StatePath', so there are no unfinished tasks. Start with -Prompt or -TaskId."
        return
    }
}
elseif ($stateExists) {
    throw "'$StatePath' contains unfinished tasks. Run the script without parameters first, or give another -StatePath."
}

$kindIfGiven = @{}
if ($Kind) {
    $kindIfGiven.Kind = $Kind
}

$given = @(
    switch ($PSCmdlet.ParameterSetName) {
        'Resume' { Import-Clixml -LiteralPath $StatePath }
        'TakeUp' { Get-KlingTask -TaskId $TaskId @kindIfGiven -ErrorAction Continue }
        'Submit' { $Prompt }
    }
)

# The tasks that are neither saved nor finally failed, by id: the content of the state file when the script ends.
$open = [ordered]@{}
foreach ($task in $given | Where-Object { $_ -isnot [string] }) {
    $open[$task.TaskId] = $task
}

$late = $unsaved = @()
try {
    $given |
        ForEach-Object {
            if ($_ -is [string]) { New-KlingVideo -Prompt $_ -Model $Model -ErrorAction Continue } else { $_ }
        } |
        ForEach-Object { $open[$_.TaskId] = $_; $_ } |
        Wait-KlingTask -TimeoutSec $TimeoutSec -ErrorAction Continue -ErrorVariable late |
        Save-KlingVideo -Destination $Destination -ErrorAction Continue -ErrorVariable unsaved |
        ForEach-Object { $open.Remove($_.TaskId); $_ }
}
finally {
    foreach ($record in @($late) + @($unsaved)) {
        $task = $record.TargetObject
        if ($record.FullyQualifiedErrorId -like 'WaitTimeout,*') {
            # The latest known state.
            $open[$task.TaskId] = $task
        }
        elseif ($record.FullyQualifiedErrorId -match '^(TaskFailed|TaskHasNoVideo|VideoExpired|FileExists),') {
            $open.Remove("$($task.TaskId)")
        }
    }

    if ($open.Count -gt 0) {
        $open.Values | Export-Clixml -LiteralPath $StatePath
    }
    elseif ($stateExists) {
        Remove-Item -LiteralPath $StatePath
    }
}

if ($open.Count -gt 0) {
    Write-Warning "$($open.Count) task(s) are in '$StatePath'. Run the script again without -Prompt to continue."
}
