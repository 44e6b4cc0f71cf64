using System.Globalization;

namespace KlingPS.Core.Tests.Support;

/// <summary>Answers in the service's shapes.</summary>
internal static class Bodies
{
    internal const string TooFast = """{"code":1302,"message":"too fast","request_id":"r-1302"}""";
    internal const string NoSlot =
        """{"code":1303,"message":"parallel task over resource pack limit","request_id":"r-1303"}""";

    internal const string NotFound =
        """{"code":1201,"message":"Task not found by id/external id: 1","request_id":"r-1201"}""";

    internal const string Html = "<html><body>Sign in to the network</body></html>";

    internal static string Task(string id = "861234567890123456", string status = "submitted", DateTimeOffset? created = null)
    {
        string time = (created ?? Given.Start).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string result = status == "succeed"
            ? """{"videos":[{"id":"861234567890123457","url":"https://cdn.test/v.mp4?ksSecret=s","duration":"5.1"}]}"""
            : "{}";
        return $$$"""
            {"code":0,"message":"SUCCEED","request_id":"r-0","data":{"task_id":"{{{id}}}","task_status":"{{{status}}}",
            "task_status_msg":"","task_info":{},"task_result":{{{result}}},"created_at":{{{time}}},"updated_at":{{{time}}}}}
            """;
    }
}
