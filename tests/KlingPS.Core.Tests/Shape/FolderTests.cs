using KlingPS.Core.Tests.Project;

namespace KlingPS.Core.Tests.Shape;

/// <summary>The folders of the client form no circle: each uses only those listed before it.</summary>
public sealed class FolderTests
{
    private const string Source = "src/KlingPS.Core/";

    // Those of one row do not know each other.
    private static readonly string[] Rows =
        ["Internal", "Models", "Requests", "Responses", "Journal", "Transport", "Submitting Downloads Waiting Callbacks", ""];

    [Fact]
    public void A_file_uses_only_folders_before_its_own()
    {
        string[] files = [.. Checkout.Files(".cs").Where(file => file.StartsWith(Source, StringComparison.Ordinal))];
        string[] circles = [.. files.SelectMany(file => UsedBy(file).Where(used => !MayUse(FolderOf(file), used)).Select(used => $"{file} uses {used}"))];

        Assert.NotEmpty(files);
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
    private static IEnumerable<string> UsedBy(string file) => File.ReadLines(Checkout.Path(file))
        .Where(line => line.StartsWith("using KlingPS.", StringComparison.Ordinal))
        .Select(line => line["using KlingPS.".Length..^1]);
}
