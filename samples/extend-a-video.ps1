<#
.SYNOPSIS
    Makes a video, extends it, and saves the longer one.
.DESCRIPTION
    Submits a parent video, waits for it, extends it, waits for the extension and saves it. The parent and the extension
    are written as they finish, then the saved file.

    With -Sandbox nothing leaves the machine and nothing is paid. Without it the script uses the connection of the
    session (Connect-Kling), or else the key in $env:COMETAPI_KEY, and the service charges two tasks.
.PARAMETER Prompt
    What the parent video shows.
.PARAMETER ExtensionPrompt
    How it goes on.
.PARAMETER Destination
    The folder the video is saved in; it is made if missing.
.PARAMETER Model
    The model of the parent. The service extends videos of kling-v1, kling-v1-5 and kling-v1-6.
.PARAMETER Sandbox
    Connects the session to the sandbox first, a service in memory that costs nothing. Disconnect-Kling leaves it.
.EXAMPLE
    ./samples/extend-a-video.ps1 -Sandbox

    Shows the whole way, for nothing, in a few seconds.
.EXAMPLE
    ./samples/extend-a-video.ps1 -Prompt 'A lighthouse in a storm' -ExtensionPrompt 'The sky clears'

    Makes the video with the account of the session.
.OUTPUTS
    KlingPS.KlingTask, twice, then System.IO.FileInfo.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $Prompt = 'A quiet harbour at dawn',

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $ExtensionPrompt = 'The sun breaks through',

    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out',

    [ValidateNotNullOrEmpty()]
    [string] $Model = 'kling-v1-6',

    [switch] $Sandbox
)

# A sandbox that cannot be connected must end the script, not leave it to the account of the session.
$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name New-KlingExtension -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

if ($Sandbox) {
    Connect-Kling -Sandbox
}

# Writes a task for whoever runs the script, and hands it on to the next command.
filter Show-Task {
    $PSCmdlet.WriteObject($_)
    $_
}

New-KlingVideo -Prompt $Prompt -Model $Model |
    Wait-KlingTask | Show-Task |
    New-KlingExtension -Prompt $ExtensionPrompt |
    Wait-KlingTask | Show-Task |
    Save-KlingVideo -Destination $Destination
