# Runs whenever an instance of the function app starts.

# -Once needs a journal that can be locked: on the instance's own disk, with which it goes. Between instances the
# external id decides, which the module derives from the Name and the request: the service refuses a second task with the
# same one.
if (-not $env:XDG_STATE_HOME) {
    $env:XDG_STATE_HOME = [System.IO.Path]::GetTempPath()
}

# After five deliveries the runtime moves a message to the poison queue. That is for what needs a person: what passes by
# itself goes back as a new message on the fourth, so that one delivery is left for an instance that dies.
function Test-PutBack([System.Management.Automation.ErrorRecord] $Failure, $TriggerMetadata) {
    $passing = 'ConcurrencyLimited', 'ConnectionFailed', 'DownloadIncomplete', 'MayBePaidAlready', 'RateLimited',
        'RequestTimeout', 'ServiceUnavailable', 'SubmissionUnknown', 'WaitTimeout'
    [int]$TriggerMetadata.DequeueCount -ge 4 -and ($Failure.FullyQualifiedErrorId -split ',')[0] -in $passing
}
