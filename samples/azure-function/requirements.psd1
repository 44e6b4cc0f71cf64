# Used only if host.json enables managedDependency: the module then comes from the PowerShell Gallery. By default it
# comes from the folder Modules/KlingPS of the function app.
@{
    'KlingPS' = '0.*'
}
