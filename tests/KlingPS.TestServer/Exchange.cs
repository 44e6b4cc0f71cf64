using System.Text;
using KlingPS.Sandbox;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KlingPS.TestServer;

/// <summary>One request and its answer, with the fault that hits it, if any.</summary>
internal sealed class Exchange(HttpContext context, CancellationToken stopping)
{
    private const int LargestText = 64 * 1024;

    private string _target = "";
    private Dictionary<string, string> _headers = [];
    private byte[] _body = [];

    internal async Task<ReceivedRequest> ReceiveAsync(TimeProvider time)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, stopping);
        _body = body.ToArray();
        _target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        _headers = context.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase);
        string[] parts = _target.Split('?', 2);
        return new ReceivedRequest(
            context.Request.Method,
            parts[0],
            parts.Length > 1 ? parts[1] : "",
            new Dictionary<string, string>(_headers, StringComparer.OrdinalIgnoreCase),
            _body.Length <= LargestText ? Encoding.UTF8.GetString(_body) : "",
            time.GetUtcNow());
    }

    internal async Task AnswerAsync(SandboxService service, Fault fault)
    {
        if (fault.BeforeService)
        {
            await PauseAsync(fault);
        }

        SandboxResponse? answer = fault.ReplacesService ? null : Serve(service, fault);
        if (!fault.BeforeService)
        {
            await PauseAsync(fault);
        }

        if (fault.Hang)
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        else if (fault.Reset)
        {
            context.Abort();
        }
        else
        {
            await SendAsync(fault.Status is { } status ? Own(status, fault.Body) : answer!, fault);
        }
    }

    private static SandboxResponse Own(int status, string body) => new(
        status,
        new Dictionary<string, string> { ["Content-Type"] = "application/json" },
        Encoding.UTF8.GetBytes(body));

    private SandboxResponse Serve(SandboxService service, Fault fault)
    {
        if (fault.IgnoreRange)
        {
            _headers.Remove("Range");
        }

        return service.Handle(new SandboxRequest(context.Request.Method, _target, _headers, _body));
    }

    private async Task PauseAsync(Fault fault)
    {
        if (fault.Delay is { } delay)
        {
            await Task.Delay(delay, stopping);
        }

        if (fault.Until is { } until)
        {
            await until.WaitAsync(stopping);
        }
    }

    private async Task SendAsync(SandboxResponse answer, Fault fault)
    {
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentLength = answer.Body.Length;
        IReadOnlyDictionary<string, string> extra = fault.Headers ?? new Dictionary<string, string>();
        foreach ((string name, string value) in answer.Headers.Concat(extra))
        {
            if (value.Length == 0)
            {
                response.Headers.Remove(name);
            }
            else
            {
                response.Headers[name] = value;
            }
        }

        await new BodyWriter(response, stopping).WriteAsync(answer.Body, fault);
    }
}
