# The part of the Functions host in samples/azure-function, played after the source of its queue extension and of its
# PowerShell worker; dot-sourced after Common.ps1. Queues and blobs are those of Azurite, over HTTP with a SAS.

$App = "$Repository/samples/azure-function"
$MaxDequeueCount = (Get-Content -LiteralPath "$App/host.json" -Raw | ConvertFrom-Json).extensions.queues.maxDequeueCount
$Pushed = @{}

# As the worker does first of all.
. "$App/profile.ps1"

# Takes what the worker's own cmdlet takes; the hashtable of a response becomes an HttpResponseContext there.
function Push-OutputBinding([string] $Name, $Value) {
    $Pushed[$Name] = $Value
}

function Get-Binding([string] $Function) {
    (Get-Content -LiteralPath "$App/$Function/function.json" -Raw | ConvertFrom-Json).bindings
}

# The worker makes a hashtable of a message that is a JSON object, and leaves text that is no JSON as it is.
function ConvertFrom-Message([string] $Text) {
    if ($Text -notmatch '(?s)^\s*[{[].*[}\]]\s*$') {
        return $Text
    }

    $read = ConvertFrom-Json -InputObject $Text -AsHashtable -NoEnumerate
    if ($read -is [hashtable]) { [hashtable]::new($read, [StringComparer]::OrdinalIgnoreCase) } else { , $read }
}

function ConvertTo-Message($Value) {
    if ($Value -is [string]) { $Value } else { ConvertTo-Json -InputObject $Value -Depth 3 -Compress }
}

# Azurite on free ports, in memory, with an account of its own; leaves in the environment what a client needs.
function Start-Azurite {
    $key = [byte[]]::new(64)
    [System.Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($key)
    $env:AZURITE_ACCOUNTS = "klingtest:$([Convert]::ToBase64String($key))"
    $arguments = '--no-deprecation', "`"$Repository/tests/npm/node_modules/azurite/dist/src/azurite.js`"",
        '--inMemoryPersistence --silent --skipApiVersionCheck --disableTelemetry',
        '--blobPort 0 --queuePort 0 --tablePort 0'
    $azurite = Start-Child node ($arguments -join ' ')
    $env:AZURITE_ACCOUNTS = $null
    $address = @{}
    while ($address.Count -lt 3) {
        $line = Read-Line $azurite
        if ($null -eq $line) {
            throw 'Azurite ended before it listened.'
        }

        if ($line -match '^Azurite (\w+) service is successfully listening at (http://127\.0\.0\.1:\d+)') {
            $address[$Matches[1]] = "$($Matches[2])/klingtest"
        }
    }

    # A SAS of the account, for queues and blobs: what is signed is every term in its place, empty ones too.
    $terms = [ordered]@{ sp = 'rwdlacup'; ss = 'bq'; srt = 'sco'; st = ''; se = '2099-01-01T00:00:00Z' }
    $terms += [ordered]@{ sip = ''; spr = ''; sv = '2018-11-09' }
    $hmac = [System.Security.Cryptography.HMACSHA256]::new($key)
    $signed = [System.Text.Encoding]::UTF8.GetBytes("klingtest`n$($terms.Values -join "`n")`n")
    $terms.sig = [uri]::EscapeDataString([Convert]::ToBase64String($hmac.ComputeHash($signed)))
    $env:TEST_SAS = ($terms.Keys | Where-Object { $terms[$_] } | ForEach-Object { "$_=$($terms[$_])" }) -join '&'
    $env:TEST_BLOBS = $address.Blob
    $env:TEST_QUEUES = $address.Queue
    $azurite
}

function Invoke-Storage([string] $Method, [string] $Address, [byte[]] $Body = @(), [switch] $MayBeGone) {
    if (-not $script:storage) {
        $script:storage = [System.Net.Http.HttpClient]::new()
    }

    $separator = if ($Address.Contains('?')) { '&' } else { '?' }
    $request = [System.Net.Http.HttpRequestMessage]::new($Method, "$Address$separator$env:TEST_SAS")
    if ($Method -ne 'GET') {
        $request.Content = [System.Net.Http.ByteArrayContent]::new($Body)
        $request.Headers.Add('x-ms-blob-type', 'BlockBlob')
    }

    $response = $script:storage.SendAsync($request).GetAwaiter().GetResult()
    $text = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult().TrimStart([char]0xFEFF)
    if (-not $response.IsSuccessStatusCode -and -not ($MayBeGone -and [int]$response.StatusCode -eq 404)) {
        throw "$Method $Address`: $([int]$response.StatusCode) $text"
    }

    if ($response.Headers.Contains('x-ms-approximate-messages-count')) {
        return [int]@($response.Headers.GetValues('x-ms-approximate-messages-count'))[0]
    }

    $text
}

function Clear-Storage {
    foreach ($queue in 'kling-work', 'kling-work-poison', 'kling-open', 'kling-open-poison') {
        $null = Invoke-Storage PUT "$env:TEST_QUEUES/$queue"
        $null = Invoke-Storage DELETE "$env:TEST_QUEUES/$queue/messages"
    }

    $null = Invoke-Storage DELETE "$env:TEST_BLOBS/kling-videos?restype=container" -MayBeGone
    $null = Invoke-Storage PUT "$env:TEST_BLOBS/kling-videos?restype=container"
}

function Send-Message([string] $Queue, $Value) {
    $text = [System.Security.SecurityElement]::Escape((ConvertTo-Message $Value))
    $body = [System.Text.Encoding]::UTF8.GetBytes("<QueueMessage><MessageText>$text</MessageText></QueueMessage>")
    $null = Invoke-Storage POST "$env:TEST_QUEUES/$Queue/messages" $body
}

