using YamlDotNet.RepresentationModel;

namespace KlingPS.Core.Tests.Project;

/// <summary>A YAML file as nodes that can be asked for what may not be there.</summary>
internal static class Yaml
{
    /// <exception cref="YamlDotNet.Core.YamlException">The text is no YAML, or a key stands twice.</exception>
    internal static YamlNode Read(string file)
    {
        YamlStream stream = [];
        using StringReader reader = new(Checkout.Read(file));
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }

    /// <summary>What is at this place, or null.</summary>
    internal static YamlNode? At(this YamlNode? node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(key, out YamlNode? value) ? value : null;

    internal static string? Text(this YamlNode? node, string key) => (node.At(key) as YamlScalarNode)?.Value;

    internal static string? Text(this YamlNode? node) => (node as YamlScalarNode)?.Value;

    internal static string[] Keys(this YamlNode? node) =>
        node is YamlMappingNode map ? [.. map.Children.Keys.Select(key => key.Text()!)] : [];

    internal static IEnumerable<YamlNode> Items(this YamlNode? node) => node switch
    {
        YamlSequenceNode list => list.Children,
        null => [],
        _ => [node],
    };

    /// <summary>Every text in it, keys left out.</summary>
    internal static IEnumerable<string> Texts(this YamlNode? node) => node switch
    {
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode list => list.Children.SelectMany(Texts),
        YamlMappingNode map => map.Children.Values.SelectMany(Texts),
        _ => [],
    };
}
