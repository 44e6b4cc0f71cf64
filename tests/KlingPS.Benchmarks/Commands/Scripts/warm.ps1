# Prints, a line for each pair, the milliseconds of so many calls in a row of Get-KlingTask, and of Rest or Raw.
param([string] $Other, [string] $Manifest, [string] $TaskId, [int] $Pairs, [int] $Calls)
$ErrorActionPreference = 'Stop'
$address = "${env:COMETAPI_BASE_URL}v1/videos/text2video/$TaskId"
$headers = @{ Authorization = "Bearer $env:COMETAPI_KEY" }
Import-Module -Name $Manifest

# Without the bound on requests a second, which would be all that is measured.
Connect-Kling -MaxRequestsPerSec 0
$client = [System.Net.Http.HttpClient]::new()
$client.DefaultRequestHeaders.Add('Authorization', $headers.Authorization)

function Measure-Kling {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Calls; $i++) { $task = Get-KlingTask -TaskId $TaskId -Kind TextToVideo }
    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

function Measure-Other {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    if ($Other -eq 'Rest') {
        for ($i = 0; $i -lt $Calls; $i++) { $task = (Invoke-RestMethod -Uri $address -Headers $headers).data }
    }
    else {
        for ($i = 0; $i -lt $Calls; $i++) { $task = $client.GetStringAsync($address).GetAwaiter().GetResult() }
    }

    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

# The runtime compiles what is called often a second and a third time, which goes on for seconds.
$warming = [System.Diagnostics.Stopwatch]::StartNew()
while ($warming.Elapsed.TotalSeconds -lt 10) { $null = Measure-Kling; $null = Measure-Other }
foreach ($pair in 1..$Pairs) {
    [string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', (Measure-Kling), (Measure-Other))
}
