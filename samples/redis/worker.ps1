<#
.SYNOPSIS
    Takes rows from a Redis stream, makes their videos and saves them; any number of workers share the work.
.DESCRIPTION
    A message stays on the stream until its video is saved as <Destination>/<TaskId>/<Name>.mp4. What a worker leaves
    behind when it dies, another takes over after ClaimSec. Each row is submitted with -Once, so a message that is
    delivered again is not paid for again: this machine knows from its journal, and on any other the service refuses a
    second task with the same external id. Omni videos have no such id, so they are refused here; so are pictures that
    are files of one machine, and external ids of your own.

    What can never succeed goes to the stream <Stream>:failed, with the reason. A worker that cannot pay any more, for
    example without credit, saves what was paid for, and ends; the other messages stay.

    The script uses the connection of the session (Connect-Kling), or else the key in $env:COMETAPI_KEY.
.PARAMETER Redis
    redis://[user:password@]host[:port][/database], or rediss:// for TLS; by default $env:KLING_REDIS. Special
    characters of the password are percent-encoded.
.PARAMETER Destination
    The folder for the videos. All workers can share it.
.PARAMETER Stream
    The key of the stream.
.PARAMETER Slots
    How many tasks the account may have at the service at the same time, of all workers together.
.PARAMETER BatchSize
    How many messages this worker handles at a time, at most.
.PARAMETER MaxRequestsPerSec
    The limit of this worker, unless the session is connected already. For 20 a second with four workers, give each 5.
.PARAMETER ClaimSec
    After how long without a sign of life a worker counts as dead. The same for all workers; longer than a submission
    and a download take.
.PARAMETER TimeoutSec
    How long a worker tries a message before it counts as failed.
.PARAMETER UntilEmpty
    Ends when the stream is empty and no worker is busy. By default the worker waits for more.
.PARAMETER Worker
    A name of its own among the workers.
.EXAMPLE
    ./samples/redis/worker.ps1 -Redis redis://localhost -Destination ./out -Slots 10
.OUTPUTS
    System.IO.FileInfo, one per saved video.
#>
#requires -Version 7
[CmdletBinding()]
param(
    [ValidateNotNullOrEmpty()]
    [string] $Redis = $env:KLING_REDIS,

    [ValidateNotNullOrEmpty()]
    [string] $Destination = './out',

    [ValidateNotNullOrEmpty()]
    [string] $Stream = 'kling',

    [ValidateRange(1, 10000)]
    [int] $Slots = 5,

    [ValidateRange(1, 1000)]
    [int] $BatchSize = 5,

    [ValidateRange(0.1, 1000)]
    [double] $MaxRequestsPerSec = 5,

    [ValidateRange(2, 86400)]
    [int] $ClaimSec = 300,

    [ValidateRange(1, 604800)]
    [int] $TimeoutSec = 3600,

    [switch] $UntilEmpty,

    [ValidateNotNullOrEmpty()]
    [string] $Worker = "$([Environment]::MachineName)-$PID"
)

$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name New-KlingVideo -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../KlingPS.psd1"
}

Import-Module "$PSScriptRoot/Redis.psm1"
if (-not (Get-KlingConnection)) {
    Connect-Kling -MaxRequestsPerSec $MaxRequestsPerSec
}

# Fails here, before anything is paid, if the folder cannot be written.
$folder = (New-Item -ItemType Directory -Path $Destination -Force).FullName
Remove-Item -LiteralPath (New-Item -ItemType File -Path (Join-Path $folder "$(New-Guid).tmp"))

# Passing errors: the message is tried again. Fatal ones: this worker cannot pay. All others are the message's own.
$passing = 'ConcurrencyLimited', 'ConnectionFailed', 'DownloadIncomplete', 'FileNotWritable', 'MayBePaidAlready',
    'RateLimited', 'RequestTimeout', 'ServiceUnavailable', 'SubmissionUnknown', 'UnexpectedResponse', 'WaitTimeout'
$fatal = 'AuthenticationFailed', 'InsufficientBalance', 'JournalNotWritable', 'NotConnected', 'SpendLimitReached'

