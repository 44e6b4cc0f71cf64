@{
    RootModule             = 'module/bin/KlingPS.dll'
    ModuleVersion          = '0.1.0'
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
            Tags         = @('Kling', 'CometAPI', 'AI', 'video', 'video-generation', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/licenses/MIT'
            ProjectUri   = 'https://github.com/klingps/KlingPS'
            IconUri      = 'https://raw.githubusercontent.com/klingps/KlingPS/main/module/icon.png'
            ReleaseNotes = 'https://github.com/klingps/KlingPS/blob/main/CHANGELOG.md'
        }
    }
}
