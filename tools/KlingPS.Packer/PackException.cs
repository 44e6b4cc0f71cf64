namespace KlingPS.Packer;

/// <summary>What keeps the package from being made.</summary>
internal sealed class PackException(string file, string message) : Exception(message)
{
    /// <summary>The file to look at.</summary>
    internal string File => file;
}
