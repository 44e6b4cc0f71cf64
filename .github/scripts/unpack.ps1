<#
.SYNOPSIS
Unpacks the one package of a folder to KlingPS/<version> in it, as an installation would, if it has the bytes it should have.
.PARAMETER Sha256
The hash the package must have.
.PARAMETER Folder
Where the package is; the checkout's artifacts unless said.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Sha256,

    [string] $Folder = "$PSScriptRoot/../../artifacts"
)

$ErrorActionPreference = 'Stop'

$Folder = [System.IO.Path]::GetFullPath($Folder)
$packages = [System.IO.Directory]::GetFiles($Folder, '*.nupkg')
if ($packages.Count -ne 1) {
    throw "There are $($packages.Count) packages in $Folder, and one is needed. Download the artifact of the build into an empty folder."
}

$package = $packages[0]
$found = [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($package)))
if ($found -ne $Sha256) {
    throw "The package has the SHA-256 $found, not $Sha256. It is not what was built: do not publish it."
}

$version = [regex]::Match([System.IO.Path]::GetFileName($package), '^KlingPS\.(\d+\.\d+\.\d+)').Groups[1].Value
$target = [System.IO.Path]::Combine($Folder, 'KlingPS', $version)
if (-not $version -or [System.IO.Directory]::Exists($target)) {
    throw "$package cannot be unpacked to $target. Use a fresh checkout."
}

$archive = [System.IO.Compression.ZipFile]::OpenRead($package)
try {
    foreach ($entry in $archive.Entries) {
        # What makes it a package is no file of the module.
        if ($entry.FullName -match '^(_rels/|package/|\[Content_Types\]\.xml$|[^/]+\.nuspec$)') { continue }

        $file = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($target, $entry.FullName))
        if (-not $file.StartsWith($target + [System.IO.Path]::DirectorySeparatorChar, [StringComparison]::Ordinal)) {
            throw "The package has a file '$($entry.FullName)' outside its folder. Do not publish it."
        }

        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($file))
        [System.IO.Compression.ZipFileExtensions]::ExtractToFile($entry, $file)
    }
}
finally {
    $archive.Dispose()
}

"$package, SHA-256 $($found.ToLowerInvariant()), is in $target."
