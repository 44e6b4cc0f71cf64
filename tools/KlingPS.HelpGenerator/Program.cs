using System.Text;
using System.Xml;
using System.Xml.Linq;
using KlingPS.HelpGenerator;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: KlingPS.HelpGenerator <folder of pages> <folder of help>");
    return 2;
}

try
{
    string[] files = [.. Directory.GetFiles(args[0], "*.md").Order(StringComparer.Ordinal)];
    Directory.CreateDirectory(args[1]);
    foreach (string file in files.Where(IsTopic))
    {
        Write(Path.GetFileNameWithoutExtension(file) + ".help.txt", TopicWriter.Text(Page.Read(file)));
    }

    // Written last: to the build, the help is as old as this file.
    Write(
        "KlingPS.dll-Help.xml",
        Serialize(
            MamlWriter.Document(
                files.Where(file => !IsTopic(file)).Select(file => CommandPage.Read(Page.Read(file))))));
    return 0;
}
catch (PageException e)
{
    // The form of an error of the build.
    Console.Error.WriteLine($"{e.File}: error HELP: {e.Message}");
    return 1;
}

static bool IsTopic(string file) => Path.GetFileName(file).StartsWith("about_", StringComparison.Ordinal);

static string Serialize(XDocument document)
{
    using MemoryStream bytes = new();
    using (XmlWriter writer = XmlWriter.Create(bytes, new XmlWriterSettings { Indent = true, NewLineChars = "\n",
        Encoding = new UTF8Encoding(false) }))
    {
        document.Save(writer);
    }

    return Encoding.UTF8.GetString(bytes.ToArray());
}

// Whoever reads while another build writes sees a whole file.
void Write(string name, string text)
{
    string part = Path.Combine(args[1], $"{name}.{Environment.ProcessId}.partial");
    File.WriteAllText(part, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    File.Move(part, Path.Combine(args[1], name), overwrite: true);
}
