namespace KlingPS.HelpGenerator;

/// <summary>A page that is not in the form the generator reads.</summary>
internal sealed class PageException(string file, string message) : Exception(message)
{
    /// <summary>The page.</summary>
    internal string File => file;
}
