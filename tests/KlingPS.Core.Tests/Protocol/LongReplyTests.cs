using KlingPS.Shared.Replies;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>The longest answers that are read, made costly: time and memory stay in proportion.</summary>
public sealed class LongReplyTests
{
    public static TheoryData<string, string, string, string> Shapes => new()
    {
        { "addresses without a query", """{"code":1200,"message":" """, "http://", "\"}" },
        { "addresses with escaped slashes", """{"code":1200,"message":" """, "https:\\/\\/", "\"}" },
        { "backslashes", """{"code":1200,"message":"https: """, "\\\\", "\"}" },
        { "signatures", """{"code":1200,"message":" """, "ksSecret=", "\"}" },
        { "request ids", """{"code":1200,"message":" """, "(request id: ", "\"}" },
        { "names of fields", """{"code":1200,"message":" """, "negative_ prompt", "\"}" },
        { "controls", """{"code":1200,"message":" """, "\\u001b", "\"}" },
        { "a code of digits", "{\"code\":", "7", "}" },
        { "a time of digits", """{"data":{"task_id":"1","created_at":""", "1", "}}" },
        { "a length of digits", """{"data":{"task_id":"1","task_result":{"videos":[{"duration":""", "1", "}]}}}" },
        { "an address", """{"data":{"task_id":"1","task_result":{"videos":[{"url":"https://c/""", "%41", "\"}]}}}" },
        { "a query", """{"data":{"task_id":"1","task_result":{"videos":[{"url":"https://c/?""", "ksTime=&", "\"}]}}}" },
        { "videos", """{"data":{"task_id":"1","task_status":"succeed","task_result":{"videos":[""", "{},", "{}]}}}" },
        { "videos that are none", """{"data":{"task_id":"1","task_result":{"videos":[""", "0,", "0]}}}" },
        { "members", "{", "\"a\":0,", "\"data\":{\"task_id\":\"1\"}}" },
        { "members with a name as long", "{", "\"b_task_\":0,", "\"data\":{\"task_id\":\"1\"}}" },
        { "members with half a character for a name", "{", "\"\\ud83dxxx\":0,", "\"data\":{\"task_id\":\"1\"}}" },
        { "the same member again and again", "{", "\"data\":{},", "\"data\":{\"task_id\":\"1\"}}" },
        { "depth", "", "{\"data\":", "" },
        { "html", "<html>", "<b>x</b>", "</html>" },
        { "a string in the string", """{"code":"fail_to_fetch_task","message":"{\"a\":\" """, "http://", "\\\"}\"}" },
    };

    // The shorter one first: what grows with the square of the length fails there, within seconds.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_longest_answer_costs_in_proportion(string name, string start, string piece, string end)
    {
        foreach (int length in (int[])[64 * 1024, BoundedBody.MaxBytes])
        {
            string middle = string.Concat(
                Enumerable.Repeat(piece, (length - start.Length - end.Length) / piece.Length));
            RealBody body = new(name, start + middle + end);
            ReplyRules.Check(new ReplyCase(Shared.Replies.Asked.Query, 200, body, [], null));
            ReplyRules.Check(new ReplyCase(Shared.Replies.Asked.Extension, 400, body, [], null));
        }
    }
}
