using System.Text.RegularExpressions;

namespace KlingPS.Core.Tests.Project;

/// <summary>A figure in prose is the one that was measured.</summary>
public sealed class FigureTests
{
    private static readonly Regex Faults = new("[0-9,]+ faults × [0-9]+ cmdlets = [0-9,]+ cells");

    [Fact]
    public void The_README_tells_the_faults_and_cells_of_the_page_that_measures_them() =>
        Assert.Equal(FigureOf("docs/faults.md"), FigureOf("README.md"));

    private static string FigureOf(string page) => Assert.Single(Faults.Matches(Checkout.Read(page))).Value;
}
