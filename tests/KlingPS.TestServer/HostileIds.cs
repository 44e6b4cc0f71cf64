namespace KlingPS.TestServer;

/// <summary>What a server may call a video to make its file land elsewhere, or nowhere.</summary>
public static class HostileIds
{
    /// <summary>Each is a valid JSON string once escaped.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "",
        ".",
        "..",
        "../../x",
        "/etc/passwd",
        "..\\..\\x",
        "C:\\Windows\\x",
        "C:x",
        "\\\\host\\share\\x",
        "file:///etc/passwd",
        "~/x",
        "x/../../y",
        "%2e%2e%2fx",
        "x\0.exe",
        "x\r\ny",
        "x:stream",
        "x?*<>|\"y",
        "$(x)`y",
        "con",
        "NUL",
        "nul.txt",
        "Aux.mp4",
        "COM1",
        "com\u00B9",
        "lpt9.x.y",
        "x. . .",
        "x   ",
        ".bashrc",
        "\u2025/x",
        "\uFF0E\uFF0E\uFF0Fx",
        "..\u2215x",
        "\u202E4pm.x",
        "\uD83D\uDE00",
        new string('x', 5000),
        string.Concat(Enumerable.Repeat("../", 100)),
    ];
}
