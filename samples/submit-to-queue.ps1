<#
.SYNOPSIS
    Submits videos, and writes their ids to a folder so that other machines can wait for them.
.DESCRIPTION
    Each task becomes one small file in <Queue>/new, which save-from-queue.ps1 takes on any machine that has the folder
    mounted and the key of the same account. Any other queue works too: the message is TaskId and Kind.

    The script uses the connection of the session (Connect-Kling), or else the key in $env:COMETAPI_KEY.
.PARAMETER Prompt
    Submits a video for each prompt. Each is paid.
.PARAMETER Queue
    The folder; it is created if missing.
.PARAMETER Model
    The model of the videos.
.EXAMPLE
    ./samples/submit-to-queue.ps1 -Prompt 'A quiet harbour at dawn', 'A lighthouse' -Queue /mnt/kling

    Submits two videos, and returns without waiting.
.OUTPUTS
    KlingPS.KlingTask, one per submitted video.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline)]
    [string[]] $Prompt,

    [Parameter(Mandatory, Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $Queue,

    [ValidateNotNullOrEmpty()]
    [string] $Model = 'kling-v1-6'
)

begin {
    $ErrorActionPreference = 'Stop'

    if (-not (Get-Command -Name New-KlingVideo -ErrorAction Ignore)) {
        Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
    }

    # Fails here, before anything is paid, if the folder cannot be written.
    $new = (New-Item -ItemType Directory -Path "$Queue/new" -Force).FullName
    $unfinished = (New-Item -ItemType Directory -Path "$Queue/unfinished" -Force).FullName
}

process {
    $Prompt | New-KlingVideo -Model $Model -ErrorAction Continue | ForEach-Object {
        # Written elsewhere and renamed, so that a reader never finds half a message.
        $name = "$(New-Guid).json"
        [pscustomobject]@{ TaskId = $_.TaskId; Kind = "$($_.Kind)" } |
            ConvertTo-Json -Compress | Set-Content -LiteralPath "$unfinished/$name"
        Move-Item -LiteralPath "$unfinished/$name" -Destination "$new/$name"
        $_
    }
}
