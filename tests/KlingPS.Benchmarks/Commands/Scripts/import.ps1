# Prints the milliseconds of the first import of this process.
param([string] $Manifest)
$ErrorActionPreference = 'Stop'
$clock = [System.Diagnostics.Stopwatch]::new()

# What measures is compiled before it measures; no module has been imported yet.
foreach ($round in 1..3) {
    $clock.Restart()
    Get-Module | Out-Null
    $clock.Stop()
}

$clock.Restart()
Import-Module -Name $Manifest
$clock.Stop()
$clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)
