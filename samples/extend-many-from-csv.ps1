<#
.SYNOPSIS
    Extends every video in a CSV file, and writes the outcome of each row.
.DESCRIPTION
    Submits one extension per row, waits for all of them together and saves each as soon as it is ready. A row that
    fails is reported and does not stop the others. Each row is charged to the account of the session (Connect-Kling,
    or else the key in $env:COMETAPI_KEY).

    Nothing is sent if a column or an id is missing, or if the results file already exists. At the end, and when Ctrl+C
    stops the script, the results file has one line per row:

    ParentTaskId, ParentVideoId, Prompt
        The row.
    TaskId, Status
        The extension. Without a TaskId, Status is the outcome of the submission: NotSent, NotCreated, or Unknown. After
        Unknown a task may exist: check the account's usage before you send the row again.
    File, Error
        The saved video, or why there is none.
.PARAMETER Path
    A CSV file in UTF-8 with the parent's TaskId and VideoId and a Prompt, such as samples/extensions.csv.
.PARAMETER Destination
    The folder for the videos; it is created if missing.
.PARAMETER ResultPath
    The results file. It must not exist, because it might contain the ids of paid tasks.
.PARAMETER TimeoutSec
    How long to wait after the last row was submitted; -1 waits forever. A task that takes longer continues at the
    service.
.EXAMPLE
    ./samples/extend-many-from-csv.ps1 -Path ./samples/extensions.csv

    Extends every video in the file.
.EXAMPLE
    Import-Csv ./out/results.csv | Where-Object Status -in Submitted, Processing | Wait-KlingTask |
        Save-KlingVideo -Destination ./out

    Continues with the tasks that did not finish in time.
.OUTPUTS
    System.IO.FileInfo, one per saved video, as soon as it is saved.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [string] $Path,

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out',

    [ValidateNotNullOrEmpty()]
    [string] $ResultPath = "$Destination/results.csv",

    [ValidateRange(-1, [int]::MaxValue)]
    [int] $TimeoutSec = 3600
)

# Anything unexpected ends the script; commands that may fail for a single row use -ErrorAction Continue.
$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name New-KlingExtension -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../KlingPS.psd1"
}

$rows = @(Import-Csv -LiteralPath $Path -Encoding UTF8)
if (-not $rows) {
    throw "'$Path' has no rows."
}

$columns = @($rows[0].PSObject.Properties.Name)
$missing = @('TaskId', 'VideoId', 'Prompt' | Where-Object { $_ -notin $columns })
if ($missing) {
    throw "'$Path' lacks the column $($missing -join ', '); its columns are $($columns -join ', ')."
}

# A spreadsheet turns a long id into 8.35E+17.
$isNoId = '^\s*$|^\d[\d.,]*E\+\d+$'
$bad = @($rows | Where-Object { $_.TaskId -match $isNoId -or $_.VideoId -match $isNoId })
if ($bad) {
    throw "'$Path' has $($bad.Count) row(s) without a complete TaskId and VideoId; the first is $($bad[0])"
}

if (Test-Path -LiteralPath $ResultPath) {
    throw "'$ResultPath' exists and may contain the ids of paid tasks. Move it, or give another -ResultPath."
}

$results = @(
    foreach ($row in $rows) {
        [pscustomobject]@{
            ParentTaskId  = $row.TaskId
            ParentVideoId = $row.VideoId
            Prompt        = $row.Prompt
            TaskId        = ''
            Status        = 'NotSent'
            File          = ''
            Error         = ''
        }
    }
)

function Write-Result {
    $results | Export-Csv -LiteralPath $ResultPath -NoTypeInformation -Encoding UTF8
}

function Add-SubmissionError($Result, $Record) {
    $Result.Error = $Record.Exception.Message
    if ($null -ne $Record.Exception.Submission) {
        $Result.Status = $Record.Exception.Submission
    }
}

# Fails here, before anything is paid, if the results cannot be written.
$null = New-Item -ItemType Directory -Path $Destination -Force
Write-Result

$resultOf = @{}
$late = $unsaved = @()
try {
    & {
        foreach ($index in 0..($rows.Count - 1)) {
            $result = $results[$index]
            # Remains if Ctrl+C interrupts the submission.
            $result.Status = 'Unknown'
            try {
                $task = $rows[$index] | New-KlingExtension -ErrorAction Continue -ErrorVariable refused
            }
            catch {
                Add-SubmissionError $result $_
                throw
            }

            foreach ($record in $refused) {
                Add-SubmissionError $result $record
            }

            if ($task) {
                $result.TaskId = $task.TaskId
                $result.Status = $task.Status
                $resultOf[$task.TaskId] = $result
                $task
            }
        }
    } |
        Wait-KlingTask -TimeoutSec $TimeoutSec -ErrorAction Continue -ErrorVariable late |
        ForEach-Object { $resultOf[$_.TaskId].Status = $_.Status; $_ } |
        Save-KlingVideo -Destination $Destination -ErrorAction Continue -ErrorVariable unsaved |
        ForEach-Object { $resultOf[$_.TaskId].File = $_.FullName; $_ }
}
finally {
    foreach ($record in @($late) + @($unsaved)) {
        $target = $record.TargetObject
        $result = $resultOf["$(if ($target -is [string]) { $target } else { $target.TaskId })"]
        if ($result) {
            $result.Error = $record.Exception.Message
            if ($null -ne $target.Status) {
                $result.Status = $target.Status
            }
        }
    }

    if ($results | Where-Object { $_.Status -ne 'NotSent' -or $_.Error }) {
        Write-Result
    }
    else {
        # For example without a connection: the next run must not find an empty results file.
        Remove-Item -LiteralPath $ResultPath
    }
}

$failed = @($results | Where-Object { -not $_.File })
if ($failed) {
    Write-Warning "$($failed.Count) of $($results.Count) rows have no video; see '$ResultPath' for the reasons."
}
