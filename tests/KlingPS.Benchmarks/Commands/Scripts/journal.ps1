# Prints milliseconds of Connect-Kling, of five New-KlingVideo and of Get-KlingTask -Last 5, and the megabytes of the process.
param([string] $Manifest)
$ErrorActionPreference = 'Stop'
Import-Module -Name $Manifest
$clock = [System.Diagnostics.Stopwatch]::new()
$times = foreach ($round in 1..2) {
    foreach ($step in { Connect-Kling -MaxRequestsPerSec 0 }, { 'a', 'b', 'c', 'd', 'e' | New-KlingVideo }, { Get-KlingTask -Last 5 }) {
        $clock.Restart()
        $null = & $step
        $clock.Stop()
        if ($round -eq 1) { $clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture) }
    }
}

[System.GC]::Collect()
$megabytes = [System.Diagnostics.Process]::GetCurrentProcess().WorkingSet64 / 1MB
"$times $($megabytes.ToString([cultureinfo]::InvariantCulture))"
