using KlingPS.Responses;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>What a person reads of an error, and what nobody ever reads.</summary>
public sealed class ErrorMessageTests
{
    [Fact]
    public void A_message_names_status_code_text_request_id_and_what_to_do()
    {
        KlingException error = Reply.Refused(
            """{"code":1102,"message":"Account balance not enough","request_id":"9f1c"}""", Asked.Video, 429);

        Assert.Contains("HTTP 429", error.Message, StringComparison.Ordinal);
        Assert.Contains("1102", error.Message, StringComparison.Ordinal);
        Assert.Contains("Account balance not enough", error.Message, StringComparison.Ordinal);
        Assert.Contains("9f1c", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(error.RecommendedAction, error.Message, StringComparison.Ordinal);
        Assert.Equal(KlingError.InsufficientBalance.Action, error.RecommendedAction);
    }

    [Fact]
    public void The_gateways_request_id_is_read_out_of_its_message()
    {
        KlingException error = Reply.Refused(
            """{"error":{"message":"invalid token (request id: 2026030112)","type":"comet_api_error","code":""}}""",
            Asked.Query, 401);

        Assert.Equal("2026030112", error.RequestId);
    }

    [Theory]
    [InlineData("""{"code":1002,"message":"the key sk-0123456789abcdefWXYZ is unknown","request_id":"r"}""")]
    [InlineData("""{"code":1002,"message":"unknown","request_id":"sk-0123456789abcdefWXYZ"}""")]
    [InlineData("""{"code":"sk-0123456789abcdefWXYZ","message":"unknown"}""")]
    [InlineData("""{"error":{"message":"Bearer sk-0123456789abcdefWXYZ","code":""}}""")]
    public void The_key_is_never_in_a_message(string body) =>
        Assert.DoesNotContain(Given.Key, Reply.Refused(body, Asked.Video, 401).ToString(), StringComparison.Ordinal);

    [Fact]
    public void The_key_is_not_in_the_message_of_a_redirect_that_repeats_it()
    {
        KlingException error = Reply.Refused(
            [], Asked.Video, 302, new Uri($"https://elsewhere.test/{Given.Key}/x?y=z"));

        Assert.DoesNotContain(Given.Key, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"code":1200,"message":"cannot read https://cdn.test/v.mp4?ksSecret=abc&ksTime=1","request_id":"r"}""")]
    [InlineData("""{"code":1200,"message":"cannot read https:\/\/cdn.test\/v.mp4?ksSecret=abc","request_id":"r"}""")]
    public void A_signed_query_is_never_in_a_message(string body)
    {
        KlingException error = Reply.Refused(body, Asked.Video, 400);

        Assert.DoesNotContain("ksSecret", error.Message, StringComparison.Ordinal);
        Assert.Contains("https://cdn.test/v.mp4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_redirect_is_named_without_its_query()
    {
        KlingException error = Reply.Refused(
            [], Asked.Query, 301, new Uri("https://elsewhere.test/login?token=secret"));

        Assert.Contains("https://elsewhere.test/login", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unknown_of_an_extension_is_to_be_looked_up_in_the_usage() =>
        Assert.Contains("usage", Reply.Refused("", Asked.Extension, 502).RecommendedAction, StringComparison.Ordinal);

    [Theory]
    [InlineData(502)]
    [InlineData(429)]
    public void What_is_unknown_of_a_video_with_an_id_of_its_own_is_to_be_asked_by_it(int status)
    {
        ApiRequest call = ApiRequest.Submit(Given.Video with { ExternalTaskId = "my-42" });

        KlingException error = Assert.Throws<KlingException>(
            () => ResponseReader.Read(call, new ApiResponse(status, []), Given.Key, Given.Start));

        Assert.Equal(SubmissionOutcome.Unknown, error.Submission);
        Assert.Contains("Get-KlingTask 'my-42' -Kind TextToVideo", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a'b", "'a''b'")]
    [InlineData("a\u2019;calc;\u2018b", "'a\u2019\u2019;calc;\u2018\u2018b'")]
    [InlineData("\u201a\u201b", "'\u201a\u201a\u201b\u201b'")]
    public void An_id_in_a_command_that_is_offered_stays_in_its_quotes(string id, string quoted)
    {
        ApiRequest call = ApiRequest.Submit(Given.Video with { ExternalTaskId = id });

        KlingException error = Assert.Throws<KlingException>(
            () => ResponseReader.Read(call, new ApiResponse(502, []), Given.Key, Given.Start));

        Assert.Contains($"Get-KlingTask {quoted} -Kind TextToVideo", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_without_words_is_told_by_its_status_alone() =>
        Assert.Equal(
            "It is unknown whether the video was created: the request was sent, but no usable response came "
                + "(HTTP 524).",
            Reply.Refused("", Asked.Video, 524).WhatHappened);

    [Fact]
    public void A_missing_route_points_to_the_base_uri() =>
        Assert.Contains(
            "Get-KlingConnection", Reply.Refused("", Asked.Video, 404).RecommendedAction, StringComparison.Ordinal);

    [Fact]
    public void A_value_refused_here_needs_no_advice() =>
        Assert.Equal("-CfgScale 7 is too large.", KlingException.Invalid("-CfgScale 7 is too large.").Message);

    [Fact]
    public void An_answer_too_large_to_read_is_said_to_be_so() =>
        Assert.Contains("larger", Reply.Refused((byte[]?)null, Asked.Query, 200).Message, StringComparison.Ordinal);
}
