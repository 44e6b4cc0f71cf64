namespace KlingPS.Benchmarks;

/// <summary>One thing this program does.</summary>
internal abstract class Verb
{
    /// <summary>The first argument.</summary>
    internal abstract string Name { get; }

    /// <summary>Its options.</summary>
    internal abstract string Usage { get; }

    /// <summary>One line.</summary>
    internal abstract string Summary { get; }

    /// <returns>The exit code: 0 when everything holds, 1 when something does not.</returns>
    /// <exception cref="FormatException">An option that is none; the message names it.</exception>
    internal abstract Task<int> RunAsync(Options options);
}
