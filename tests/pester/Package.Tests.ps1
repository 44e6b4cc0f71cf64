# The package in a folder that serves as a gallery, as someone who has nothing but PowerShell gets it.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $package = "$Repository/artifacts/KlingPS.$Version.nupkg"

    # With a home of its own: repositories and modules of the user stay as they are.
    function Invoke-AtHome([string] $Script) {
        $kept = @{}
        $own = @{ HOME = "$TestDrive/home"; XDG_DATA_HOME = $null; PSModulePath = $null; KLINGPS_JOURNAL = 'off'; COMETAPI_KEY = $null }
        foreach ($name in $own.Keys) {
            $kept[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $own[$name])
        }

        try {
            $quiet = "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; `$PSStyle.OutputRendering = 'PlainText'`n"
            & (Get-Shell) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand (Get-Encoded ($quiet + $Script))
        }
        finally {
            foreach ($name in $kept.Keys) {
                [Environment]::SetEnvironmentVariable($name, $kept[$name])
            }
        }
    }
}

# On Windows a process cannot be given another home, and what KLINGPS_MODULE names is in no package.
Describe 'The package in a folder repository' -Skip:($IsWindows -or $PSEdition -eq 'Desktop' -or $env:KLINGPS_MODULE) {
    BeforeAll {
        # Without these folders of a home, what belongs into them goes to the current folder.
        $null = New-Item -ItemType Directory -Path "$TestDrive/home/.config", "$TestDrive/home/.local/share", "$TestDrive/repository"
        $null = Invoke-AtHome "
            Register-PSResourceRepository -Name Folder -Uri '$TestDrive/repository' -Trusted
            Publish-PSResource -NupkgPath '$package' -Repository Folder"
    }

    It 'leaves nothing in the current folder' {
        "$PWD/NuGet", "$PWD/PSResourceGet" | ForEach-Object { $_ | Should -Not -Exist }
    }

    It 'is published as it was packed' {
        (Get-FileHash (Get-ChildItem "$TestDrive/repository" -Filter *.nupkg)).Hash | Should -Be (Get-FileHash $package).Hash
    }

    It 'is found with what the manifest says' {
        $found = Invoke-AtHome 'Find-PSResource KlingPS -Repository Folder | ConvertTo-Json -Depth 4' | ConvertFrom-Json
        $module = Test-ModuleManifest $Manifest
        $found.Name | Should -BeExactly 'KlingPS'
        $found.Description | Should -Be $module.Description
        $found.Author | Should -Be $module.Author
        $found.LicenseUri | Should -Be $module.LicenseUri
        $found.ProjectUri | Should -Be $module.ProjectUri
        $found.IconUri | Should -Be $module.IconUri
        $found.ReleaseNotes | Should -Be $module.ReleaseNotes
    }

    It 'is installed, imported by its name in a fresh process, and saves a longer video' {
        $null = Invoke-AtHome "Install-PSResource KlingPS -Repository Folder -Version $Version"
        $saved = Invoke-AtHome "
            Import-Module KlingPS
            (Get-Module KlingPS).ModuleBase
            Connect-Kling -Sandbox -SandboxTaskSec 0
            New-KlingVideo -Prompt 'A quiet harbour at dawn' -Model kling-v1-6 |
                Wait-KlingTask | New-KlingExtension -Prompt 'The sun breaks through' |
                Wait-KlingTask | Save-KlingVideo -Destination '$TestDrive/out' | ForEach-Object FullName"
        $saved | Should -HaveCount 2
        $saved[0] | Should -BeLike "$TestDrive*KlingPS?$Version"
        [System.Text.Encoding]::ASCII.GetString([System.IO.File]::ReadAllBytes($saved[1]), 4, 4) | Should -Be 'ftyp'
    }

    It 'has three samples that work where it is installed' {
        Set-Content "$TestDrive/videos.csv" "Name,Prompt`nharbour,A harbour`nbad,A storm [sandbox:fail]"
        $saved = Invoke-AtHome "
            Import-Module KlingPS
            Set-Location '$TestDrive'
            `$samples = Join-Path (Get-Module KlingPS).ModuleBase samples
            Connect-Kling -Sandbox -SandboxTaskSec 0
            `$env:KLINGPS_JOURNAL = `$null
            `$env:XDG_STATE_HOME = '$TestDrive/state'
            Connect-Kling -Sandbox -SandboxTaskSec 0
            & `$samples/make-a-table.ps1 ./videos.csv ./table 2>`$null | ForEach-Object Name
            & `$samples/extend-a-video.ps1 -Destination ./extended | Select-Object -Last 1 | ForEach-Object Length
            (Get-Help `$samples/make-a-long-video.ps1).Synopsis"
        $saved[0] | Should -Be harbour.mp4
        [int]$saved[1] | Should -BeGreaterThan 1000
        $saved[2] | Should -BeLike 'Makes one video*'
        (Import-Csv "$TestDrive/failed.csv").Name | Should -Be bad
    }

    It 'installs the files that were tested, and no others' {
        $tested = Split-Path $Manifest
        $installed = Split-Path (Get-ChildItem "$TestDrive/home" -Recurse -Force -Filter KlingPS.psd1).FullName
        $files = { param($folder) Get-ChildItem $folder -Recurse -File | ForEach-Object { $_.FullName.Substring($folder.Length) + ' ' + (Get-FileHash $_.FullName).Hash } | Sort-Object }
        # Besides, PSResourceGet notes where it came from.
        (& $files $installed) -notlike '*PSGetModuleInfo.xml*' | Should -Be (& $files $tested)
    }
}
