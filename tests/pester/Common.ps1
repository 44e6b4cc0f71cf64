# What every file of the suite starts and ends with; dot-sourced in BeforeAll.

# Whatever the caller prefers.
$ErrorActionPreference = 'Continue'
$ProgressPreference = 'SilentlyContinue'

$Repository = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath

# The packed module is what is tested; KLINGPS_MODULE names the manifest of another one.
$Version = [regex]::Match((Get-Content -LiteralPath "$Repository/KlingPS.psd1" -Raw), "ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value
$Manifest = if ($env:KLINGPS_MODULE) { $env:KLINGPS_MODULE } else { Join-Path $Repository "artifacts/KlingPS/$Version/KlingPS.psd1" }
if (-not (Test-Path -LiteralPath $Manifest)) {
    throw "There is no packed module at $Manifest. Run 'dotnet build -t:Package' first."
}

# Imports the module, on the sandbox if asked, away from the user's journal and key.
function Enter-Suite([double] $SandboxTaskSec = -1) {
    $script:environment = @{}
    foreach ($name in 'KLINGPS_JOURNAL', 'COMETAPI_KEY', 'COMETAPI_BASE_URL', 'KLINGAI_API_KEY', 'KLINGAI_ACCESS_KEY', 'KLINGAI_SECRET_KEY') {
        $script:environment[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }

    $env:KLINGPS_JOURNAL = 'off'
    Import-Module -Name $Manifest
    if ($SandboxTaskSec -ge 0) {
        Connect-Kling -Sandbox -SandboxTaskSec $SandboxTaskSec
    }
}

# The session as one that has never been connected: after Disconnect-Kling it would wait for Connect-Kling.
function Clear-Connection {
    Connect-Kling -Sandbox
    Remove-Module -Name KlingPS
    Import-Module -Name $Manifest
}

function Exit-Suite {
    Clear-Connection
    $global:PSDefaultParameterValues.Remove('Wait-KlingTask:PollIntervalSec')
    foreach ($entry in $script:environment.GetEnumerator()) {
        [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value)
    }
}

# Starts a program whose output is read line by line; Stop-Child ends it.
function Start-Child([string] $Program, [string] $Arguments) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($Program, $Arguments)
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardInput = $true
    $start.UseShellExecute = $false
    [System.Diagnostics.Process]::Start($start)
}

function Stop-Child([System.Diagnostics.Process] $Process) {
    if ($Process) {
        if (-not $Process.HasExited) {
            $Process.Kill()
            $Process.WaitForExit()
        }

        $Process.Dispose()
    }
}

# The next line a child writes; one that writes none in time is an error.
function Read-Line([System.Diagnostics.Process] $Process, [int] $TimeoutSec = 60) {
    $line = $Process.StandardOutput.ReadLineAsync()
    if (-not $line.Wait([timespan]::FromSeconds($TimeoutSec))) {
        throw "$($Process.ProcessName) has written no line in $TimeoutSec s."
    }

    $line.Result
}

# Before a wait in a child: the tasks of the test server take moments, and a wait expects minutes of the service.
$QuickWait = '$PSDefaultParameterValues[''Wait-KlingTask:PollIntervalSec''] = 0.2'

# The service on loopback, in a process of its own; adds its address. One that hangs says what arrives and never answers;
# one under control does what RemoteControl.cs says.
function Start-TestServer([string] $TaskSeconds, [switch] $Hang, [switch] $Control) {
    $built = Get-ChildItem -Path "$Repository/tests/KlingPS.TestServer/bin" -Recurse -Filter KlingPS.TestServer.dll |
        Sort-Object -Property LastWriteTime | Select-Object -Last 1
    $server = Start-Child dotnet "`"$($built.FullName)`" --task-seconds $TaskSeconds$(if ($Hang) { ' --hang 1' })$(if ($Control) { ' --control 1' })"
    $global:PSDefaultParameterValues['Wait-KlingTask:PollIntervalSec'] = 0.2
    $address = (Read-Line $server) -replace '^Listening on '
    if ($address -notlike 'http://127.0.0.1:*/kling/') {
        Stop-Child $server
        throw "The test server did not start; it said '$address'."
    }

    if ($Control) {
        # How to connect and to end it.
        $null = 1..2 | ForEach-Object { Read-Line $server }
    }

    $server | Add-Member -NotePropertyName BaseUri -NotePropertyValue ([uri]$address) -PassThru
}

# This PowerShell again, for what only a process shows.
function Get-Shell {
    (Get-Process -Id $PID).Path
}

# A script as one argument of the command line, whatever it holds.
function Get-Encoded([string] $Script) {
    [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($Script))
}

# The requests among verbose messages: those of the exchange, not of ShouldProcess.
filter Select-Request {
    if ($_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -match '^(GET|POST) .*: (HTTP \d+|no response)') {
        $_.Message
    }
}

# As a console shows it, without colours and line breaks.
function Get-Plain([string] $Text) {
    $Text -replace '\x1b\[[0-9;]*m' -replace '\r?\n\s*\|?\s*', ' '
}
