using System.Management.Automation.Language;

namespace KlingPS.Packer;

/// <summary>What the module's manifest says, read by PowerShell's own parser without running anything.</summary>
internal sealed class ModuleManifest
{
    private readonly string _file;
    private readonly Dictionary<string, ExpressionAst> _values;
    private readonly Dictionary<string, ExpressionAst> _galleryValues;

    private ModuleManifest(string file, string text, HashtableAst table)
    {
        _file = file;
        Text = text;
        _values = Entries(table);
        _galleryValues = Entries(Table(Entries(Table(_values, "PrivateData")), "PSData"));
    }

    internal string Name => Path.GetFileNameWithoutExtension(_file);

    /// <summary>As it is committed.</summary>
    internal string Text { get; }

    /// <summary>The version of the module folder.</summary>
    internal string Version => Required("ModuleVersion");

    /// <summary>The version of the package, with its prerelease label if it has one.</summary>
    internal string PackageVersion => Optional(_galleryValues, "Prerelease") is { } label ? $"{Version}-{label}" : Version;

    internal string Author => Required("Author");

    internal string CompanyName => Required("CompanyName");

    internal string Copyright => Required("Copyright");

    internal string Description => Required("Description");

    internal IReadOnlyList<string> Cmdlets => Strings(_values, "CmdletsToExport");

    internal IReadOnlyList<string> Tags => Strings(_galleryValues, "Tags");

    internal string LicenseUri => Gallery("LicenseUri");

    internal string ProjectUri => Gallery("ProjectUri");

    internal string IconUri => Gallery("IconUri");

    /// <exception cref="PackException">The file cannot be parsed, or lacks something a package needs.</exception>
    internal static ModuleManifest Read(string file)
    {
        string text = File.ReadAllText(file);
        Ast tree = Parser.ParseInput(text, out _, out ParseError[] errors);
        if (errors is [ParseError error, ..])
        {
            throw new PackException(file, error.Message);
        }

        return tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false) is HashtableAst table
            ? new ModuleManifest(file, text, table)
            : throw new PackException(file, "This is no manifest: it has no table.");
    }

    /// <summary>The manifest of the package: the committed one, with the notes in place of where they are to be read.</summary>
    /// <exception cref="PackException">The committed one has no text for them.</exception>
    internal string With(ReleaseNotes notes)
    {
        if (_galleryValues.GetValueOrDefault("ReleaseNotes") is not StringConstantExpressionAst { Extent: { } old })
        {
            throw new PackException(_file, "PSData has no ReleaseNotes to replace.");
        }

        // PowerShell takes curly quotes for straight ones.
        string literal = string.Concat(notes.Text.Select(c => CodeGeneration.EscapeSingleQuotedStringContent($"{c}")));
        return $"{Text[..old.StartOffset]}'{literal}'{Text[old.EndOffset..]}";
    }

    private string Required(string name) => Optional(_values, name) ?? throw Missing(name);

    private string Gallery(string name) => Optional(_galleryValues, name) ?? throw Missing(name);

    private PackException Missing(string name) => new(_file, $"It has no {name}.");

    private HashtableAst Table(Dictionary<string, ExpressionAst> values, string name) =>
        values.GetValueOrDefault(name) as HashtableAst ?? throw Missing(name);

    private static string? Optional(Dictionary<string, ExpressionAst> values, string name) =>
        values.TryGetValue(name, out ExpressionAst? value) ? value.SafeGetValue() as string : null;

    private string[] Strings(Dictionary<string, ExpressionAst> values, string name) =>
        values.GetValueOrDefault(name)?.SafeGetValue() is object[] found ? [.. found.Cast<string>()] : throw Missing(name);

    private static Dictionary<string, ExpressionAst> Entries(HashtableAst table) => table.KeyValuePairs.ToDictionary(
        pair => (string)pair.Item1.SafeGetValue(),
        pair => (ExpressionAst)((PipelineAst)pair.Item2).PipelineElements.OfType<CommandExpressionAst>().Single().Expression,
        StringComparer.OrdinalIgnoreCase);
}
