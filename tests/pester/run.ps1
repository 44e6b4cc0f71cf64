<#
.SYNOPSIS
Runs the Pester suite on the packed module: a line for each file at the end, and a last one for all.
.PARAMETER Path
The folder or file to run.
.PARAMETER Pester
The name of the Pester module, or the path of its manifest.
#>
[CmdletBinding()]
param(
    [string] $Path = $PSScriptRoot,

    [string] $Pester = 'Pester'
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module -Name $Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.CIFormat = 'None'
$result = Invoke-Pester -Configuration $configuration

function Get-Count($Of) {
    # A file that cannot be read, or a block that cannot be set up, is no failed test.
    $failed = [Math]::Max($Of.FailedCount, [int]($Of.Result -eq 'Failed'))
    "$($Of.PassedCount) passed, $failed failed, $($Of.SkippedCount + $Of.NotRunCount) skipped"
}

$result.Containers | ForEach-Object { "$(Split-Path -Leaf $_.Item): $(Get-Count $_)" }
"Pester $((Get-Module Pester).Version) in PowerShell $($PSVersionTable.PSVersion): $(Get-Count $result)"
exit [int]($result.Result -ne 'Passed')
