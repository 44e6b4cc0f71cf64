using KlingPS.Requests;

namespace KlingPS.Core.Tests.Models;

/// <summary>Lengths of prompts.</summary>
public sealed class PromptRulesTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(500, false)]
    [InlineData(501, true)]
    [InlineData(2500, true)]
    public void Beyond_what_the_gateway_documents_is_a_warning(int length, bool warns)
    {
        string? warning = PromptRules.Check("Prompt", new string('x', length), PromptRules.Documented);

        Assert.Equal(warns, warning is not null);
        Assert.Equal(warns, warning?.Contains($"-Prompt has {length} characters", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Beyond_what_the_service_takes_is_an_error_and_nothing_was_sent()
    {
        KlingException error = Refused(new string('x', 2501));

        Assert.Equal(("PromptTooLong", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
    }

    [Fact]
    public void A_character_outside_the_basic_plane_is_one()
    {
        string prompt = string.Concat(Enumerable.Repeat("🌅", 500));

        Assert.Null(PromptRules.Check("Prompt", prompt, PromptRules.Documented));
        Assert.NotNull(PromptRules.Check("Prompt", prompt + "x", PromptRules.Documented));
    }

    [Theory]
    [InlineData('\ud83c', "x")]
    [InlineData('\udf05', "x")]
    [InlineData('\ud83c', "")]
    public void Half_a_character_cannot_be_sent(char half, string after) =>
        Assert.Equal("InvalidRequest", Refused("dawn " + half + after).ErrorId);

    [Theory]
    [InlineData('\0')]
    [InlineData('\u001b')]
    [InlineData('\b')]
    [InlineData('\a')]
    [InlineData('\u007f')]
    [InlineData('\u009b')]
    public void What_a_terminal_would_carry_out_is_no_description(char control)
    {
        KlingException error = Refused($"dawn{control}[2J");

        Assert.Equal("InvalidRequest", error.ErrorId);
        Assert.Equal(
            $"-NegativePrompt holds the control character U+{(int)control:X4} at position 4. Remove it; line breaks and tabs may stay.",
            error.Message);
    }

    [Theory]
    [InlineData("first line\r\n\tsecond line\n")]
    [InlineData("\u05d0\u202bרציף\u202c")]
    [InlineData("港の夜明け \u2028 🌅")]
    public void Lines_and_every_script_are_writing(string prompt) =>
        Assert.Null(PromptRules.Check("Prompt", prompt, PromptRules.Documented));

    [Fact]
    public void No_prompt_is_no_objection() => Assert.Null(PromptRules.Check("Prompt", null, 0));

    private static KlingException Refused(string prompt) =>
        Assert.Throws<KlingException>(() => PromptRules.Check("NegativePrompt", prompt, PromptRules.DocumentedNegative));
}
