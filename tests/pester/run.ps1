<#
.SYNOPSIS
Runs the Pester suite on the packed module; the last line is the count.
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

# A file that cannot be read, or a block that cannot be set up, is no failed test.
$failed = [Math]::Max($result.FailedCount, [int]($result.Result -eq 'Failed'))
$count = "$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
"Pester $((Get-Module Pester).Version) in PowerShell $($PSVersionTable.PSVersion): $count"
exit [int]($result.Result -ne 'Passed')
