namespace KlingPS.Core.Tests.Shape;

/// <summary>The folders of the client form no circle: each uses only those listed before it.</summary>
public sealed class FolderTests
{
    private const string Source = "src/KlingPS.Core/";

    private static readonly string[] Files = Repository.Files(Source, ".cs");

    // Those of one row do not know each other.
    private static readonly string[] Rows =
    [
        "Internal", "Models", "Requests", "Responses", "Providers", "Journal", "Transport",
        "Submitting Downloads Waiting Callbacks", "Clips Gallery", "", "Chains",
    ];

    [Fact]
    public void A_file_uses_only_folders_before_its_own()
    {
        string[] circles =
        [
            .. from file in Files
               from used in UsedBy(file)
               where !MayUse(FolderOf(file), used)
               select $"{file} uses {used}",
        ];

        Assert.NotEmpty(Files);
        Assert.Empty(circles);
    }

    private static bool MayUse(string folder, string used) => folder == used || RowOf(used) < RowOf(folder);

    private static string FolderOf(string file) => Path.GetDirectoryName(file[Source.Length..])!;

    private static int RowOf(string folder)
    {
        int row = Array.FindIndex(Rows, names => names.Split(' ').Contains(folder));
        return row >= 0 ? row : throw new InvalidOperationException($"'{folder}' is not in the list of folders.");
    }

    // A directive that is not needed fails the build, so these are what the file depends on.
    private static IEnumerable<string> UsedBy(string file) => File.ReadLines(Repository.PathOf(file))
        .Where(line => line.StartsWith("using KlingPS.", StringComparison.Ordinal))
        .Select(line => line["using KlingPS.".Length..^1]);
}
