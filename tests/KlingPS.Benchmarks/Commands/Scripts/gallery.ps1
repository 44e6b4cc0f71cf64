# Saves so many videos of the sandbox to a folder, and prints the milliseconds of their gallery: of files, of tasks.
param([string] $Manifest, [string] $Folder, [int] $Count)
$ErrorActionPreference = 'Stop'
Import-Module -Name $Manifest
Connect-Kling -Sandbox -SandboxTaskSec 0
$prompts = foreach ($i in 1..$Count) { "A quiet harbour at dawn, shot $i" }
$tasks = $prompts | New-KlingVideo -Model kling-v1-6 -ThrottleLimit 16 | Wait-KlingTask
$files = $tasks | Save-KlingVideo -Destination $Folder -ThrottleLimit 16

function Measure-Export($Videos, [string] $Page) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $Videos | Export-KlingGallery -Path "$Folder/$Page"
    $clock.Elapsed.TotalMilliseconds
}

$milliseconds = (Measure-Export $files 'index.html'), (Measure-Export $tasks 'tasks.html')
[string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $milliseconds)
