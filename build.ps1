<#
.SYNOPSIS
Builds, tests, packs or publishes KlingPS.
.DESCRIPTION
A thin face on the .NET SDK, for Windows PowerShell 5.1 and PowerShell 7. After a build, Import-Module ./KlingPS.psd1 works
in the checkout.
.PARAMETER Task
Build compiles the module. Package makes the module folder artifacts/KlingPS/<version> and the package of it,
artifacts/KlingPS.<version>.nupkg. Test packs and runs every test, xunit and Pester. Publish sends the package as it is to a
repository; it packs nothing.
.PARAMETER Repository
The name of the repository to publish to, as Register-PSResourceRepository registered it.
.PARAMETER ApiKey
The key of the repository. Without it, the environment variable PSRESOURCE_API_KEY is used; a folder needs none.
.EXAMPLE
./build.ps1
.EXAMPLE
./build.ps1 -Task Test
.EXAMPLE
./build.ps1 -Task Package; ./build.ps1 -Task Publish -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Publish')]
    [string] $Task = 'Build',

    [string] $Repository = 'PSGallery',

    [securestring] $ApiKey
)

$ErrorActionPreference = 'Stop'

function Invoke-Dotnet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $args failed with exit code $LASTEXITCODE." }
}

function Publish-Package {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Repository, [securestring] $ApiKey)

    $manifest = Get-Content -LiteralPath KlingPS.psd1 -Raw
    $version = [regex]::Match($manifest, "ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value
    $label = [regex]::Match($manifest, "Prerelease\s*=\s*'([^']+)'").Groups[1].Value
    $name = if ($label) { "$version-$label" } else { $version }
    $package = "artifacts/KlingPS.$name.nupkg"
    if (-not (Test-Path -LiteralPath $package)) { throw "There is no $package. Run ./build.ps1 -Task Package first." }

    # What is published can be found again: the tag, its commit, the package made of it.
    if ("v$name" -notin @(git tag --points-at HEAD)) { throw "The commit has no tag v$name. Tag the commit that is to be published." }
    $made = (Get-Item -LiteralPath "artifacts/KlingPS/$version/module/bin/KlingPS.dll").VersionInfo.ProductVersion
    $commit = git rev-parse HEAD
    if ($made -ne "$version+$commit") { throw "The package was made of $made, not of $commit. Run ./build.ps1 -Task Package again." }

    $publish = @{ NupkgPath = $package; Repository = $Repository }
    $key = if ($ApiKey) { [System.Net.NetworkCredential]::new('', $ApiKey).Password } else { $env:PSRESOURCE_API_KEY }
    if ($key) { $publish.ApiKey = $key }
    if ($PSCmdlet.ShouldProcess("$package, SHA-256 $((Get-FileHash -LiteralPath $package).Hash)", "Publish to $Repository")) {
        Publish-PSResource @publish
    }
}

Push-Location -LiteralPath $PSScriptRoot
try {
    switch ($Task) {
        'Build' { Invoke-Dotnet build KlingPS.sln }
        'Package' { Invoke-Dotnet build KlingPS.sln '-t:Package' }
        'Test' { Invoke-Dotnet test }
        'Publish' { Publish-Package -Repository $Repository -ApiKey $ApiKey }
    }
}
finally {
    Pop-Location
}
