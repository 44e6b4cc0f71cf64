<#
.SYNOPSIS
Records the table line of the README as an animated picture.

.DESCRIPTION
Runs a few lines on the sandbox, in a PowerShell of their own in tmux, and writes what appears there as an SVG file:
no key, no network, no cost. Nothing in the picture is written by hand. It needs PowerShell 7 and tmux.

The lines run in the folder kling of the folder for temporary files, or beside it if there is one already.

.PARAMETER Path
The SVG file to write.

.EXAMPLE
./tools/record-terminal.ps1

Makes docs/table.svg anew.

.OUTPUTS
The file.
#>
[CmdletBinding()]
[OutputType([System.IO.FileInfo])]
param(
    [string] $Path = "$PSScriptRoot/../docs/table.svg"
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The session in the terminal: it types a line, then runs it.
$session = {
    param([string] $Manifest)

    $lines = @(
        'Connect-Kling -Sandbox'
        'Get-Content videos.csv'
        @'
Import-Csv videos.csv | New-KlingVideo -Once | Wait-KlingTask |
  Save-KlingVideo -Destination ./out -SkipExisting
'@
        'Import-Csv videos.csv | New-KlingVideo -Once   # again: pays for nothing'
    )

    Import-Module -Name $Manifest
    [Console]::Write('PS> ')
    foreach ($line in $lines) {
        Start-Sleep -Milliseconds 600
        foreach ($part in [regex]::Matches(($line -replace '\r?\n', "`n>> "), '(?s).{1,3}')) {
            [Console]::Write($part.Value)
            Start-Sleep -Milliseconds 60
        }

        Start-Sleep -Milliseconds 300
        [Console]::WriteLine()
        & ([scriptblock]::Create($line)) | Out-Default
        [Console]::Write('PS> ')
    }

    # The recorder ends the terminal, which would be empty without its program.
    $Host.UI.RawUI.WindowTitle = 'recorded'
    Start-Sleep -Seconds 60
}

$colours = @{
    '31' = '#ff7b72'; '32' = '#3fb950'; '33' = '#d29922'; '34' = '#58a6ff'; '35' = '#bc8cff'; '36' = '#39c5cf'
    '91' = '#ffa198'; '92' = '#56d364'; '93' = '#e3b341'; '94' = '#79c0ff'; '95' = '#d2a8ff'; '96' = '#56d4dd'
    '39' = '#c9d1d9'
}
$fonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
$columns = 92
$cellWidth = 8.4
$cellHeight = 19
$margin = 16
$top = 44

function Invoke-Tmux {
    tmux -u -S "$folder/.tmux" -f /dev/null @args
    if ($LASTEXITCODE -ne 0) {
        throw "tmux ended with exit code $LASTEXITCODE, or the session in it ended early."
    }
}

function Format-Number([double] $Value) { $Value.ToString('0.##', [cultureinfo]::InvariantCulture) }

# Each row in pieces of one style, stretched to their cells, so that every font of a fixed width stays in line.
function ConvertTo-SvgRow([string[]] $Lines) {
    # A style goes on into the next row.
    $codes = @()
    for ($row = 0; $row -lt $Lines.Count; $row++) {
        $column = 0
        -join $(foreach ($part in $Lines[$row] -split '(\e\[[\d;]*m)') {
                if ($part -match '^\e\[([\d;]*)m$') {
                    # tmux says 0 when bold or italics end.
                    foreach ($code in $Matches[1] -split ';') {
                        $codes = @(if ($code -ne '0') { $codes }) + $code
                    }

                    continue
                }

                $shown = $part.TrimEnd()
                if ($shown) {
                    $colour = $colours[@(@('39') + $codes | Where-Object { $colours[$_] })[-1]]
                    $look = "fill='$colour'"
                    if ($codes -contains '1') { $look += " font-weight='bold'" }
                    if ($codes -contains '3') { $look += " font-style='italic'" }
                    $x = Format-Number ($margin + $column * $cellWidth)
                    $width = Format-Number ($shown.Length * $cellWidth)
                    $shown = [System.Security.SecurityElement]::Escape($shown)
                    "<text x='$x' y='$($top + $row * $cellHeight + 14)' textLength='$width' $look>$shown</text>"
                }

                $column += $part.Length
            })
    }
}

# Runs the session. Returns what each row showed, from when and until when, and the text of the last screen.
function Read-Terminal {
    $manifest = (Resolve-Path -LiteralPath "$PSScriptRoot/../KlingPS.psd1").ProviderPath -replace "'", "''"
    $encoded = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes("& {$session} '$manifest'"))
    # The pwsh of a .NET tool is a process of dotnet.
    $pwsh = @([Environment]::ProcessPath; if ([Environment]::ProcessPath -notlike '*pwsh') { "$PSHOME/pwsh.dll" })
    $command = @('env', '-u', 'NO_COLOR', '-u', 'COMETAPI_KEY', '-u', 'COMETAPI_BASE_URL', 'LC_ALL=C.UTF-8') + $pwsh +
        @('-NoProfile', '-NoLogo', '-EncodedCommand', $encoded)
    Invoke-Tmux set -g status off ';' set -g default-terminal xterm-256color ';' `
        new-session -d -x $columns -y 24 -c $folder @command

    $open = @{}
    $clock = $null
    $states = do {
        Start-Sleep -Milliseconds 30
        $title, $lines = Invoke-Tmux display-message -p '#{pane_title}' ';' capture-pane -p -e
        $rows = @(ConvertTo-SvgRow $lines)
        if (-not $clock -and (-join $rows)) {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
        }

        for ($row = 0; $row -lt $rows.Count; $row++) {
            $state = $open[$row]
            if ($rows[$row] -ne ($state ? $state.Svg : '')) {
                $now = $clock.Elapsed.TotalSeconds
                if ($state) {
                    $state.Until = $now
                }

                $open[$row] = [pscustomobject]@{ Row = $row; Svg = $rows[$row]; From = $now; Until = $null }
                $open[$row]
            }
        }
    } until ($title -eq 'recorded')

    $states.Where({ $_.Svg }), ($lines -replace '\e\[[\d;]*m' -join "`n").TrimEnd()
}

