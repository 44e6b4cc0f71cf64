<#
.SYNOPSIS
Builds or tests KlingPS.
.DESCRIPTION
A thin face on the .NET SDK, for Windows PowerShell 5.1 and PowerShell 7. After a build, Import-Module ./KlingPS.psd1 works
in the checkout.
.PARAMETER Task
Build compiles the module; Test builds and runs every xunit test, and the Pester suite where Pester 5 or later is found.
.EXAMPLE
./build.ps1
.EXAMPLE
./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test')]
    [string] $Task = 'Build'
)

$ErrorActionPreference = 'Stop'

function Invoke-Dotnet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $args failed with exit code $LASTEXITCODE." }
}

Push-Location -LiteralPath $PSScriptRoot
try {
    if ($Task -eq 'Build') {
        Invoke-Dotnet build KlingPS.sln
        return
    }

    Invoke-Dotnet test
    if (-not (Get-Module -ListAvailable -Name Pester | Where-Object Version -ge '5.0')) {
        Write-Warning 'The Pester suite was not run: Pester 5 is not installed. Run Install-Module Pester -Scope CurrentUser.'
        return
    }

    $run = Invoke-Pester -Path tests/pester -PassThru
    if ($run.FailedCount -gt 0) { throw "$($run.FailedCount) Pester tests failed." }
}
finally {
    Pop-Location
}
