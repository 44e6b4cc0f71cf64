using System.Runtime.CompilerServices;
using KlingPS;

// PowerShell looks for a type in the assemblies that are loaded, and after the import that is this one.
[assembly: TypeForwardedTo(typeof(KlingException))]
[assembly: TypeForwardedTo(typeof(KlingIntent))]
[assembly: TypeForwardedTo(typeof(KlingIntentState))]
[assembly: TypeForwardedTo(typeof(KlingTask))]
[assembly: TypeForwardedTo(typeof(KlingTaskKind))]
[assembly: TypeForwardedTo(typeof(KlingTaskStatus))]
[assembly: TypeForwardedTo(typeof(KlingVideo))]
[assembly: TypeForwardedTo(typeof(SubmissionOutcome))]
