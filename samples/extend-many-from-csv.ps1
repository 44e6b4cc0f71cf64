<#
.SYNOPSIS
    Extends every video a CSV file lists, and writes what became of each row.
.DESCRIPTION
    Submits one extension a row, waits for all of them together and saves each as soon as it is ready. A row that fails
    is reported and stops no other. Each row is paid by the account of the session (Connect-Kling, or else the key in
    $env:COMETAPI_KEY).

    Nothing is sent when a column or an id is missing, or when the results file is there already. At the end, and when
    Ctrl+C stops the script, the results file has a line for each row:

    ParentTaskId, ParentVideoId, Prompt
        The row.
    TaskId, Status
        The extension. Without a TaskId, Status is what is known of the submission: NotSent, NotCreated, or Unknown,
        when the service may have created a task and did not say so: look at the account before sending it again.
    File, Error
        The saved video, or why there is none.
.PARAMETER Path
    A CSV file in UTF-8 with the columns TaskId and VideoId, of the parent, and Prompt, such as samples/extensions.csv.
.PARAMETER Destination
    The folder the videos are saved in; it is made if missing.
.PARAMETER ResultPath
    The results file. It must not exist, as it would hold the ids of tasks that were paid.
.PARAMETER TimeoutSec
    How long to wait after the last row was submitted; -1 is forever. A task that takes longer goes on at the service.
.EXAMPLE
    ./samples/extend-many-from-csv.ps1 -Path ./samples/extensions.csv

    Extends what the file lists.
.EXAMPLE
    Import-Csv ./out/results.csv | Where-Object Status -in Submitted, Processing | Wait-KlingTask |
        Save-KlingVideo -Destination ./out

    Goes on with what had not finished in time.
.OUTPUTS
    System.IO.FileInfo, one a saved video, as soon as it is saved.
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

# Ends the script at anything unexpected; what may fail for a single row says -ErrorAction Continue.
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
    throw "'$Path' has $($bad.Count) row(s) without a whole TaskId and VideoId, the first: $($bad[0])"
}

if (Test-Path -LiteralPath $ResultPath) {
    throw "'$ResultPath' exists: it may hold the ids of tasks that were paid. Move it, or give another -ResultPath."
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

# That the results cannot be written must be known before anything is paid.
$null = New-Item -ItemType Directory -Path $Destination -Force
Write-Result

$resultOf = @{}
$late = $unsaved = @()
try {
    & {
        foreach ($index in 0..($rows.Count - 1)) {
            $result = $results[$index]
            # Holds when Ctrl+C interrupts the submission.
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
        # Without a connection, say: the next run must not find a file that tells of nothing.
        Remove-Item -LiteralPath $ResultPath
    }
}

$failed = @($results | Where-Object { -not $_.File })
if ($failed) {
    Write-Warning "$($failed.Count) of $($results.Count) rows have no video; '$ResultPath' says why."
}
