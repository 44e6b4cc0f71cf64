<#
.SYNOPSIS
    Waits for one share of the tasks in a CSV file, and saves their videos.
.DESCRIPTION
    For several waiters without a queue, such as the pods of an indexed Kubernetes job. Each gets the same file, its own
    index and the total count, takes every n-th row, and polls with its share of the account's rate.

    The script uses the connection of the session with its rate, or else $env:COMETAPI_KEY with its share of the rate.
    Nothing is submitted, so nothing is paid. The exit code is 0 if every video of the share is saved, by this run or an
    earlier one, and 1 otherwise.
.PARAMETER Path
    A CSV file with the columns TaskId and Kind: $tasks | Select-Object TaskId, Kind | Export-Csv tasks.csv
.PARAMETER Destination
    The folder for the videos; it is created if missing.
.PARAMETER Index
    The index of the share, starting at 0.
.PARAMETER Count
    The number of shares.
.PARAMETER MaxRequestsPerSec
    The limit for all shares together.
.PARAMETER TimeoutSec
    How long to wait.
.EXAMPLE
    pwsh -File ./samples/save-share.ps1 -Path tasks.csv -Index 0 -Count 4

    Runs the first of four waiters.
.OUTPUTS
    System.IO.FileInfo, one per saved video.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [string] $Path,

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out',

    [ValidateRange(0, 9999)]
    [int] $Index = $env:JOB_COMPLETION_INDEX,

    [ValidateRange(1, 10000)]
    [int] $Count = 1,

    [ValidateRange(0.1, 1000)]
    [double] $MaxRequestsPerSec = 20,

    [ValidateRange(0, [int]::MaxValue)]
    [int] $TimeoutSec = 3600
)

$ErrorActionPreference = 'Stop'

if ($Index -ge $Count) {
    throw "There is no share $Index of $Count; the first share is 0."
}

if (-not (Get-Command -Name Wait-KlingTask -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

$rows = @(Import-Csv -LiteralPath $Path -Encoding UTF8)
$share = @(for ($i = $Index; $i -lt $rows.Count; $i += $Count) { $rows[$i] })
Write-Verbose "Share $Index of $Count has $($share.Count) of $($rows.Count) tasks."

if (-not (Get-KlingConnection)) {
    Connect-Kling -MaxRequestsPerSec ($MaxRequestsPerSec / $Count)
}

$late = $unsaved = @()
$share |
    Wait-KlingTask -TimeoutSec $TimeoutSec -ErrorAction Continue -ErrorVariable late |
    Save-KlingVideo -Destination $Destination -SkipExisting -ErrorAction Continue -ErrorVariable unsaved
exit [int]($late.Count + $unsaved.Count -gt 0)
