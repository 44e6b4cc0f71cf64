using System.Management.Automation;
using System.Management.Automation.Host;

namespace KlingPS.Quickstart;

/// <summary>The width, which formatting asks for; there is neither a screen to draw on nor a key to read.</summary>
internal sealed class SampleHostRawInterface : PSHostRawUserInterface
{
    public override Size BufferSize
    {
        get => new(Terminal.Width, 9999);
        set => throw NoScreen();
    }

    public override Size WindowSize
    {
        get => new(Terminal.Width, 50);
        set => throw NoScreen();
    }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Coordinates CursorPosition
    {
        get => default;
        set => throw NoScreen();
    }

    public override Coordinates WindowPosition
    {
        get => default;
        set => throw NoScreen();
    }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = "Quickstart";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NoScreen();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoScreen();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoScreen();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NoScreen();

    public override void ScrollBufferContents(
        Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NoScreen();

    private static PSNotSupportedException NoScreen() =>
        new("Quickstart writes line by line: it has neither a screen to draw on nor keys to read.");
}
