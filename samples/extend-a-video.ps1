<#
.SYNOPSIS
    Makes a video, extends it, and saves the longer one.
.DESCRIPTION
    Submits a parent video, waits for it, extends it, waits for the extension and saves it. The script writes the parent
    and the extension as they finish, then the saved file.

    With -Sandbox nothing leaves the machine and nothing is paid. Without it the script uses the connection of the
    session (Connect-Kling), or else the key in $env:COMETAPI_KEY, and the service charges two tasks.
.PARAMETER Prompt
    What the parent video shows.
.PARAMETER ExtensionPrompt
    What happens in the extension.
.PARAMETER Destination
    The folder for the video; it is created if missing.
.PARAMETER Model
    The model of the parent. The service extends videos made with kling-v1, kling-v1-5 or kling-v1-6.
.PARAMETER Sandbox
    First connects the session to the sandbox, a service in memory that costs nothing. Disconnect-Kling ends that.
.EXAMPLE
    ./samples/extend-a-video.ps1 -Sandbox

    Runs the whole pipeline in a few seconds, free of charge.
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

# If the sandbox cannot be connected, the script must end rather than use the account of the session.
$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name New-KlingExtension -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

if ($Sandbox) {
    Connect-Kling -Sandbox
}

# Writes a task to the output of the script, and passes it on to the next command.
filter Show-Task {
    $PSCmdlet.WriteObject($_)
    $_
}

New-KlingVideo -Prompt $Prompt -Model $Model |
    Wait-KlingTask | Show-Task |
    New-KlingExtension -Prompt $ExtensionPrompt |
    Wait-KlingTask | Show-Task |
    Save-KlingVideo -Destination $Destination
