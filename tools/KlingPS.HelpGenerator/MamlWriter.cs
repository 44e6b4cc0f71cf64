using System.Xml.Linq;

namespace KlingPS.HelpGenerator;

/// <summary>The pages of cmdlets as MAML, the form Get-Help reads.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    internal static XDocument Document(IEnumerable<CommandPage> pages) =>
        new(new XElement(Msh + "helpItems", new XAttribute("schema", "maml"), pages.Select(Page)));

    private static XElement Page(CommandPage page)
    {
        string[] name = page.Name.Split('-');
        return new XElement(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Command + "details",
                new XElement(Command + "name", page.Name),
                new XElement(Command + "verb", name[0]),
                new XElement(Command + "noun", name[^1]),
                Description(page.Synopsis)),
            Description(page.Description),
            new XElement(Command + "syntax", page.Syntaxes.Select(syntax => new XElement(
                Command + "syntaxItem",
                new XElement(Maml + "name", page.Name),
                syntax.Parameters.Select(item => Item(item.Parameter, item.Facts))))),
            new XElement(
                Command + "parameters", page.Parameters.Select(parameter => Item(parameter, parameter.Overall))),
            new XElement(Command + "inputTypes", page.Inputs.Select(type => Named(Command + "inputType", type))),
            new XElement(Command + "returnValues", page.Outputs.Select(type => Named(Command + "returnValue", type))),
            new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
            new XElement(Command + "examples", page.Examples.Select(Item)),
            new XElement(Command + "relatedLinks", page.Links.Select(link => new XElement(
                Maml + "navigationLink", new XElement(Maml + "linkText", link), new XElement(Maml + "uri")))));
    }

    private static XElement Item(Parameter parameter, ParameterFacts facts)
    {
        string type = facts["Type"];
        return new XElement(
            Command + "parameter",
            new XAttribute("required", Lower(facts["Required"])),
            new XAttribute("variableLength", "true"),
            new XAttribute("globbing", Lower(facts["Accept wildcard characters"])),
            new XAttribute("pipelineInput", facts["Accept pipeline input"]),
            new XAttribute("position", facts["Position"] is "Named" ? "named" : facts["Position"]),
            new XAttribute("aliases", facts["Aliases"] is { Length: > 0 } aliases ? aliases : "none"),
            new XElement(Maml + "name", parameter.Name),
            Description(parameter.Text),
            // A switch takes no value.
            type == "SwitchParameter" ? null : new XElement(
                Command + "parameterValue",
                new XAttribute("required", "true"),
                new XAttribute("variableLength", "false"),
                type),
            new XElement(Dev + "type", new XElement(Maml + "name", type), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", facts["Default value"]));
    }

    private static XElement Item(Example example) => new(
        Command + "example",
        new XElement(Maml + "title", $"--- {example.Title} ---"),
        new XElement(Dev + "code", example.Code),
        // The empty one sets the next example off.
        new XElement(Dev + "remarks", Paragraphs(example.Text), new XElement(Maml + "para")));

    private static XElement Named(XName name, Named type) => new(
        name,
        new XElement(Dev + "type", new XElement(Maml + "name", type.Name), new XElement(Maml + "uri")),
        Description(type.Text));

    private static XElement Description(IEnumerable<string> paragraphs) =>
        new(Maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(paragraph => new XElement(Maml + "para", paragraph));

    private static string Lower(string value) => value.ToLowerInvariant();
}
