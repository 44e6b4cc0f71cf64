@{
    RootModule        = 'KlingPS.EmptyModule.dll'
    ModuleVersion     = '1.0.0'
    GUID              = '0a3cbb44-1d4e-4a55-9f0e-6a2a7d0f5c18'
    CmdletsToExport   = @('Get-Nothing')
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
