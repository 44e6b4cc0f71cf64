# One process of the proof of endings: submits rows and ends in the way it is told.
param([string] $Manifest, [uri] $BaseUri, [int] $Number, [int] $Count, [int] $Throttle, [string] $Ending)
$ErrorView = 'NormalView'
Import-Module $Manifest
Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0 -MaxRetryCount 1 -RequestTimeoutSec 5
$rows = 1..$Count | ForEach-Object { [pscustomobject]@{ Prompt = "harbour ${Number}x$_"; ExternalTaskId = "e${Number}x${_}e" } }
$write = { [Console]::Out.WriteLine("TASK $($_.TaskId).") }
[Console]::Out.WriteLine('READY')
switch ($Ending) {
    Stop { $rows | New-KlingVideo -ThrottleLimit $Throttle -ErrorAction Stop | ForEach-Object $write }
    First { $rows | New-KlingVideo -ThrottleLimit $Throttle | Select-Object -First 2 | ForEach-Object $write }
    Upstream { $rows | ForEach-Object { if ($_ -eq $rows[3]) { throw 'upstream' } $_ } | New-KlingVideo -ThrottleLimit $Throttle | ForEach-Object $write }
    Downstream { $rows | New-KlingVideo -ThrottleLimit $Throttle | ForEach-Object { & $write; throw 'downstream' } }
    default { $rows | New-KlingVideo -ThrottleLimit $Throttle | ForEach-Object $write }
}
[Console]::Out.WriteLine('ENDED')
