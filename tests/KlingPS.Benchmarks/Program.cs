using System.Globalization;
using KlingPS.Benchmarks.Chains;
using KlingPS.Benchmarks.Commands;
using KlingPS.Benchmarks.Endings;
using KlingPS.Benchmarks.Once;
using KlingPS.Benchmarks.Pace;
using KlingPS.Benchmarks.Scenarios;
using KlingPS.Benchmarks.Soak;

namespace KlingPS.Benchmarks;

/// <summary>A table of verbs. Adding one is adding its class and its row here.</summary>
internal static class Program
{
    private static readonly Verb[] Verbs =
    [
        new ChainVerb(),
        new ClientVerb(),
        new ColdVerb(),
        new EndingsVerb(),
        new FuzzVerb(),
        new GalleryVerb(),
        new ImportVerb(),
        new JournalVerb(),
        new MoneyVerb(),
        new OnceVerb(),
        new DownloadVerb(),
        new SlotsVerb(),
        new GrowVerb(),
        new PaceVerb(),
        new PaidVerb(),
        new SoakVerb(),
        new SubmitVerb(),
        new WaitVerb(),
        new WarmVerb(),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        Verb? verb = Array.Find(Verbs, candidate => candidate.Name == arguments.FirstOrDefault());
        if (verb is null)
        {
            await Console.Error.WriteLineAsync(
                "Usage: dotnet run -c Release --project tests/KlingPS.Benchmarks -- <verb> [options]");
            foreach (Verb known in Verbs)
            {
                await Console.Error.WriteLineAsync($"  {known.Name} {known.Usage}: {known.Summary}");
            }

            return 2;
        }

        try
        {
            return await verb.RunAsync(new Options(arguments.AsSpan(1)));
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Usage: {verb.Name} {verb.Usage}");
            return 2;
        }
    }
}

/// <summary>One thing this program does.</summary>
internal abstract class Verb
{
    /// <summary>The first argument.</summary>
    internal abstract string Name { get; }

    /// <summary>Its options.</summary>
    internal abstract string Usage { get; }

    /// <summary>One line.</summary>
    internal abstract string Summary { get; }

    internal abstract Task<int> RunAsync(Options options);
}

/// <summary>The options behind a verb, each a name and a value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    internal Options(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new FormatException($"'{arguments[i]}' is no option with a value.");
            }

            _given[arguments[i]] = arguments[i + 1];
        }
    }

    /// <summary>Takes a text, so that what is left in the end is unknown.</summary>
    internal string? Text(string name) => _given.Remove(name, out string? value) ? value : null;

    /// <summary>Takes a whole number of 1 or more.</summary>
    internal long Count(string name, long fallback) => Text(name) is not { } text ? fallback
        : long.TryParse(
            text.Replace(",", "", StringComparison.Ordinal),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long count) && count > 0 ? count
        : throw new FormatException($"'{text}' is no number for {name}.");

    /// <summary>Call it when every option has been taken.</summary>
    internal void RefuseOthers()
    {
        if (_given.Count > 0)
        {
            throw new FormatException($"'{_given.Keys.First()}' is not known.");
        }
    }
}
