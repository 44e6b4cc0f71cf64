# Runs in Windows PowerShell 5.1 too.

Describe 'The module' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Enter-Suite
        $module = Get-Module -Name KlingPS
        $count = @((Import-PowerShellDataFile -LiteralPath $Manifest).CmdletsToExport).Count

        # The number of cmdlets, the end of the one-liner, and the number of errors, in a process of its own.
        function Invoke-Fresh([string] $Module, [string[]] $Option) {
            $script = "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$Module'; (Get-Module KlingPS).ExportedCmdlets.Count
                `$env:KLINGPS_JOURNAL = 'off'; `$WhatIfPreference = `$true; `$ErrorActionPreference = 'Stop'
                Connect-Kling -Sandbox -SandboxTaskSec 0
                (New-KlingVideo 'A harbour' -WhatIf:`$false | Wait-KlingTask).Status.ToString(); `$Error.Count"
            & (Get-Shell) -NoProfile -NonInteractive -OutputFormat Text @Option -EncodedCommand (Get-Encoded $script)
        }
    }

    AfterAll { Exit-Suite }

    It 'has a manifest PowerShell accepts' {
        $manifest = Test-ModuleManifest -Path $Manifest -ErrorAction Stop -WarningVariable warnings
        $manifest.Version | Should -Be $module.Version
        $warnings | Should -BeNullOrEmpty
    }

    It 'has a manifest of data only, which names one assembly for both editions' {
        $data = Import-PowerShellDataFile -LiteralPath $Manifest
        $data.RootModule | Should -BeExactly 'module/bin/KlingPS.dll'
        Import-LocalizedData -BindingVariable localized -BaseDirectory (Split-Path $Manifest) -FileName (Split-Path $Manifest -Leaf)
        $localized.RootModule | Should -BeExactly $data.RootModule
    }

    It 'is the same module after Update-ModuleManifest' -Skip:($PSEdition -eq 'Desktop') {
        Copy-Item -LiteralPath (Split-Path $Manifest) -Destination 'TestDrive:/Updated' -Recurse
        $copy = (Get-Item 'TestDrive:/Updated/KlingPS.psd1').FullName
        Update-ModuleManifest -Path $copy -Copyright 'Ours'
        (Import-PowerShellDataFile -LiteralPath $copy).Copyright | Should -Be 'Ours'
        (Import-PowerShellDataFile -LiteralPath $copy).RootModule | Should -BeExactly 'module/bin/KlingPS.dll'
        Invoke-Fresh $copy | Should -Be @("$count", 'Succeeded', '0')
    }

    It 'works without its views where they cannot be loaded, and says nothing of it' {
        Copy-Item -LiteralPath (Split-Path $Manifest) -Destination 'TestDrive:/Viewless' -Recurse
        Remove-Item 'TestDrive:/Viewless/module/KlingPS.Format.ps1xml'
        Invoke-Fresh (Get-Item 'TestDrive:/Viewless/KlingPS.psd1').FullName | Should -Be @("$count", 'Succeeded', '0')
    }

    It 'works where scripts are forbidden' -Skip:($PSEdition -ne 'Desktop' -and -not $IsWindows) {
        Invoke-Fresh $Manifest '-ExecutionPolicy', 'Restricted' | Should -Be @("$count", 'Succeeded', '0')
    }

    It 'exports its cmdlets and nothing else' {
        $module.ExportedCommands.Keys | Sort-Object | Should -Be @(
            'Clear-KlingIntent', 'Connect-Kling', 'ConvertFrom-KlingCallback', 'Disconnect-Kling', 'Expand-KlingVideo'
            'Export-KlingGallery', 'Get-KlingBalance', 'Get-KlingConnection', 'Get-KlingIntent'
            'Get-KlingModel', 'Get-KlingTask', 'Join-KlingVideo', 'New-KlingExtension', 'New-KlingVideo'
            'Resolve-KlingIntent', 'Save-KlingVideo', 'Wait-KlingTask')
        $module.ExportedCmdlets.Count | Should -Be $count
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
    }

    It 'uses approved verbs' {
        $verbs = (Get-Verb).Verb
        $module.ExportedCmdlets.Values | ForEach-Object { $verbs | Should -Contain $_.Verb }
    }

    It 'says what every cmdlet writes' {
        foreach ($name in 'ConvertFrom-KlingCallback', 'Get-KlingTask', 'New-KlingExtension', 'New-KlingVideo', 'Wait-KlingTask') {
            (Get-Command $name).OutputType.Name | Should -Be 'KlingPS.KlingTask'
        }

        (Get-Command Save-KlingVideo).OutputType.Name | Should -Be 'System.IO.FileInfo'
    }

    It 'works in this edition' {
        Connect-Kling -Sandbox -SandboxTaskSec 0
        $task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask | New-KlingExtension | Wait-KlingTask
        $file = $task | Save-KlingVideo -Destination $TestDrive
        $task.Status | Should -Be 'Succeeded'
        $file.Name | Should -Be "$($task.VideoId).mp4"
        $file.Length | Should -BeGreaterThan 0
    }

    It 'says how to connect again after Disconnect-Kling' {
        Disconnect-Kling
        { Get-KlingTask '1' } | Should -Throw '*Disconnect-Kling*' -ErrorId 'NotConnected,*'
    }

    It 'has nothing left of the connection when it is imported again' {
        $again = "`$env:KLINGPS_JOURNAL = 'off'; Import-Module '$Manifest'; Connect-Kling -Sandbox
            Remove-Module KlingPS; Import-Module '$Manifest'; @(Get-KlingConnection).Count"
        & (Get-Shell) -NoProfile -NonInteractive -EncodedCommand (Get-Encoded $again) | Should -Be '0'
    }
}
