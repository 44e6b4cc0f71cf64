using System.Globalization;
using System.Text;
using KlingPS.Sandbox;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KlingPS.TestServer;

/// <summary>One request and its answer, with the fault that hits it, if any.</summary>
internal sealed class Exchange(HttpContext context, TimeProvider time, CancellationToken stopping)
{
    private const int LargestText = 64 * 1024;

    private string _target = "";
    private Dictionary<string, string> _headers = [];
    private byte[] _body = [];

    internal async Task<ReceivedRequest> ReceiveAsync()
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
            time.GetUtcNow())
        {
            Connection = context.Connection.Id,
            Tls = context.Features.Get<ITlsHandshakeFeature>()?.Protocol.ToString() ?? "",
        };
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

        if (fault.HangsAtOnce)
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        else if (fault.ResetsAtOnce)
        {
            context.Abort();
        }
        else
        {
            await SendAsync(fault.Status is { } status ? Own(status, fault.Body) : Rewritten(answer!, fault), fault);
        }
    }

    private static SandboxResponse Own(int status, string body) => new(
        status,
        new Dictionary<string, string> { ["Content-Type"] = "application/json" },
        Encoding.UTF8.GetBytes(body));

    private static SandboxResponse Rewritten(SandboxResponse answer, Fault fault) => fault.Rewrite is { } rewrite
        ? answer with { Body = Encoding.UTF8.GetBytes(rewrite(Encoding.UTF8.GetString(answer.Body))) }
        : answer;

    private SandboxResponse Serve(SandboxService service, Fault fault)
    {
        if (fault.IgnoreRange)
        {
            _headers.Remove("Range");
        }

        // A client that takes the server for its proxy asks with the whole address.
        string target = _target.StartsWith('/') ? _target : new Uri(_target).PathAndQuery;
        return service.Handle(new SandboxRequest(context.Request.Method, target, _headers, _body));
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

    // Whole seconds; the rest is cut off.
    private static string Rfc1123(DateTimeOffset moment) => moment.ToString("R", CultureInfo.InvariantCulture);

    private async Task SendAsync(SandboxResponse answer, Fault fault)
    {
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentLength = fault.Stream is { } stream ? stream.AnnouncedLength : answer.Body.Length;
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

        // The dates are of one clock, whatever that clock says.
        response.Headers.Date = Rfc1123(time.GetUtcNow());
        if (fault.RetryAfterDate is { } pause)
        {
            response.Headers.RetryAfter = Rfc1123(time.GetUtcNow() + pause + TimeSpan.FromTicks(TimeSpan.TicksPerSecond - 1));
        }

        BodyWriter body = new(response, stopping);
        await (fault.Stream is null ? body.WriteAsync(answer.Body, fault) : body.WriteAsync(fault.Stream));
    }
}
