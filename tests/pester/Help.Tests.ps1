# What only a real PowerShell shows of the help: its own Get-Help, and the examples with the cmdlets of its own.

BeforeDiscovery {
    $names = Get-ChildItem "$PSScriptRoot/../../docs/en-US/*-*.md" | ForEach-Object BaseName
    $examples = foreach ($name in $names) {
        $text = (Get-Content "$PSScriptRoot/../../docs/en-US/$name.md" -Raw) -replace '\r'
        foreach ($found in [regex]::Matches($text, '(?s)### (Example \d+): [^\n]*\n\n```powershell\n(.*?)\n```')) {
            @{ Page = $name; Title = $found.Groups[1].Value; Code = $found.Groups[2].Value }
        }
    }

    $examples += foreach ($file in Get-ChildItem "$PSScriptRoot/../../docs/en-US/about_*.md") {
        $blocks = [regex]::Matches((Get-Content $file.FullName -Raw) -replace '\r', '(?s)```powershell\n(.*?)\n```')
        for ($i = 0; $i -lt $blocks.Count; $i++) {
            @{ Page = $file.BaseName; Title = "block $($i + 1)"; Code = $blocks[$i].Groups[1].Value }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite

    function Get-Shown([hashtable] $Help) {
        Get-Plain (Get-Help @Help | Out-String -Width 200)
    }
}

AfterAll { Exit-Suite }

Describe 'The help of <_>' -ForEach $names {
    It 'comes from its page' {
        $help = Get-Help $_
        $help.Name | Should -Be $_
        $help.Synopsis | Should -Match '^[A-Z].*\.$'
        $help.description.Text | Should -Not -BeNullOrEmpty
        $help.returnValues.returnValue.type.name | Should -Not -BeNullOrEmpty
    }

    It 'has examples' {
        @((Get-Help $_ -Examples).examples.example).Count | Should -BeGreaterOrEqual 3
        Get-Shown @{ Name = $_; Examples = $true } | Should -Match '--- Example 1: .* --- .*--- Example 3: '
    }

    It 'is whole with -Full' {
        $text = Get-Shown @{ Name = $_; Full = $true }
        foreach ($part in 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'INPUTS', 'OUTPUTS', 'NOTES', 'Example 1: ', 'RELATED LINKS') {
            $text | Should -MatchExactly $part
        }
    }

    It 'describes each parameter' {
        $known = (Get-Command $_).Parameters.Values.Where{ $_.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters }.Name
        $help = @(if ($known) { Get-Help $_ -Parameter * })
        $help.name | Sort-Object | Should -Be ($known | Sort-Object)
        foreach ($parameter in $help) {
            $parameter.description.Text | Should -Not -BeNullOrEmpty
        }
    }
}

Describe 'The topic <_>' -ForEach 'about_KlingPS', 'about_KlingPS_Errors', 'about_KlingPS_Models', 'about_KlingPS_Sandbox', 'about_KlingPS_Waiting' {
    It 'is found, and listed with what it is about' {
        Get-Help $_ | Should -BeLike "TOPIC*$_*SHORT DESCRIPTION*"
        (Get-Help "$_*" | Where-Object Name -eq $_).Synopsis | Should -Match '^[A-Z]'
    }
}

Describe '<Page>, <Title>' -ForEach $examples {
    BeforeAll { Push-Location -LiteralPath $TestDrive }

    AfterAll { Pop-Location }

    It 'runs on the sandbox' {
        if ($Code -match 'Join-KlingVideo' -and -not (Get-Command ffmpeg -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'ffmpeg is not installed here'
            return
        }

        # As much of a PNG as its size, 640 by 360.
        [System.IO.File]::WriteAllBytes("$TestDrive/harbour.png", [Convert]::FromBase64String('iVBORw0KGgoAAAANSUhEUgAAAoAAAAFoCAIAAAA='))
        Connect-Kling -Sandbox -SandboxTaskSec 0
        $ErrorActionPreference = 'Stop'
        $null = & ([scriptblock]::Create($Code)) 3>&1 6>&1
    }
}
