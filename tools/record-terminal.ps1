<#
.SYNOPSIS
Records the one-liner of the README as an animated picture.

.DESCRIPTION
Runs a few lines on the sandbox, in a PowerShell of their own on a pseudo terminal, and writes what appears there as an SVG
file: no key, no network, no cost. Nothing in the picture is written by hand. It needs PowerShell 7 on Linux, where the
command script (util-linux) makes the pseudo terminal.

The lines run in the folder kling of the folder for temporary files, or beside it if there is one already.

.PARAMETER Path
The SVG file to write.

.PARAMETER Columns
The width of the terminal.

.EXAMPLE
./tools/record-terminal.ps1

Makes docs/one-liner.svg anew.

.OUTPUTS
The file.
#>
[CmdletBinding()]
[OutputType([System.IO.FileInfo])]
param(
    [string] $Path = "$PSScriptRoot/../docs/one-liner.svg",

    [ValidateRange(60, 200)]
    [int] $Columns = 92
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# What is typed. Each is run as it stands here.
$lines = @(
    'Connect-Kling -Sandbox'
    @'
New-KlingVideo -Prompt 'A quiet harbour at dawn' -Model kling-v1-6 |
  Wait-KlingTask | New-KlingExtension -Prompt 'The sun breaks through' |
  Wait-KlingTask | Save-KlingVideo -Destination ./out
'@
    'Get-KlingTask -Last 2'
)

# The session on the terminal: it types a line, then runs it.
$session = {
    param([string] $Manifest, [string] $Folder, [string] $Lines)

    Import-Module -Name $Manifest
    Set-Location -LiteralPath $Folder
    [Console]::Out.Write('PS> ')
    foreach ($line in $Lines -split '\n\n') {
        Start-Sleep -Milliseconds 600
        foreach ($part in [regex]::Matches(($line -replace '\r?\n', "`n>> "), '(?s).{1,3}')) {
            [Console]::Out.Write($part.Value)
            Start-Sleep -Milliseconds 60
        }

        Start-Sleep -Milliseconds 300
        [Console]::Out.WriteLine()
        & ([scriptblock]::Create($line)) | Out-Default
        [Console]::Out.Write('PS> ')
    }
}

# As much of a terminal as PowerShell uses: a grid of cells, a cursor, and the style of what is written.
class Screen {
    [int] $Width
    [int] $Height
    [int] $Row
    [int] $Column
    [string] $Style = ''
    [string] $Rest = ''
    [object[]] $Cells

    Screen([int] $width, [int] $height) {
        $this.Width = $width
        $this.Height = $height
        $this.Cells = @(foreach ($i in 1..$height) { , $this.Blank() })
    }

    [object[]] Blank() {
        return @(foreach ($i in 1..$this.Width) { , @(' ', '') })
    }

    # Takes what the terminal is sent, and answers what it asks.
    [string] Write([string] $text) {
        $answer = ''
        $text = $this.Rest + $text
        $this.Rest = ''
        $at = 0
        while ($at -lt $text.Length) {
            if ($text[$at] -ne [char]27) {
                $this.Put($text[$at])
                $at++
                continue
            }

            $code = [regex]::Match($text.Substring($at), '^\x1b(\[(?<args>[?0-9;]*)(?<end>[A-Za-z])|\][^\x07\x1b]*(\x07|\x1b\\)|[=>78])')
            if (-not $code.Success) {
                $this.Rest = $text.Substring($at)
                break
            }

            $answer += $this.Control($code.Groups['end'].Value, $code.Groups['args'].Value)
            $at += $code.Length
        }

        return $answer
    }

    [void] Put([char] $character) {
        switch ([int]$character) {
            13 { $this.Column = 0; return }
            10 { $this.NewLine(); return }
            8 { $this.Column = [Math]::Max($this.Column - 1, 0); return }
        }

        if ([char]::IsControl($character)) {
            return
        }

        if ($this.Column -ge $this.Width) {
            $this.Column = 0
            $this.NewLine()
        }

        $this.Cells[$this.Row][$this.Column] = @([string]$character, $this.Style)
        $this.Column++
    }

    [void] NewLine() {
        if ($this.Row -lt $this.Height - 1) {
            $this.Row++
        }
        else {
            $this.Cells = @($this.Cells[1..($this.Height - 1)]) + , $this.Blank()
        }
    }

    [string] Control([string] $end, [string] $arguments) {
        [int[]] $numbers = @($arguments -split ';' -match '^\d+$')
        $first = if ($numbers) { $numbers[0] } else { 0 }
        switch -CaseSensitive ($end) {
            'n' { return "$([char]27)[$($this.Row + 1);$([Math]::Min($this.Column + 1, $this.Width))R" }
            'H' {
                $this.Row = [Math]::Max($first, 1) - 1
                $this.Column = $(if ($numbers.Count -gt 1) { [Math]::Max($numbers[1], 1) } else { 1 }) - 1
            }
            'A' { $this.Row = [Math]::Max($this.Row - [Math]::Max($first, 1), 0) }
            'B' { $this.Row = [Math]::Min($this.Row + [Math]::Max($first, 1), $this.Height - 1) }
            'C' { $this.Column = [Math]::Min($this.Column + [Math]::Max($first, 1), $this.Width - 1) }
            'D' { $this.Column = [Math]::Max($this.Column - [Math]::Max($first, 1), 0) }
            'G' { $this.Column = [Math]::Max($first, 1) - 1 }
            'K' { for ($i = $this.Column; $i -lt $this.Width; $i++) { $this.Cells[$this.Row][$i] = @(' ', '') } }
            'm' { $this.SetStyle($arguments) }
        }

        return ''
    }

    # A style is the list of its codes, each kind once: 1 bold, 3 italic, 7 reverse, the colour.
    [void] SetStyle([string] $arguments) {
        foreach ($code in $(if ($arguments) { $arguments -split ';' } else { '0' })) {
            $kept = @($this.Style -split ' ' -ne '')
            $this.Style = switch -Regex ($code) {
                '^0$' { '' }
                '^[137]$' { @($kept -ne $code) + $code -join ' ' }
                '^2[37]$' { @($kept -ne $code.Substring(1)) -join ' ' }
                '^22$' { @($kept -ne '1') -join ' ' }
                '^(3|9)[0-7]$' { @($kept -notmatch '^[39]\d$') + $code -join ' ' }
                '^39$' { @($kept -notmatch '^[39]\d$') -join ' ' }
                default { $kept -join ' ' }
            }
        }
    }

    # The pieces of each row that share a style, as column, style and text.
    [string[]] Rows() {
        return @(foreach ($cellsOfRow in $this.Cells) {
                $pieces = [System.Collections.Generic.List[string]]::new()
                for ($start = 0; $start -lt $this.Width; $start = $end) {
                    $look = $cellsOfRow[$start][1]
                    $piece = ''
                    for ($end = $start; $end -lt $this.Width -and $cellsOfRow[$end][1] -eq $look; $end++) {
                        $piece += $cellsOfRow[$end][0]
                    }

                    $piece = if ($look -split ' ' -contains '7') { $piece } else { $piece.TrimEnd() }
                    if ($piece) {
                        $pieces.Add("$start`t$look`t$piece")
                    }
                }

                $pieces -join "`n"
            })
    }

    [string] Text() {
        return (@(foreach ($cellsOfRow in $this.Cells) { (-join @($cellsOfRow.ForEach({ $_[0] }))).TrimEnd() }) -join "`n").TrimEnd()
    }
}

# Runs the session and returns the states of each row: what it shows, from when, and until when.
function Read-Terminal([Screen] $Screen, [string] $Folder) {
    $manifest = (Resolve-Path -LiteralPath "$PSScriptRoot/../KlingPS.psd1").ProviderPath
    $arguments = @($manifest, $Folder, ($lines -join "`n`n")).ForEach({ "'$($_ -replace "'", "''")'" }) -join ' '
    $encoded = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes("& {$session} $arguments"))
    $start = [System.Diagnostics.ProcessStartInfo]::new('script')
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    foreach ($argument in '-q', '-e', '-c', "stty cols $($Screen.Width) rows $($Screen.Height) -echo && exec '$((Get-Process -Id $PID).Path)' -NoProfile -NoLogo -EncodedCommand $encoded", '/dev/null') {
        $start.ArgumentList.Add($argument)
    }

    'TERM', 'LANG', 'LC_ALL' | ForEach-Object { $start.Environment[$_] = if ($_ -eq 'TERM') { 'xterm-256color' } else { 'C.UTF-8' } }
    'NO_COLOR', 'COMETAPI_KEY', 'COMETAPI_BASE_URL' | ForEach-Object { $null = $start.Environment.Remove($_) }
    $states = [System.Collections.Generic.List[object]]::new()
    $shown = @('') * $Screen.Height
    $open = @($null) * $Screen.Height
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $reader = $process.StandardOutput
        $buffer = [char[]]::new(4096)
        $clock = $null
        while (($count = $reader.Read($buffer, 0, $buffer.Length)) -gt 0) {
            $answer = $Screen.Write([string]::new($buffer, 0, $count))
            if ($answer) {
                $process.StandardInput.Write($answer)
                $process.StandardInput.Flush()
            }

            $rows = $Screen.Rows()
            if (-not $clock -and ($rows -ne '')) {
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
            }

            for ($i = 0; $i -lt $rows.Count; $i++) {
                if ($rows[$i] -ne $shown[$i]) {
                    $now = $clock.Elapsed.TotalSeconds
                    if ($open[$i]) {
                        $open[$i].Until = $now
                    }

                    $shown[$i] = $rows[$i]
                    $open[$i] = [pscustomobject]@{ Row = $i; Pieces = $rows[$i]; From = $now; Until = $null }
                    $states.Add($open[$i])
                }
            }
        }

        $process.WaitForExit()
        if ($process.ExitCode -ne 0) {
            throw "The session on the terminal ended with exit code $($process.ExitCode):`n$($Screen.Text())"
        }
    }
    finally {
        if (-not $process.HasExited) {
            $process.Kill()
        }

        $process.Dispose()
    }

    # What came and went between two pictures of a screen is nothing that can be seen.
    $states | Where-Object { $_.Pieces -and ($null -eq $_.Until -or $_.Until - $_.From -gt 0.02) }
}

$colours = @{
    '30' = '#484f58'; '31' = '#ff7b72'; '32' = '#3fb950'; '33' = '#d29922'; '34' = '#58a6ff'; '35' = '#bc8cff'; '36' = '#39c5cf'; '37' = '#b1bac4'
    '90' = '#6e7681'; '91' = '#ffa198'; '92' = '#56d364'; '93' = '#e3b341'; '94' = '#79c0ff'; '95' = '#d2a8ff'; '96' = '#56d4dd'; '97' = '#ffffff'
}
$paper = '#0d1117'
$ink = '#c9d1d9'
$fonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
$cellWidth = 8.4
$cellHeight = 19
$margin = 16
$top = 44

function Format-Number([double] $Value) { $Value.ToString('0.##', [cultureinfo]::InvariantCulture) }

# One piece of a row: its text stretched to its cells, so that every font of a fixed width stays in line.
function ConvertTo-SvgText([string] $Piece, [int] $Row) {
    [int] $column, $style, $text = $Piece -split "`t", 3
    $codes = $style -split ' '
    $colour = @($codes.Where({ $colours.ContainsKey($_) }).ForEach({ $colours[$_] })) + $ink | Select-Object -First 1
    $x = Format-Number ($margin + $column * $cellWidth)
    $width = Format-Number ($text.Length * $cellWidth)
    if ($codes -contains '7') {
        "<rect x='$x' y='$(Format-Number ($top + $Row * $cellHeight))' width='$width' height='$cellHeight' fill='$colour'/>"
        $colour = $paper
    }

    $look = "fill='$colour'"
    if ($codes -contains '1') { $look += " font-weight='bold'" }
    if ($codes -contains '3') { $look += " font-style='italic'" }
    $y = Format-Number ($top + $Row * $cellHeight + 14)
    "<text x='$x' y='$y' textLength='$width' $look>$([System.Security.SecurityElement]::Escape($text))</text>"
}

function ConvertTo-Svg([object[]] $States, [string] $Text) {
    $last = ($States.From | Measure-Object -Maximum).Maximum
    $whole = $last + 6
    $rows = 1 + ($States.Row | Measure-Object -Maximum).Maximum
    $width = Format-Number (2 * $margin + $Columns * $cellWidth)
    $height = Format-Number ($top + $rows * $cellHeight + $margin)
    $frames = [System.Text.StringBuilder]::new()
    $body = [System.Text.StringBuilder]::new()
    for ($i = 0; $i -lt $States.Count; $i++) {
        $state = $States[$i]
        $from = Format-Number (100 * $state.From / $whole)
        $until = if ($null -ne $state.Until) { "$(Format-Number (100 * $state.Until / $whole))%{visibility:hidden}" }
        $null = $frames.AppendLine("@keyframes k$i{0%{visibility:hidden}$from%{visibility:visible}$until}#s$i{animation-name:k$i}")
        $pieces = $state.Pieces -split "`n" | ForEach-Object { ConvertTo-SvgText $_ $state.Row }
        $gone = if ($null -ne $state.Until) { " class='gone'" }
        $null = $body.AppendLine("<g id='s$i'$gone>$(-join $pieces)</g>")
    }

    # Without motion, where it is not wanted or not supported, the picture is the last one.
    @"
<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height" font-family="$fonts" font-size="14" role="img" aria-labelledby="title text">
<title id="title">The one-liner on the sandbox</title>
<desc id="text">
$([System.Security.SecurityElement]::Escape($Text))
</desc>
<style>
text{white-space:pre}
.gone{visibility:hidden}
@media (prefers-reduced-motion:no-preference){
g{animation:$(Format-Number $whole)s step-end infinite}
$($frames.ToString().TrimEnd())
}
</style>
<rect width="100%" height="100%" rx="8" fill="$paper"/>
<circle cx="20" cy="18" r="6" fill="#ff5f56"/><circle cx="40" cy="18" r="6" fill="#ffbd2e"/><circle cx="60" cy="18" r="6" fill="#27c93f"/>
$($body.ToString().TrimEnd())
</svg>
"@
}

if (-not (Get-Command -Name script -CommandType Application -ErrorAction Ignore)) {
    throw 'There is no command script to make a pseudo terminal with. Install util-linux, or record on Linux.'
}

$folder = Join-Path ([System.IO.Path]::GetTempPath()) 'kling'
if (Test-Path -LiteralPath $folder) {
    $folder += "-$PID"
}

$null = New-Item -Path $folder -ItemType Directory
try {
    $screen = [Screen]::new($Columns, 24)
    $states = @(Read-Terminal $screen $folder)
    $svg = (ConvertTo-Svg $states $screen.Text()) -replace '\r\n', "`n"
    Set-Content -LiteralPath $Path -Value $svg -Encoding utf8NoBOM
    Get-Item -LiteralPath $Path
}
finally {
    Remove-Item -LiteralPath $folder -Recurse
}
