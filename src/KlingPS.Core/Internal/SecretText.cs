using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security;

namespace KlingPS.Internal;

/// <summary>A secret in the clear, and the comparison of what is made with one.</summary>
internal static class SecretText
{
    /// <summary>All of it, also what stands behind a NUL.</summary>
    internal static string Reveal(SecureString secret)
    {
        IntPtr clear = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(clear, secret.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(clear);
        }
    }

    /// <summary>Takes as long for texts that differ at once as for texts that differ at their end, so that nobody can guess bit by bit.</summary>
    /// <remarks>.NET Framework has no CryptographicOperations; one way for both is one that the tests run.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    internal static bool AreEqual(string one, string other)
    {
        int difference = one.Length ^ other.Length;
        for (int i = 0; i < one.Length && i < other.Length; i++)
        {
            difference |= one[i] ^ other[i];
        }

        return difference == 0;
    }
}
