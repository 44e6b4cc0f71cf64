namespace KlingPS.Tests;

public sealed class ModelTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("", 14)]
    [InlineData("*", 14)]
    [InlineData("KLING-V3", 1)]
    [InlineData("kling-v1*", 3)]
    [InlineData("kling-v1*, kling-v1-6", 3)]
    [InlineData("nothing*", 0)]
    public void Models_are_found_by_name_and_pattern_without_a_key(string name, int count) =>
        Assert.Equal(count, _shell.Run($"Get-KlingModel {name}").Clean().Output.Count);

    [Theory]
    [InlineData("kling-v9")]
    [InlineData("'['")]
    [InlineData("\"a`e[2Jb\"")]
    public void A_name_that_is_no_model_is_an_error_and_the_others_still_come(string name)
    {
        Result result = _shell.Run($"Get-KlingModel {name}, kling-v3");
        Assert.Equal(["InvalidRequest"], result.ErrorIds);
        Assert.Single(result.Output);
    }

    [Fact]
    public void A_model_says_what_the_table_knows()
    {
        PSObject old = _shell.Run("Get-KlingModel kling-v1-5").Clean().Output.Single();
        Assert.Equal(["ImageToVideo"], (string[])old.Properties["Makes"].Value);
        Assert.Equal([5, 10], (int[])old.Properties["Durations"].Value);
        Assert.Equal(["pro"], (string[])old.Properties["LastFrameModes"].Value);
        Assert.Equal((true, true),
            ((bool)old.Properties["IsExtendable"].Value, (bool)old.Properties["IsRetired"].Value));
        Assert.Equal(new DateTime(2026, 9, 15), old.Properties["RetiredOn"].Value);
        PSObject living = _shell.Run("Get-KlingModel kling-v3").Clean().Output.Single();
        Assert.Equal(Enumerable.Range(3, 13), (int[])living.Properties["Durations"].Value);
        Assert.Equal(["TextToVideo", "ImageToVideo", "MotionControl"], (string[])living.Properties["Makes"].Value);
        Assert.Equal(
            "1.2", _shell.Run("(Get-KlingModel kling-v3).ListUnitsPerSec['pro audio']").Output.Single().ToString());
        Assert.Equal(
            (false, null), ((bool)living.Properties["IsRetired"].Value, living.Properties["RetiredOn"].Value));
    }

    [Fact]
    public void What_is_changed_in_a_written_model_changes_no_other() => Assert.Equal(
        "std",
        _shell.Run("(Get-KlingModel kling-v3).Modes[0] = 'x'; (Get-KlingModel kling-v3).Modes[0]")
            .Clean().Output.Single().ToString());
}
