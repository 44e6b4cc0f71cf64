# One run of a video that goes on, on a server of the benchmark's own.
param([string]$Manifest, [string]$BaseUri, [string]$Out, [string]$Model, [string]$Method, [int]$StepSec)

Import-Module $Manifest
Connect-Kling -ApiKey sk-0123456789abcdefWXYZ -BaseUri $BaseUri -RequestTimeoutSec 2 -WarningAction Ignore
$step = if ($StepSec) { @{ StepSec = $StepSec } } else { @{} }
$tasks = New-KlingVideo 'A harbour' -Model $Model -Name harbour -Once -WarningAction Ignore |
    Wait-KlingTask -PollIntervalSec 0.2 |
    Expand-KlingVideo -TargetSec 30 -Name harbour -Method $Method @step -WarningAction Ignore -ErrorVariable interrupted
if (-not $tasks) { 'ENDED 1'; return }
$files = @($tasks | Save-KlingVideo -Destination $Out -SkipExisting | Sort-Object Name)
if (-not $interrupted) {
    if ($files.Count -gt 1 -and $files[0].Name -like '*-01.mp4') {
        $files | Join-KlingVideo -Destination "$Out/whole.mp4" -Force | Out-Null
    } else { Copy-Item -LiteralPath $files[-1].FullName -Destination "$Out/whole.mp4" }
}
$interrupted | ForEach-Object { "ERROR $($_.Exception.Message)" }
"ENDED $($interrupted.Count)"
