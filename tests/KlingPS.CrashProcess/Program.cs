namespace KlingPS.Crashing;

/// <summary>One verb a line; each tells on its output how far it is.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["append", string journal, string count]:
                await Appending.RunAsync(journal, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
                return 0;
            case ["submit", string journal, string baseUri, string count]:
                await Submitting.RunAsync(journal, new Uri(baseUri), int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
                return 0;
            case ["save", string address, string path]:
                await Saving.RunAsync(new Uri(address), path);
                return 0;
            default:
                await Console.Error.WriteLineAsync("Usage: append JOURNAL COUNT | submit JOURNAL BASEURI COUNT | save ADDRESS PATH");
                return 2;
        }
    }
}
