using System.Globalization;
using System.Net;
using System.Text;

namespace KlingPS.Benchmarks.Pace;

/// <summary>Answers queries for tasks "0" to "n-1", all created when it was, and keeps when each was asked about.</summary>
/// <remarks>Less than the sandbox, so that what is measured is the wait and not the service.</remarks>
internal sealed class VirtualService(VirtualTime time, double[] durations) : HttpMessageHandler
{
    private readonly DateTimeOffset _created = time.GetUtcNow();
    private readonly TimeSpan _start = time.Now;
    private readonly int[] _gets = new int[durations.Length];
    private readonly double[] _seen = new double[durations.Length];

    /// <summary>All queries.</summary>
    internal long Gets => _gets.Sum(count => (long)count);

    /// <summary>For each task that has answered with its end: how many seconds after it.</summary>
    internal double[] Delays => [.. _seen.Zip(durations, (seen, duration) => seen - duration)];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string id = request.RequestUri!.Segments[^1];
        int task = int.Parse(id, CultureInfo.InvariantCulture);
        double age = (time.Now - _start).TotalSeconds;
        _gets[task]++;
        bool ended = age >= durations[task];
        _seen[task] = age;
        long created = _created.ToUnixTimeMilliseconds();
        long updated = ended ? created + (long)(durations[task] * 1000) : created;
        string result = ended
            ? $$$""","task_result":{"videos":[{"id":"v{{{id}}}","url":"https://videos.invalid/{{{id}}}.mp4","duration":"5.1"}]}"""
            : "";
        string body = $$$"""{"code":0,"message":"SUCCEED","request_id":"r{{{id}}}","data":{"task_id":"{{{id}}}","task_status":"{{{(ended ? "succeed" : "processing")}}}","task_status_msg":"","created_at":{{{created}}},"updated_at":{{{updated}}}{{{result}}}}}""";
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) });
    }
}
