# Prints, a line for each pair, the milliseconds of so many calls in a row of New-KlingVideo with -Once, and without.
param([string] $Manifest, [int] $Pairs, [int] $Calls)
$ErrorActionPreference = 'Stop'
Import-Module -Name $Manifest
Connect-Kling -MaxRequestsPerSec 0
$script:made = 0

function Measure-Call([hashtable] $How) {
    $prompts = foreach ($i in 1..$Calls) { "A harbour at hour $(($script:made++))" }
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    foreach ($prompt in $prompts) { $task = New-KlingVideo -Prompt $prompt @How }
    $clock.Elapsed.TotalMilliseconds
    if (-not $task -or $task.IsReused) { throw 'No task was made.' }
}

$warming = [System.Diagnostics.Stopwatch]::StartNew()
while ($warming.Elapsed.TotalSeconds -lt 10) { $null = Measure-Call @{ Once = $true }; $null = Measure-Call @{} }
foreach ($pair in 1..$Pairs) {
    [string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', (Measure-Call @{ Once = $true }), (Measure-Call @{}))
}
