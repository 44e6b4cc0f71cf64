using System.Text;
using System.Text.Json;
using KlingPS.Core.Tests.Support;
using KlingPS.Requests;
using KlingPS.Responses;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>Which of the three requests an answer belongs to.</summary>
public enum Asked
{
    Query,
    Extension,
    Video,
}

/// <summary>Reads an answer as the client would.</summary>
internal static class Reply
{
    internal static KlingTask Read(string body, Asked asked = Asked.Query, int status = 200) =>
        Read(Encoding.UTF8.GetBytes(body), asked, status);

    internal static KlingTask Read(byte[]? body, Asked asked = Asked.Query, int status = 200, Uri? location = null) =>
        ResponseReader.Read(Call(asked, body), new ApiResponse(status, body, null, location), Given.Key, Given.Start);

    internal static KlingException Refused(string body, Asked asked = Asked.Query, int status = 200) =>
        Assert.Throws<KlingException>(() => Read(body, asked, status));

    internal static KlingException Refused(byte[]? body, Asked asked, int status, Uri? location = null) =>
        Assert.Throws<KlingException>(() => Read(body, asked, status, location));

    private static ApiRequest Call(Asked asked, byte[]? body) => asked switch
    {
        Asked.Extension => ApiRequest.Submit(Given.Extension),
        Asked.Video => ApiRequest.Submit(Given.Video),
        _ => ApiRequest.Query(IdIn(body) ?? "861234567890123456", KlingTaskKind.VideoExtension),
    };

    // A query is about the task that is in its answer.
    private static string? IdIn(byte[]? body)
    {
        using JsonDocument? document = TolerantJson.Parse(body);
        return document is null ? null : TaskReader.IdNamedBy(document.RootElement, Given.Key);
    }
}
