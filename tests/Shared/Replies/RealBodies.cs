namespace KlingPS.Shared.Replies;

/// <summary>One answer as the service, the gateway or something between has given it.</summary>
internal sealed record RealBody(string Name, string Text, string? TaskId = null)
{
    internal byte[] Bytes { get; } = System.Text.Encoding.UTF8.GetBytes(Text);
}

/// <summary>The shapes that answers are known to have; ids, keys and signatures are made up.</summary>
internal static class RealBodies
{
    internal const string Key = "sk-0123456789abcdefWXYZ";

    /// <summary>In every signed address below, and in no text a person sees.</summary>
    internal const string Signature = "Zm9ydHktdHdv";

    internal const string SignedUrl =
        "https://v16-kling-fdl.klingai.com/bs2/upload-kling-api/v.mp4?cacheKey=abc&x-kcdn-pid=1&ksSecret="
            + Signature
            + "&ksTime=694fa816";

    internal static readonly RealBody[] All =
    [
        new("created", """
            {"code":0,"message":"SUCCEED","request_id":"CmYF3mfuSQ4AAAAAABHzRg","data":{"task_id":"2032273942220931072",
            "task_status":"submitted","task_info":{},"created_at":1764235825029,"updated_at":1764235825029}}
            """, "2032273942220931072"),
        new("created, without request id", """
            {"code":0,"message":"success","data":{"task_id":"2032273942220931072","task_status":"submitted",
            "created_at":"1764235825029","updated_at":"1764235825029"}}
            """, "2032273942220931072"),
        new("created, with nulls", """
            {"code":0,"message":"SUCCEED","request_id":"5c1b",
            "data":{"task_id":"826341277283426391","task_status":"submitted",
            "task_status_msg":null,"task_info":{"external_task_id":"mine-1"},"task_result":{"images":[],"videos":null},
            "created_at":1764235825029,"updated_at":1764235825029}}
            """, "826341277283426391"),
        new("processing", """
            {"code":0,"message":"SUCCEED","request_id":"5c1b",
            "data":{"task_id":"826341277283426391","task_info":{},
            "task_result":{},"task_status":"processing","task_status_msg":"",
            "created_at":1764235825029,
            "updated_at":1764235854036}}
            """, "826341277283426391"),
        new("succeed", $$$"""
            {"code":0,"message":"SUCCEED","request_id":"5c1b",
            "data":{"task_id":"826341277283426391","task_info":{},
            "task_status":"succeed","task_status_msg":"","task_result":{"videos":[{"id":"826341277283426392",
            "url":"{{{SignedUrl}}}","duration":"5.1"}]},"final_unit_deduction":"2.50",
            "final_balance_deduction":{"quota":"2","list_price":"0.28"},"created_at":1764235825029,
            "updated_at":1764236054436}}
            """, "826341277283426391"),
        new("failed", """
            {"code":0,"message":"SUCCEED","request_id":"5c1b",
            "data":{"task_id":"826341277283426391","task_info":{},
            "task_result":{},"task_status":"failed","task_status_msg":"Failure to pass the risk control system",
            "created_at":1764235825029,"updated_at":1764235854036}}
            """, "826341277283426391"),
        new("extension, succeed", $$$"""
            {"code":0,"message":"SUCCEED","request_id":"5c1b",
            "data":{"task_id":"826341277283426400","task_status":"succeed",
            "task_status_msg":"","task_info":{"parent_video":{"id":"826341277283426392","url":"{{{SignedUrl}}}",
            "duration":"5.1"}},"task_result":{"videos":[{"id":"826341277283426401","url":"{{{SignedUrl}}}",
            "watermark_url":"{{{SignedUrl}}}","duration":"9.6"}]},
            "created_at":1764235825029,"updated_at":1764236054436}}
            """, "826341277283426400"),
        new("bare task", """
            {"task_id":"CmCmrWduIncAAAAAAUxTLg","task_status":"processing","task_status_msg":"",
            "created_at":1764235825029,
            "updated_at":1764235854036,"task_result":{"videos":[{"id":"1","url":"","duration":"5"}]}}
            """, "CmCmrWduIncAAAAAAUxTLg"),
        new("wrapped by a gateway", $$$$$"""
            {"code":"success","message":"","data":{"task_id":"outer-1","status":"SUCCESS","progress":"100%",
            "data":{"code":0,
            "message":"SUCCEED","data":{"task_id":"826341277283426391","task_status":"succeed","task_result":{"videos":[
            {"id":"826341277283426392","url":"{{{{{SignedUrl}}}}}","duration":"5.1"}]},"created_at":1764235825029,
            "updated_at":1764236054436}}}}
            """, "826341277283426391"),
        new("flat, of another gateway", $$"""
            {"task_id":"826341277283426391","status":"succeeded","url":"{{SignedUrl}}","error":null}
            """, "826341277283426391"),
        new("service error", """{"code":1201,"message":"Task not found by id/external id: 1","request_id":"r-1201"}"""),
        new("too fast", """{"code":1302,"message":"too fast","request_id":"r-1302"}"""),
        new(
            "no slot",
            """{"code":1303,"message":"parallel task over resource pack limit","request_id":"r-1303","data":null}"""),
        new("no balance", """{"code":1102,"message":"Account balance not enough","request_id":"9f1c"}"""),
        new("internal", """{"code":5000,"message":"internal error","request_id":"9f1c"}"""),
        new(
            "signed address in a message",
            $$"""{"code":1200,"message":"cannot read {{SignedUrl}} now","request_id":"r"}"""),
        new("gateway error", $$$"""
            {"error":{"message":"invalid token {{{Key}}} (request id: 2026030112)","type":"comet_api_error","param":"",
            "code":""}}
            """),
        new("gateway, client error as 500", """
            {"error":{"message":"field messages is required","type":"comet_api_error","code":"invalid_request"}}
            """),
        new("gateway, no channel", """
            {"error":{"message":"no available channel for group default and model X (distributor) (request id: 2026)",
            "type":"new_api_error","code":"model_not_found"}}
            """),
        new("gateway, quota", """
            {"error":{"message":"quota is not enough","type":"new_api_error","code":"insufficient_user_quota"}}
            """),
        new("task envelope", """{"code":"task_not_exist","message":"task_not_exist","data":null}"""),
        new("task envelope, transport", """{"code":"do_request_failed","message":"do request failed","data":null}"""),
        new("service's answer in a string", """
            {"code":"fail_to_fetch_task","data":null,
            "message":"{\"code\":1303,\"message\":\"parallel task over resource pack limit\",\"request_id\":\"r-in\"}"}
            """),
        new("service's answer in a string of the gateway's", """
            {"error":{"message":"{\"code\":1201,\"message\":\"Task not found by id\"}","type":"comet_api_error",
            "code":"fail_to_fetch_task"}}
            """),
        new("html in a string", """{"code":"fail_to_fetch_task","message":"<html>bad gateway</html>","data":null}"""),
        new("error is a string", """{"error":"invalid token"}"""),
        new("message only", """{"message":"upstream is resting","request_id":"r-9"}"""),
        new("html", "<!DOCTYPE html>\r\n<html><head><title>502 Bad Gateway</title></head><body>Sign in</body></html>"),
        new("text", "upstream connect error or disconnect/reset before headers"),
        new("empty", ""),
    ];
}
