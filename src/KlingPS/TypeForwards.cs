using System.Runtime.CompilerServices;
using KlingPS;

// PowerShell resolves type names in loaded assemblies, and after the import only this one is loaded.
[assembly: TypeForwardedTo(typeof(KlingBalance))]
[assembly: TypeForwardedTo(typeof(KlingException))]
[assembly: TypeForwardedTo(typeof(KlingIntent))]
[assembly: TypeForwardedTo(typeof(KlingIntentState))]
[assembly: TypeForwardedTo(typeof(KlingProvider))]
[assembly: TypeForwardedTo(typeof(KlingTask))]
[assembly: TypeForwardedTo(typeof(KlingTaskKind))]
[assembly: TypeForwardedTo(typeof(KlingTaskStatus))]
[assembly: TypeForwardedTo(typeof(KlingVideo))]
[assembly: TypeForwardedTo(typeof(SubmissionOutcome))]
