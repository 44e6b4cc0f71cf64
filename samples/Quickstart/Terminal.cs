using System.Management.Automation;
using System.Management.Automation.Internal;

namespace KlingPS.Quickstart;

/// <summary>What the program writes to: output, errors, and one line of progress.</summary>
internal sealed class Terminal
{
    private const int FallbackWidth = 120;
    private const string Red = "\e[31m";
    private const string Yellow = "\e[33m";
    private const string Reset = "\e[0m";

    private readonly bool _canRewrite = !Console.IsOutputRedirected && !IsDumb;
    private readonly bool _errorsInColour =
        WantsColour && !Console.IsErrorRedirected && WindowsConsole.TakesEscapes(WindowsConsole.Error);

    private int _progressLength;

    /// <summary>True when escape sequences written to the output are shown as colours.</summary>
    internal bool OutputInColour { get; } =
        WantsColour && !Console.IsOutputRedirected && WindowsConsole.TakesEscapes(WindowsConsole.Output);

    /// <summary>Characters in a line; a fixed number when no window says.</summary>
    internal static int Width
    {
        get
        {
            try
            {
                return !Console.IsOutputRedirected && Console.WindowWidth > 1 ? Console.WindowWidth : FallbackWidth;
            }
            catch (IOException)
            {
                return FallbackWidth;
            }
        }
    }

    private static bool WantsColour =>
        !IsDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") == "dumb";

    internal void Write(string text)
    {
        ShowProgress("");
        Console.Out.Write(OutputInColour ? text : WithoutEscapes(text));
    }

    internal void WriteLine(string text) => Write(text + Environment.NewLine);

    internal void WriteError(string text) => WriteAside(text, Red);

    internal void WriteWarning(string text) => WriteAside("Warning: " + text, Yellow);

    /// <summary>What is neither output nor a failure: verbose and debug messages.</summary>
    internal void WriteNote(string text) => WriteAside(text, Reset);

    /// <summary>Replaces the line of progress, with "" to clear it. Silent when the output is no terminal.</summary>
    internal void ShowProgress(string text)
    {
        if (!_canRewrite || (text.Length == 0 && _progressLength == 0))
        {
            return;
        }

        // The last column stays free: a character there would move some terminals to the next line.
        string line = text.Length < Width ? text : text[..(Width - 1)];
        Console.Out.Write('\r' + line.PadRight(_progressLength) + (line.Length == 0 ? "\r" : ""));
        _progressLength = line.Length;
    }

    private static string WithoutEscapes(string text) =>
        new StringDecorated(text).ToString(OutputRendering.PlainText);

    private void WriteAside(string text, string colour)
    {
        ShowProgress("");
        Console.Error.WriteLine(_errorsInColour ? colour + text + Reset : WithoutEscapes(text));
    }
}
