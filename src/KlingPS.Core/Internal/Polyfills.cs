#pragma warning disable IDE0130, IDE0161 // These are types of the newer framework, of several namespaces.

// What the compiler looks for by name and .NET Framework lacks. The other assemblies see those of this one.
// By hand: a generator of such types would give them another order in every build, and the build other bytes.
namespace System.Runtime.CompilerServices
{
    // In every build: it is part of a setter's signature, and the cmdlets call the same one in both editions.
    internal static class IsExternalInit
    {
    }

#if !NET
    [AttributeUsage(AttributeTargets.All)]
    internal sealed class RequiredMemberAttribute : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
    internal sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
    {
        public string FeatureName { get; } = featureName;
    }
#endif
}

#if !NET
namespace System.Diagnostics.CodeAnalysis
{
    [AttributeUsage(AttributeTargets.Constructor)]
    internal sealed class SetsRequiredMembersAttribute : Attribute
    {
    }
}
#endif
