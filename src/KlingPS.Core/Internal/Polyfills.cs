#pragma warning disable IDE0130, IDE0161 // These are types of the newer framework, of several namespaces.

// Types the compiler looks up by name and .NET Framework lacks. Written by hand, because a source
// generator would make the build non-deterministic.
namespace System.Runtime.CompilerServices
{
    // In every target: it is part of the setters' signatures, which the one face assembly calls in both editions.
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
