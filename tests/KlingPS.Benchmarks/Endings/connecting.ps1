# The sessions after the proof of endings: what connecting tells, what is unsettled, and each unsettled row sent again.
param([string] $Manifest, [uri] $BaseUri)
$ErrorView = 'NormalView'
Import-Module $Manifest
do {
    Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0 -WarningVariable said
} while ($said)
foreach ($intent in Get-KlingIntent) {
    [Console]::Out.WriteLine("INTENT $($intent.ExternalTaskId) $($intent.State)")
    $prompt = "harbour $($intent.ExternalTaskId.Trim('e'))"
    try {
        New-KlingVideo $prompt -ExternalTaskId $intent.ExternalTaskId -ErrorAction Stop | ForEach-Object { [Console]::Out.WriteLine("PAID $($_.TaskId)") }
    }
    catch {
        [Console]::Out.WriteLine("REFUSED $($_.FullyQualifiedErrorId)")
    }
}
