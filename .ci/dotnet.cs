#:sdk Microsoft.NET.Sdk.Web
#:property RuntimeIdentifier=win-x64
#:property SelfContained=false
#:property PublishAot=false
// What the tests ask of dotnet.exe, which no package has: dotnet PROGRAM.dll [ARGUMENT ...]
using System.Reflection;

return Assembly.LoadFrom(args[0]).EntryPoint!.Invoke(null, [args[1..]]) as int? ?? 0;
