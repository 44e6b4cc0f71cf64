# One run of a table of work: the line that the README shows, on a server of the benchmark's own.
param([string]$Manifest, [string]$BaseUri, [string]$Table, [string]$Out, [string]$PerDay)

Import-Module $Manifest
$limit = if ($PerDay -ne 'none') { @{ MaxPaidTasksPerDay = $PerDay } } else { @{} }
Connect-Kling -ApiKey sk-0123456789abcdefWXYZ -BaseUri $BaseUri -RequestTimeoutSec 2 @limit -WarningAction Ignore
'READY'
Import-Csv $Table |
    New-KlingVideo -Once -ThrottleLimit 4 -ErrorVariable refused -ErrorAction SilentlyContinue -WarningAction Ignore |
    Wait-KlingTask -PollIntervalSec 0.5 -ErrorVariable late -ErrorAction SilentlyContinue |
    Save-KlingVideo -Destination $Out -SkipExisting -ErrorVariable unsaved -ErrorAction SilentlyContinue |
    Out-Null
$problems = @($refused) + @($late) + @($unsaved)
$problems | Group-Object FullyQualifiedErrorId | ForEach-Object { "ERROR $($_.Count) $($_.Name)" }
"ENDED $($problems.Count)"
