<#
.SYNOPSIS
Analyzes every script of the checkout; ends with exit code 1 when there is a finding.
.PARAMETER Required
Takes a missing PSScriptAnalyzer for a failure.
#>
[CmdletBinding()]
param(
    [switch] $Required
)

$ErrorActionPreference = 'Stop'

if (-not (Get-Module -ListAvailable -Name PSScriptAnalyzer)) {
    'The script analysis was not run: there is no PSScriptAnalyzer.'
    exit [int][bool]$Required
}

$root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
$files = @(Get-ChildItem "$root/*" -Include *.ps1, *.psd1 -File) +
    @('.github', 'samples', 'tests/pester' | ForEach-Object { Get-ChildItem "$root/$_" -Recurse -Force -Include *.ps1, *.psd1 -File })
# What Pester's blocks share looks unused to the analyzer, and helpers of tests need no -WhatIf.
$notInTests = 'PSUseDeclaredVarsMoreThanAssignments', 'PSUseShouldProcessForStateChangingFunctions'
$found = @($files | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Severity Warning, Error, ParseError } |
        Where-Object { $_.RuleName -notin $notInTests -or $_.ScriptPath -notlike '*pester*' })
$found | ForEach-Object { '{0}:{1}: {2}: {3}' -f $_.ScriptName, $_.Line, $_.RuleName, $_.Message }
'{0} files analyzed, {1} findings.' -f $files.Count, $found.Count
exit [int]($found.Count -gt 0)
