# Prints the milliseconds of the first call of this process: Kling, Rest, or Raw.
param([string] $Caller, [string] $Manifest, [string] $TaskId)
$ErrorActionPreference = 'Stop'
$address = "${env:COMETAPI_BASE_URL}v1/videos/text2video/$TaskId"
$headers = @{ Authorization = "Bearer $env:COMETAPI_KEY" }
if ($Caller -eq 'Kling') { Import-Module -Name $Manifest }
$clock = [System.Diagnostics.Stopwatch]::new()
foreach ($round in 1..3) {
    $clock.Restart()
    Get-Module | Out-Null
    $clock.Stop()
}

switch ($Caller) {
    'Kling' {
        $clock.Restart()
        $task = Get-KlingTask -TaskId $TaskId -Kind TextToVideo
        $clock.Stop()
    }
    'Rest' {
        $clock.Restart()
        $task = (Invoke-RestMethod -Uri $address -Headers $headers).data
        $clock.Stop()
    }
    'Raw' {
        $clock.Restart()
        $client = [System.Net.Http.HttpClient]::new()
        $client.DefaultRequestHeaders.Add('Authorization', $headers.Authorization)
        $task = $client.GetStringAsync($address).GetAwaiter().GetResult()
        $clock.Stop()
    }
}

if (-not $task) { throw 'No answer came.' }
$clock.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)
