<#
.SYNOPSIS
    Takes rows from a Redis stream, makes their videos and saves them; any number of workers share the work.
.DESCRIPTION
    A message stays on the stream until its video is saved. What a worker leaves behind when it dies, another takes over
    after ClaimSec. Each row is submitted with -Once, so a message that is delivered again is not paid for again: this
    machine knows from its journal, any other from the external id, which the service takes once. Omni videos and
    extensions have no such id, so they are refused here.

    What can never succeed goes to the stream <Stream>:failed, with the reason. A worker stops when it cannot go on at
    all, for example without credit; its messages stay.

    The script uses the connection of the session (Connect-Kling), or else the key in $env:COMETAPI_KEY.
.PARAMETER Redis
    redis://[user:password@]host[:port][/database], or rediss:// for TLS; by default $env:KLING_REDIS.
.PARAMETER Destination
    The folder for the videos. All workers can share it.
.PARAMETER Stream
    The key of the stream.
.PARAMETER Slots
    How many tasks the account may have at the service at the same time, of all workers together.
.PARAMETER BatchSize
    How many of them this worker takes at most.
.PARAMETER MaxRequestsPerSec
    This worker's share of the account's rate: with four workers, a quarter.
.PARAMETER ClaimSec
    After how long without a sign of life a worker counts as dead.
.PARAMETER TimeoutSec
    How long a message may take before it counts as failed.
.PARAMETER UntilEmpty
    Ends when the stream is empty and no worker is busy. By default the worker waits for more.
.PARAMETER Worker
    A name of its own among the workers.
.EXAMPLE
    ./samples/redis/worker.ps1 -Redis redis://localhost -Destination ./out -Slots 10
.OUTPUTS
    System.IO.FileInfo, one per saved video.
#>
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
    [int] $ClaimSec = 60,

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

# These pass, so the message is tried again; with these the worker cannot go on. All others are the message's own.
$passing = 'ConcurrencyLimited', 'ConnectionFailed', 'DownloadIncomplete', 'MayBePaidAlready', 'RateLimited',
    'RequestTimeout', 'ServiceUnavailable', 'SubmissionUnknown', 'UnexpectedResponse', 'WaitTimeout'
$fatal = 'AccessDenied', 'AuthenticationFailed', 'FileNotWritable', 'InsufficientBalance', 'JournalNotWritable',
    'NotConnected', 'SpendLimitReached'

# A counting semaphore with leases: grants a worker as many slots as are free, until its lease ends. The clock is Redis'.
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

$omni = (Get-KlingModel | Where-Object Makes -Contains OmniVideo).Name
$group = 'workers'
$deliveries = 5
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

function Get-Slot([int] $Wanted) {
    $connection.Invoke(@('EVAL', $lease, 2, "${Stream}:leases", "${Stream}:slots", $Worker, $Wanted, $Slots, $ClaimSec))
}

function Add-Message($Entries) {
    foreach ($entry in $Entries) {
        $id, $fields = $entry
        $message = [pscustomobject]@{
            Id = $id; Json = $fields[1]; Row = $null; Task = $null; Until = (Get-Date).AddSeconds($TimeoutSec)
        }
        $open[$id] = $message
        try {
            $message.Row = $message.Json | ConvertFrom-Json
        }
        catch {
            Write-Verbose "Message ${id}: $($_.Exception.Message)"
        }

        if ($message.Row -isnot [pscustomobject] -or $message.Row.Prompt -is [array]) {
            Stop-Message $message 'It is not a row: its first field must be a JSON object, as submit.ps1 writes it.'
        }
        elseif ($message.Row.Reference -or $message.Row.ReferenceVideo -or $message.Row.EditVideo -or
            "$($message.Row.Model)".Trim() -in $omni) {
            Stop-Message $message 'It might be paid for twice: an omni video has no external id. Make it in one place.'
        }
    }
}

function Remove-Message([string[]] $Id) {
    foreach ($one in $Id) {
        $open.Remove($one)
        $null = $connection.Invoke(@('XACK', $Stream, $group, $one))
        $null = $connection.Invoke(@('XDEL', $Stream, $one))
    }
}

function Stop-Message($Message, [string] $Reason) {
    Write-Warning "Message $($Message.Id) failed: $Reason"
    $null = $connection.Invoke(@('XADD', "${Stream}:failed", '*', 'row', $Message.Json, 'reason', $Reason))
    Remove-Message $Message.Id
}