function ConvertTo-Svg([object[]] $States, [string] $Text) {
    $whole = 6 + ($States.From | Measure-Object -Maximum).Maximum
    $width = Format-Number (2 * $margin + $columns * $cellWidth)
    $height = $top + (1 + ($States.Row | Measure-Object -Maximum).Maximum) * $cellHeight + $margin
    $frames = [System.Collections.Generic.List[string]]::new()
    $body = foreach ($state in $States) {
        $i = $frames.Count
        $from = Format-Number (100 * $state.From / $whole)
        $class, $until = if ($null -ne $state.Until) {
            " class='gone'", "$(Format-Number (100 * $state.Until / $whole))%{visibility:hidden}"
        }

        $frames.Add("@keyframes k$i{0%{visibility:hidden}$from%{visibility:visible}$until}#s$i{animation-name:k$i}")
        "<g id='s$i'$class>$($state.Svg)</g>"
    }

    # Without motion, where it is not wanted or not supported, the picture is the last one.
    @"
<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height"
 font-family="$fonts" font-size="14" role="img" aria-labelledby="title text">
<title id="title">A table of videos on the sandbox</title>
<desc id="text">
$([System.Security.SecurityElement]::Escape($Text))
</desc>
<style>
text{white-space:pre}
.gone{visibility:hidden}
@media (prefers-reduced-motion:no-preference){
g{animation:$(Format-Number $whole)s step-end infinite}
$($frames -join "`n")
}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<circle cx="20" cy="18" r="6" fill="#ff5f56"/>
<circle cx="40" cy="18" r="6" fill="#ffbd2e"/>
<circle cx="60" cy="18" r="6" fill="#27c93f"/>
$($body -join "`n")
</svg>
"@
}

if (-not (Get-Command -Name tmux -CommandType Application -ErrorAction Ignore)) {
    throw 'There is no tmux to record with. Install it, or record where it is.'
}

$folder = Join-Path ([System.IO.Path]::GetTempPath()) 'kling'
if (Test-Path -LiteralPath $folder) {
    $folder += "-$PID"
}

$null = New-Item -Path $folder -ItemType Directory
Set-Content -LiteralPath "$folder/videos.csv" -Value @'
Name,Prompt,Duration
harbour,A quiet harbour at dawn,5
lighthouse,A lighthouse in a storm,10
market,A market at noon,5
'@
try {
    $states, $text = Read-Terminal
    $svg = (ConvertTo-Svg $states $text) -replace '\r\n', "`n"
    Set-Content -LiteralPath $Path -Value $svg -Encoding utf8NoBOM
    Get-Item -LiteralPath $Path
}
finally {
    tmux -S "$folder/.tmux" kill-server 2>$null
    Remove-Item -LiteralPath $folder -Recurse -Force
}
