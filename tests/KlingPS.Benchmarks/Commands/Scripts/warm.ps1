# Prints, a line for each round, the milliseconds of so many calls in a row of: Get-KlingTask; Invoke-RestMethod, if
# $Other is Rest; HttpClient and ConvertFrom-Json; HttpClient alone; and the least that a cmdlet can do.
param([string] $Other, [string] $Manifest, [string] $TaskId, [int] $Pairs, [int] $Calls)
$ErrorActionPreference = 'Stop'
$address = "${env:COMETAPI_BASE_URL}v1/videos/text2video/$TaskId"
$headers = @{ Authorization = "Bearer $env:COMETAPI_KEY" }
Import-Module -Name $Manifest

# Without the bound on requests a second, which would be all that is measured.
Connect-Kling -MaxRequestsPerSec 0
$client = [System.Net.Http.HttpClient]::new()
$client.DefaultRequestHeaders.Add('Authorization', $headers.Authorization)

Add-Type -CompilerOptions '-optimize+' -PassThru -TypeDefinition @'
using System.Management.Automation;
using System.Net.Http;
using System.Text.Json;

[Cmdlet("Get", "Least")]
public class GetLeast : PSCmdlet
{
    public static HttpClient Client;

    [Parameter] public string Address { get; set; }

    protected override void ProcessRecord()
    {
        using JsonDocument body = JsonDocument.Parse(Client.GetByteArrayAsync(Address).GetAwaiter().GetResult());
        WriteObject(body.RootElement.GetProperty("data").GetProperty("task_id").GetString());
    }
}
'@ | ForEach-Object Assembly | Select-Object -First 1 | Import-Module
[GetLeast]::Client = $client

function Measure-Kling {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Calls; $i++) { $task = Get-KlingTask -TaskId $TaskId -Kind TextToVideo }
    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

function Measure-Rest {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Calls; $i++) { $task = (Invoke-RestMethod -Uri $address -Headers $headers).data }
    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

function Measure-Json {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Calls; $i++) {
        $task = ($client.GetStringAsync($address).GetAwaiter().GetResult() | ConvertFrom-Json).data
    }
    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

function Measure-Raw {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Calls; $i++) { $task = $client.GetStringAsync($address).GetAwaiter().GetResult() }
    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

function Measure-Least {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Calls; $i++) { $task = Get-Least -Address $address }
    if (-not $task) { throw 'No answer came.' }
    $clock.Elapsed.TotalMilliseconds
}

function Measure-All {
    Measure-Kling
    if ($Other -eq 'Rest') { Measure-Rest }
    Measure-Json
    Measure-Raw
    Measure-Least
}

# The runtime compiles what is called often a second and a third time, which goes on for seconds.
$warming = [System.Diagnostics.Stopwatch]::StartNew()
while ($warming.Elapsed.TotalSeconds -lt 10) { $null = Measure-All }
# Printed at the end, because reading the output would slow down the next call.
$rows = foreach ($pair in 1..$Pairs) { , @(Measure-All) }
foreach ($row in $rows) {
    ($row | ForEach-Object { ([double]$_).ToString([cultureinfo]::InvariantCulture) }) -join ' '
}