# A counting semaphore with leases: grants a worker as many slots as are free, until its lease ends, by Redis' clock.
$lease = @'
local now = tonumber(redis.call('TIME')[1])
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], dead)
  redis.call('HDEL', KEYS[2], dead)
end
redis.call('HDEL', KEYS[2], ARGV[1])
local free = tonumber(ARGV[3])
for _, held in ipairs(redis.call('HVALS', KEYS[2])) do free = free - held end
local granted = math.max(0, math.min(tonumber(ARGV[2]), free))
redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], granted)
return granted
'@

# Both at once: what is acknowledged and not deleted would stay on the stream for ever.
$remove = "redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) return redis.call('XDEL', KEYS[1], ARGV[2])"

$omni = (Get-KlingModel | Where-Object Makes -Contains OmniVideo).Name
$group = 'workers'
$deliveries = 5
$queueSec = [int][Math]::Ceiling($ClaimSec / 4)
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$connection = Connect-Redis $Redis
try {
    $null = $connection.Invoke(@('XGROUP', 'CREATE', $Stream, $group, '0', 'MKSTREAM'))
}
catch {
    if ($_.Exception.GetBaseException().Message -notlike 'BUSYGROUP*') {
        throw
    }
}

# The messages this worker has, by id, each with its row and, once it is submitted, its task.
$open = @{}
$cursor = '0'
$ending = $null

function Get-Slot([int] $Wanted) {
    $connection.Invoke(@('EVAL', $lease, 2, "${Stream}:leases", "${Stream}:slots", $Worker, $Wanted, $Slots, $ClaimSec))
}

# The sign of life. What is no longer pending, another worker has finished.
function Send-Heartbeat {
    if ($open.Count -gt 0) {
        $mine = $connection.Invoke(@('XCLAIM', $Stream, $group, $Worker, 0) + @($open.Keys) + 'JUSTID')
        @($open.Keys) | Where-Object { $_ -notin $mine } | ForEach-Object { $open.Remove($_) }
    }
}

function Remove-Message([string[]] $Id) {
    foreach ($one in $Id) {
        $open.Remove($one)
        $null = $connection.Invoke(@('EVAL', $remove, 1, $Stream, $group, $one))
    }
}

function Move-MessageToFailed($Message, [string] $Reason) {
    Write-Warning "Message $($Message.Id) failed: $Reason"
    $null = $connection.Invoke(@('XADD', "${Stream}:failed", '*') + $Message.Fields + 'Reason' + $Reason)
    Remove-Message $Message.Id
}

function Get-Refusal($Row) {
    if ($Row.Reference -or $Row.ReferenceVideo -or $Row.EditVideo -or "$($Row.Model)".Trim() -in $omni) {
        'It might be paid for twice: an omni video has no external id. Make it on one machine.'
    }
    elseif ($Row.ExternalTaskId) {
        'It has an external id of its own, by which another row may be known. Leave the column out.'
    }
    elseif (@($Row.Image, $Row.ImageTail) -notmatch '^https://' | Where-Object { $_ }) {
        'Its picture may be on one machine only. Give an address that starts with https://.'
    }
}

function Add-Message($Entries) {
    foreach ($entry in $Entries) {
        $id, $fields = $entry
        $row = [ordered]@{}
        for ($i = 0; $i -lt $fields.Count; $i += 2) {
            $row[$fields[$i]] = $fields[$i + 1]
        }

        $message = [pscustomobject]@{
            Id = $id; Fields = $fields; Row = [pscustomobject]$row; Task = $null
            Until = $clock.Elapsed.TotalSeconds + $TimeoutSec
        }
        $open[$id] = $message
        if ($refusal = Get-Refusal $message.Row) {
            Move-MessageToFailed $message $refusal
        }
    }
}

function Resolve-Failure([System.Management.Automation.ErrorRecord] $Failure, $Messages) {
    $id = ($Failure.FullyQualifiedErrorId -split ',')[0]
    if ($id -in $fatal) {
        $script:ending = $Failure
        return
    }

    foreach ($message in $Messages) {
        if ($id -notin $passing -or $clock.Elapsed.TotalSeconds -gt $message.Until) {
            Move-MessageToFailed $message $Failure.Exception.Message
        }
    }
}

