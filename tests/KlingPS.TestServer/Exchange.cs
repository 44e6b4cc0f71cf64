using System.Globalization;
using System.IO.Compression;
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
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        string[] parts = _target.Split('?', 2);
        return new ReceivedRequest(
            context.Request.Method, parts[0], parts.Length > 1 ? parts[1] : "",
            new Dictionary<string, string>(_headers, StringComparer.OrdinalIgnoreCase),
            _body.Length <= LargestText ? Encoding.UTF8.GetString(_body) : "", time.GetUtcNow())
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
        status, new Dictionary<string, string> { ["Content-Type"] = "application/json" }, Encoding.UTF8.GetBytes(body));

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
            response.Headers.RetryAfter = Rfc1123(
                time.GetUtcNow() + pause + TimeSpan.FromTicks(TimeSpan.TicksPerSecond - 1));
        }

        BodyWriter body = new(response, stopping);
        await (fault.Stream is null ? body.WriteAsync(answer.Body, fault) : body.WriteAsync(fault.Stream));
    }
}

/// <summary>Sends a body whole, cut short, stuck half-way, or slowly.</summary>
internal sealed class BodyWriter(HttpResponse response, CancellationToken cancellationToken)
{
    // Slow bodies go out in this many pieces a second.
    private const int Beats = 20;

    // Some systems throw away with a reset what came before it: time for the client to take it.
    private static readonly TimeSpan BeforeReset = TimeSpan.FromSeconds(0.1);

    internal async Task WriteAsync(byte[] body, Fault fault)
    {
        int end = (int)Math.Min(fault.TruncateAfter ?? body.Length, body.Length);
        ReadOnlyMemory<byte> rest = body.AsMemory(0, end);
        if (fault.BytesPerSecond is { } pace)
        {
            int piece = (int)Math.Max(1, pace / Beats);
            TimeSpan pause = TimeSpan.FromSeconds((double)piece / pace);
            while (rest.Length > piece)
            {
                await response.Body.WriteAsync(rest[..piece], cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                await Task.Delay(pause, cancellationToken);
                rest = rest[piece..];
            }
        }

        await response.Body.WriteAsync(rest, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        if (fault is { Hang: true, TruncateAfter: not null })
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (fault is { Reset: true, TruncateAfter: not null })
        {
            await Task.Delay(BeforeReset, cancellationToken);
            response.HttpContext.Abort();
        }

        // Where a body is cut otherwise, nothing more is to be done: the
        // server closes the connection itself, with an orderly end
        // rather than a reset, which could take the bytes just sent along with it.
    }

    internal async Task WriteAsync(StreamedBody body)
    {
        for (int i = 0; i < body.Times; i++)
        {
            await response.Body.WriteAsync(body.Block, cancellationToken);
        }
    }
}

/// <summary>A body sent as one block over and over, so that it can be larger than memory.</summary>
public sealed record StreamedBody(byte[] Block, int Times, bool IsAnnounced)
{
    /// <summary>How much a bomb unpacks to.</summary>
    public const long BombBytes = 10L * 1024 * 1024 * 1024;

    private const int MemberBytes = 10 * 1024 * 1024;

    /// <summary>The length of the whole.</summary>
    public long Length => (long)Block.Length * Times;

    internal long? AnnouncedLength => IsAnnounced ? Length : null;

    /// <summary>Spaces, so many mebibytes of them.</summary>
    public static StreamedBody OfMebibytes(int mebibytes, bool isAnnounced)
    {
        byte[] block = new byte[64 * 1024];
        block.AsSpan().Fill((byte)' ');
        return new StreamedBody(block, mebibytes * 16, isAnnounced);
    }

    /// <summary>Ten megabytes of gzip that unpack to <see cref="BombBytes"/>: members
    /// in a row are one gzip file (RFC 1952).</summary>
    public static StreamedBody Bomb()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[MemberBytes]);
        }

        return new StreamedBody(packed.ToArray(), (int)(BombBytes / MemberBytes), IsAnnounced: false);
    }
}
