# Read only where host.json has managedDependency enabled: then the module comes from the PowerShell Gallery. As it is here,
# it comes from the folder Modules/KlingPS of the function app.
@{
    'KlingPS' = '0.*'
}