try {
    while ($true) {
        Send-Heartbeat
        $free = if ($ending) { 0 } else { (Get-Slot $BatchSize) - $open.Count }
        if ($free -gt 0) {
            # First what a dead worker left. A message that has cost several workers their life is given up.
            $cursor, $left, $null = $connection.Invoke(@(
                    'XAUTOCLAIM', $Stream, $group, $Worker, (1000 * $ClaimSec), $cursor, 'COUNT', $free))
            Add-Message $left
            foreach ($entry in $left | Where-Object { $open.ContainsKey($_[0]) }) {
                $pending = $connection.Invoke(@('XPENDING', $Stream, $group, $entry[0], $entry[0], 1))
                if ($pending -and $pending[0][3] -gt $deliveries) {
                    $reason = "It was delivered $deliveries times, and no worker has finished it."
                    Move-MessageToFailed $open[$entry[0]] $reason
                }
            }

            $free -= @($left).Count
        }

        if ($free -gt 0) {
            $block = if ($open.Count -eq 0) { 'BLOCK', 1000 }
            $new = $connection.Invoke(
                @('XREADGROUP', 'GROUP', $group, $Worker, 'COUNT', $free) + $block + @('STREAMS', $Stream, '>'))
            if ($new) {
                Add-Message $new[0][1]
            }
        }

        # What was granted and is not needed, another worker may have.
        $null = Get-Slot $open.Count
        if ($open.Count -eq 0 -and -not $ending) {
            if ($UntilEmpty -and $connection.Invoke(@('XLEN', $Stream)) -eq 0) {
                break
            }

            if ($free -le 0) {
                Start-Sleep -Seconds 1
            }

            continue
        }

        foreach ($message in @($open.Values | Where-Object { -not $_.Task })) {
            if ($ending) {
                break
            }

            Send-Heartbeat
            $null = Get-Slot $open.Count
            if (-not $open.ContainsKey($message.Id)) {
                continue
            }

            $failures = @()
            $message.Task = $message.Row |
                New-KlingVideo -Once -QueueTimeoutSec $queueSec -ErrorAction SilentlyContinue -ErrorVariable failures
            foreach ($failure in $failures) {
                Resolve-Failure $failure $message
            }
        }

        $tick = [int][Math]::Ceiling([Math]::Min(15, $ClaimSec / 4))
        $tasks = @($open.Values.Task | Where-Object { $_ })
        if ($tasks.Count -eq 0) {
            if ($ending) {
                throw $ending
            }

            Start-Sleep -Seconds $tick
            continue
        }

        $failures = $unsaved = @()
        $quietly = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'unsaved' }
        $tasks |
            Wait-KlingTask -TimeoutSec $tick -ErrorAction SilentlyContinue -ErrorVariable failures |
            Save-KlingVideo -Destination { Join-Path $folder $_.TaskId } -SkipExisting @quietly |
            ForEach-Object {
                $file = $_
                Remove-Message ($open.Values | Where-Object { $_.Task.TaskId -eq $file.TaskId }).Id
                $file
            }
        foreach ($failure in @($failures) + @($unsaved)) {
            $target = $failure.TargetObject
            $taskId = if ($target -is [string]) { $target } else { $target.TaskId }
            Resolve-Failure $failure @($open.Values | Where-Object { $_.Task.TaskId -eq $taskId })
        }
    }
}
finally {
    # What is left is handed back, as if never delivered. Redis is asked, because a reply may have been lost.
    try {
        $connection.Open()
        $null = Get-Slot 0
        foreach ($entry in $connection.Invoke(@('XPENDING', $Stream, $group, '-', '+', 10000, $Worker))) {
            $claim = 'XCLAIM', $Stream, $group, $Worker, 0, $entry[0], 'IDLE', (1000 * $ClaimSec)
            $null = $connection.Invoke($claim + @('RETRYCOUNT', 0, 'JUSTID'))
        }

        $connection.Close()
    }
    catch {
        Write-Verbose "Nothing was handed back: $($_.Exception.GetBaseException().Message)"
    }
}
