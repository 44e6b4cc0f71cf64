<#
.SYNOPSIS
    Makes each row of a table once, and saves the videos; run again, it pays for nothing that was paid for.
.DESCRIPTION
    The table is a CSV file with the columns Name and Prompt, and others named like the parameters of New-KlingVideo,
    such as Model and Duration. Each row becomes <Destination>/<Name>.mp4. Rows without a video are listed in
    failed.csv, beside the table, and whether they were paid for.

    The script uses the connection of the session (Connect-Kling), or else the key in $env:COMETAPI_KEY.
.PARAMETER Path
    The table.
.PARAMETER Destination
    The folder for the videos; it is created if missing.
.EXAMPLE
    Connect-Kling -Sandbox
    ./make-a-table.ps1 ./videos.csv

    Makes the table on the sandbox, free of charge.
.OUTPUTS
    System.IO.FileInfo, one per saved video.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $Path = './videos.csv',

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out'
)

# A row that fails does not stop the others.
$ErrorActionPreference = 'Continue'

if (-not (Get-Command -Name New-KlingVideo -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

Import-Csv -LiteralPath $Path -Encoding UTF8 -ErrorAction Stop |
    New-KlingVideo -Once -ErrorVariable refused |
    Wait-KlingTask -ErrorVariable late |
    Save-KlingVideo -Destination $Destination -SkipExisting -ErrorVariable unsaved

$beside = Split-Path (Resolve-Path -LiteralPath $Path)
@($refused) + $late + $unsaved |
    ForEach-Object {
        [pscustomobject]@{
            Name = $_.Exception.TaskName; Error = $_.FullyQualifiedErrorId -replace ',.*'
            Submission = $_.Exception.Submission; Reason = $_.Exception.Message
        }
    } | Export-Csv -LiteralPath (Join-Path $beside failed.csv) -NoTypeInformation -Encoding UTF8
