<#
.SYNOPSIS
Ends with an error unless a tag, the manifest and the first section of the changelog name the same version.
.PARAMETER Tag
The tag, such as v1.2.0.
.PARAMETER NotesPath
A file that gets what the changelog says of the version.
.PARAMETER Root
The checkout; that of this script unless said.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Tag,

    [string] $NotesPath,

    [string] $Root = "$PSScriptRoot/../.."
)

$ErrorActionPreference = 'Stop'

$manifest = [System.IO.File]::ReadAllText("$Root/KlingPS.psd1")
$version = [regex]::Match($manifest, "ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value
$label = [regex]::Match($manifest, "Prerelease\s*=\s*'([^']+)'").Groups[1].Value
$name = if ($label) { "$version-$label" } else { $version }
if ($Tag -cne "v$name") {
    throw "The tag is $Tag, the version of KlingPS.psd1 is $name. Tag the commit whose manifest has the version."
}

# The release notes of the package are the first section too.
$section = [regex]::Match([System.IO.File]::ReadAllText("$Root/CHANGELOG.md"), '(?ms)^## ([^\r\n]*)\r?\n(.*?)(?=^## |\z)')
$heading = $section.Groups[1].Value
$notes = $section.Groups[2].Value.Trim()
if ($heading -cnotmatch "^$([regex]::Escape($name)) - \d{4}-\d\d-\d\d$") {
    throw "The first section of CHANGELOG.md is '$heading', not '$name - <date>'. Name it after the version and the day."
}

if (-not $notes) {
    throw "CHANGELOG.md says nothing of $name. Write what has changed."
}

if ($NotesPath) {
    [System.IO.File]::WriteAllText($NotesPath, "$notes`n")
}

"$Tag is the version of the manifest and of the changelog."
