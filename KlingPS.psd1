@{
    RootModule             = 'module/bin/KlingPS.dll'
    ModuleVersion          = '0.1.0'
    # There is no HelpInfoUri: all help is in the package, so there is nothing for Update-Help to get.
    GUID                   = '7d1f4c53-0a2e-4a57-9c0e-5b3f6c1f8f21'
    Author                 = 'KlingPS contributors'
    CompanyName            = 'KlingPS contributors'
    Copyright              = '(c) KlingPS contributors. MIT licence.'
    Description            = 'Make and extend Kling videos through CometAPI or Kling''s own API in one PowerShell pipeline: pay once, wait for many tasks together, download before links expire.'
    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'
    CmdletsToExport        = @(
        'Clear-KlingIntent'
        'Connect-Kling'
        'ConvertFrom-KlingCallback'
        'Disconnect-Kling'
        'Expand-KlingVideo'
        'Export-KlingGallery'
        'Get-KlingBalance'
        'Get-KlingConnection'
        'Get-KlingIntent'
        'Get-KlingModel'
        'Get-KlingTask'
        'Join-KlingVideo'
        'New-KlingExtension'
        'New-KlingVideo'
        'Resolve-KlingIntent'
        'Save-KlingVideo'
        'Wait-KlingTask'
    )
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('Kling', 'KlingAI', 'CometAPI', 'AI', 'GenerativeAI', 'video', 'video-generation', 'text-to-video', 'image-to-video', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/licenses/MIT'
            ProjectUri   = 'https://github.com/klingps/KlingPS'
            IconUri      = 'https://raw.githubusercontent.com/klingps/KlingPS/main/module/icon.png'
            ReleaseNotes = @'
The first release.

- New-KlingVideo makes videos from a prompt, images or another video, with the models that Get-KlingModel lists.
- New-KlingExtension extends a video by 4 to 5 seconds; Expand-KlingVideo goes on to any length, with any model.
- -Once pays at most once for the same work, across crashes and processes; for most videos between machines too.
- Wait-KlingTask waits for any number of tasks together; Save-KlingVideo never leaves half a file.
- Get-KlingTask brings back what a closed console lost.
- Connect-Kling -Sandbox is the service in memory: no key, no network, no cost.

All changes: https://github.com/klingps/KlingPS/blob/main/CHANGELOG.md
'@
        }
    }
}
