<#
.SYNOPSIS
Runs the Pester suite on the packed module with this version of Pester, which it installs where it is missing. For Windows
PowerShell 5.1 and PowerShell 7.
.PARAMETER Version
The version of Pester.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [version] $Version
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

if (-not (Get-Module -ListAvailable -Name Pester | Where-Object Version -eq $Version)) {
    if ($PSEdition -eq 'Desktop') {
        [System.Net.ServicePointManager]::SecurityProtocol = 'Tls12'
        $null = Install-PackageProvider -Name NuGet -MinimumVersion 2.8.5.201 -Scope CurrentUser -Force
    }

    # The signature is not that of the Pester that Windows brings along.
    Install-Module -Name Pester -RequiredVersion $Version -Scope CurrentUser -Force -SkipPublisherCheck
}

Import-Module -Name Pester -RequiredVersion $Version
"PowerShell $($PSVersionTable.PSVersion), Pester $Version"
& "$PSScriptRoot/../../tests/pester/run.ps1"
exit $LASTEXITCODE
