using System.Globalization;
using System.Text;

namespace KlingPS.Benchmarks.Pace;

/// <summary>GETs against mean delay: one dot for the default pace, a line for fixed intervals. Down and left is better.</summary>
internal static class PacePlot
{
    private const double Width = 640;
    private const double Height = 400;
    private const double Left = 60;
    private const double Bottom = 350;
    private const double MostGets = 90;
    private const double MostDelay = 11;

    internal static void Write(string path, WaitFigures ours, IReadOnlyList<(double Interval, WaitFigures Figures)> intervals)
    {
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        svg.Append("<style>text{fill:#57606a}.axis{stroke:#8c959f;fill:none}.fixed{stroke:#8c959f;fill:none}.dot{fill:#8c959f}.ours{fill:#1a7f37}.name{fill:#1a7f37;font-weight:bold}@media(prefers-color-scheme:dark){text{fill:#9da7b3}.ours,.name{fill:#3fb950}}</style>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{Left} 20V{Bottom}H{Width - 20}\"/>\n");
        for (int gets = 0; gets <= 80; gets += 20)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(gets):0.0}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{gets}</text>\n");
        }

        for (int delay = 0; delay <= 10; delay += 2)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(delay) + 4:0.0}\" text-anchor=\"end\">{delay} s</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">GETs a task</text>\n");
        svg.Append("<text x=\"16\" y=\"185\" text-anchor=\"middle\" transform=\"rotate(-90 16 185)\">mean delay</text>\n");
        string line = string.Join(' ', intervals.Select(row => string.Create(CultureInfo.InvariantCulture, $"{X(row.Figures.Gets):0.0},{Y(row.Figures.Mean):0.0}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"fixed\" points=\"{line}\"/>\n");
        foreach ((double interval, WaitFigures figures) in intervals)
        {
            Dot(svg, "dot", figures);
            Label(svg, "", figures, string.Create(CultureInfo.InvariantCulture, $"every {interval} s"));
        }

        Dot(svg, "ours", ours);
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"name\" x=\"{X(ours.Gets) - 10:0.0}\" y=\"{Y(ours.Mean) + 18:0.0}\" text-anchor=\"end\">KlingPS</text>\n");
        svg.Append("</svg>\n");
        File.WriteAllText(path, svg.ToString());
    }

    private static void Dot(StringBuilder svg, string style, WaitFigures figures) =>
        svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{X(figures.Gets):0.0}\" cy=\"{Y(figures.Mean):0.0}\" r=\"5\"/>\n");

    private static void Label(StringBuilder svg, string style, WaitFigures figures, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{X(figures.Gets) + 8:0.0}\" y=\"{Y(figures.Mean) - 6:0.0}\">{text}</text>\n");

    private static double X(double gets) => Left + (gets / MostGets * (Width - 20 - Left));

    private static double Y(double delay) => Bottom - (delay / MostDelay * (Bottom - 20));
}