function Resolve-Failure([System.Management.Automation.ErrorRecord] $Failure, $Messages) {
    $id = ($Failure.FullyQualifiedErrorId -split ',')[0]
    if ($id -in $fatal) {
        throw $Failure
    }

    foreach ($message in $Messages) {
        if ($id -notin $passing -or (Get-Date) -gt $message.Until) {
            Stop-Message $message $Failure.Exception.Message
        }
    }
}

# The sign of life. What is no longer pending, another worker has finished.
function Send-Heartbeat {
    if ($open.Count -gt 0) {
        $mine = $connection.Invoke(@('XCLAIM', $Stream, $group, $Worker, 0) + @($open.Keys) + 'JUSTID')
        @($open.Keys) | Where-Object { $_ -notin $mine } | ForEach-Object { $open.Remove($_) }
    }
}

try {
    while ($true) {
        Send-Heartbeat
        $free = (Get-Slot $BatchSize) - $open.Count
        if ($free -gt 0) {
            # First what a dead worker left. A message that has cost several workers their life is given up.
            $left = $connection.Invoke(@('XAUTOCLAIM', $Stream, $group, $Worker, (1000 * $ClaimSec), '0', 'COUNT', $free))[1]
            Add-Message $left
            foreach ($entry in $left) {
                $pending = $connection.Invoke(@('XPENDING', $Stream, $group, $entry[0], $entry[0], 1))
                if ($pending -and $pending[0][3] -gt $deliveries -and $open.ContainsKey($entry[0])) {
                    Stop-Message $open[$entry[0]] "It was delivered $deliveries times, and no worker has finished it."
                }
            }

            $free -= @($left).Count
        }

        if ($free -gt 0) {
            $block = if ($open.Count -eq 0) { 'BLOCK', 1000 }
            $new = $connection.Invoke(@('XREADGROUP', 'GROUP', $group, $Worker, 'COUNT', $free) + $block + @('STREAMS', $Stream, '>'))
            if ($new) {
                Add-Message $new[0][1]
            }
        }

        # What was granted and is not needed, another worker may have.
        $null = Get-Slot $open.Count
        if ($open.Count -eq 0) {
            if ($UntilEmpty -and $connection.Invoke(@('XLEN', $Stream)) -eq 0) {
                break
            }

            if ($free -le 0) {
                Start-Sleep -Seconds 1
            }

            continue
        }

        foreach ($message in @($open.Values | Where-Object { -not $_.Task })) {
            Send-Heartbeat
            $null = Get-Slot $open.Count
            if (-not $open.ContainsKey($message.Id)) {
                continue
            }

            $failures = @()
            $message.Task = $message.Row |
                New-KlingVideo -Once -QueueTimeoutSec ([int][Math]::Ceiling($ClaimSec / 2)) -ErrorAction SilentlyContinue -ErrorVariable failures
            foreach ($failure in $failures) {
                Resolve-Failure $failure $message
            }
        }

        $tasks = @($open.Values.Task | Where-Object { $_ })
        if ($tasks.Count -eq 0) {
            Start-Sleep -Milliseconds (250 * $ClaimSec)
        }

        $failures = $unsaved = @()
        $tasks |
            Wait-KlingTask -TimeoutSec ([int][Math]::Ceiling($ClaimSec / 4)) -ErrorAction SilentlyContinue -ErrorVariable failures |
            Save-KlingVideo -Destination $Destination -SkipExisting -ErrorAction SilentlyContinue -ErrorVariable unsaved |
            ForEach-Object {
                $file = $_
                Remove-Message ($open.Values | Where-Object { $_.Task.TaskId -eq $file.TaskId }).Id
                $file
            }
        foreach ($failure in @($failures) + @($unsaved)) {
            $taskId = if ($failure.TargetObject -is [string]) { $failure.TargetObject } else { $failure.TargetObject.TaskId }
            Resolve-Failure $failure @($open.Values | Where-Object { $_.Task.TaskId -eq $taskId })
        }
    }
}
finally {
    # What is left is handed back at once, as if never delivered.
    $null = Get-Slot 0
    foreach ($id in @($open.Keys)) {
        $null = $connection.Invoke(@('XCLAIM', $Stream, $group, $Worker, 0, $id, 'IDLE', (1000 * $ClaimSec), 'RETRYCOUNT', 0, 'JUSTID'))
    }

    if ($open.Count -eq 0) {
        $null = $connection.Invoke(@('XGROUP', 'DELCONSUMER', $Stream, $group, $Worker))
    }

    $connection.Close()
}
