<#
.SYNOPSIS
    Makes one video of at least -Seconds from a few prompts, and joins its parts where it has more than one.
.EXAMPLE
    Connect-Kling -Sandbox; ./samples/make-a-long-video.ps1 'A quiet harbour', 'The sun rises', 'Boats leave'
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)] [string[]] $Prompt = 'A quiet harbour at dawn',
    [int] $Seconds = 30,
    [string] $Name = 'harbour',
    [string] $Model = 'kling-v3',
    [string] $Destination = './out'
)

$ErrorActionPreference = 'Stop'
$first, $rest = $Prompt
$files = New-KlingVideo -Prompt $first -Model $Model -Duration 10 -Name $Name -Once | Wait-KlingTask |
    Expand-KlingVideo -TargetSec $Seconds -StepSec 10 -Prompt $rest -Name $Name |
    Save-KlingVideo -Destination $Destination -SkipExisting | Sort-Object Name

# An extended video holds all that was before it; the clips of the other ways follow each other.
if ($files.Count -gt 1 -and $files[0].Name -like '*-01.mp4') {
    $files | Join-KlingVideo -Destination "$Destination/$Name.mp4" -Force
} else { $files[-1] }