# Hidden ones too.
function Measure-Queue([string] $Queue) {
    Invoke-Storage GET "$env:TEST_QUEUES/$Queue`?comp=metadata"
}

function Get-Message([string] $Queue) {
    $answer = [xml](Invoke-Storage GET "$env:TEST_QUEUES/$Queue/messages?peekonly=true&numofmessages=32")
    @($answer.SelectNodes('//MessageText') | ForEach-Object InnerText)
}

function Get-Blob {
    $answer = [xml](Invoke-Storage GET "$env:TEST_BLOBS/kling-videos?restype=container&comp=list")
    @($answer.SelectNodes('//Blob/Name') | ForEach-Object InnerText)
}

function Get-Outcome([string] $TaskId) {
    Invoke-Storage GET "$env:TEST_BLOBS/kling-videos/$TaskId.json" | ConvertFrom-Json
}

# Delivers the next message of a function's queue, and does with it and the outputs what the host does.
# -VisibilitySec is how long others do not see it, -RetrySec how long nobody does after a failure; -Hold waits at
# a point for a line of input, so that a test can end the process there.
function Invoke-NextMessage([string] $Function, [int] $VisibilitySec = 60, [int] $RetrySec = 0, [string] $Hold) {
    $bindings = Get-Binding $Function
    $queue = ($bindings | Where-Object type -EQ queueTrigger).queueName
    $at = "$env:TEST_QUEUES/$queue/messages"
    $message = ([xml](Invoke-Storage GET "$at`?visibilitytimeout=$VisibilitySec")).SelectSingleNode('//QueueMessage')
    if ($null -eq $message) {
        return
    }

    $receipt = "$at/$($message.MessageId)?popreceipt=$([uri]::EscapeDataString($message.PopReceipt))"
    $delivery = [int]$message.DequeueCount
    $result = 'Poison'
    if ($Hold -eq 'Taken') {
        Wait-Here
    }

    if ($delivery -le $MaxDequeueCount) {
        # What the message says overrides what the queue says.
        $data = @{ Id = $message.MessageId; DequeueCount = $delivery }
        $value = ConvertFrom-Message $message.MessageText
        if ($value -is [hashtable]) {
            $value.GetEnumerator() | ForEach-Object { $data[$_.Key] = $_.Value }
        }

        $Pushed.Clear()
        try {
            & "$App/$Function/run.ps1" -Message $value -TriggerMetadata $data
            $result = 'Done'
        }
        catch {
            $result = if ($delivery -ge $MaxDequeueCount) { 'Poison' } else { 'Failed' }
        }
    }

    if ($result -eq 'Done') {
        foreach ($binding in $bindings | Where-Object { $_.direction -eq 'out' -and $null -ne $Pushed[$_.name] }) {
            $output = $Pushed[$binding.name]
            if ($binding.type -eq 'queue') {
                Send-Message $binding.queueName $output
            }
            else {
                if ($output -isnot [byte[]]) {
                    $output = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Message $output))
                }

                $path = [regex]::Replace($binding.path, '\{(\w+)\}', { $data[$args[0].Groups[1].Value] })
                $null = Invoke-Storage PUT "$env:TEST_BLOBS/$path" $output
            }
        }

        if ($Hold -eq 'Pushed') {
            Wait-Here
        }
    }

    if ($result -eq 'Poison') {
        Send-Message "$queue-poison" $message.MessageText
    }

    # A message that another has taken meanwhile is that one's.
    if ($result -eq 'Failed') {
        $null = Invoke-Storage PUT "$receipt&visibilitytimeout=$RetrySec" -MayBeGone
    }
    else {
        $null = Invoke-Storage DELETE $receipt -MayBeGone
    }

    [pscustomobject]@{ Function = $Function; Delivery = $delivery; Result = $result }
}

function Wait-Here {
    [Console]::Out.WriteLine('holding')
    $null = [Console]::In.ReadLine()
}

# An instance of the app: until both queues are empty, it delivers what it finds.
function Invoke-Instance([int] $VisibilitySec, [int] $RetrySec = 1, [string] $Hold) {
    while ($true) {
        $isIdle = $true
        foreach ($function in 'kling-submit', 'kling-save') {
            if ($handled = Invoke-NextMessage $function $VisibilitySec $RetrySec $Hold) {
                $handled
                $Hold = ''
                $isIdle = $false
            }
        }

        if ($isIdle) {
            if ((Measure-Queue kling-work) + (Measure-Queue kling-open) -eq 0) {
                return
            }

            # As the host does when it finds nothing.
            Start-Sleep -Milliseconds 50
        }
    }
}

# The same in a process of its own, on a disk of its own; it writes a line for each message.
function Start-Instance([int] $VisibilitySec = 60, [string] $Hold) {
    $disk = "$TestDrive/$(New-Guid)"
    $null = New-Item -ItemType Directory -Path $disk
    $script = "`$env:XDG_STATE_HOME = '$disk'
        `$env:KLINGPS_JOURNAL = `$null
        . '$PSScriptRoot/Common.ps1'
        . '$PSScriptRoot/FunctionsHost.ps1'
        Import-Module '$Manifest'
        Invoke-Instance $VisibilitySec -Hold '$Hold' |
            ForEach-Object { [Console]::Out.WriteLine(`"`$(`$_.Function) `$(`$_.Delivery) `$(`$_.Result)`") }"
    Start-Child (Get-Shell) "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $(Get-Encoded $script)"
}
