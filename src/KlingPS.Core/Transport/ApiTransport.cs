using System.Buffers;
using System.Net.Http.Headers;
using KlingPS.Requests;
using KlingPS.Responses;

namespace KlingPS.Transport;

/// <summary>Sends one request once, and brings back what it asked for or says exactly what went wrong.</summary>
internal sealed class ApiTransport(KlingConnection connection, IRequestTrace trace)
{
    // Far more than is shown: a cut here could leave half a secret, which nothing recognises.
    private const int LookedThrough = 64 * 1024;

    // The service's codes for a token whose time has not come, and for one whose time is over.
    private const string NotYetValid = "1003";
    private const string Expired = "1004";

    /// <param name="lease">Acquired: the request may start.</param>
    /// <param name="content">Its body, which can be asked afterwards whether any of it was sent; null for a
    /// query.</param>
    /// <exception cref="KlingException">The service's error; ConnectionFailed, RequestTimeout or SubmissionUnknown
    /// without an answer.</exception>
    internal Task<KlingTask> SendAsync(
        ApiRequest request,
        RateLimitLease lease,
        TrackedContent? content,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        return SendAsync(request, lease, content, timeout, Read, cancellationToken);

        KlingTask Read(ApiResponse response, string key)
        {
            KlingTask task = ResponseReader.Read(request, response, key, connection.Time.GetUtcNow());
            return connection.Recent.Add(
                request.Submission is { } sent ? task.With(sent.Details) : task, isNew: request.IsPaid);
        }
    }

    /// <param name="read">Reads the answer, given the key.</param>
    /// <inheritdoc cref="SendAsync(ApiRequest, RateLimitLease, TrackedContent?, TimeSpan, CancellationToken)"/>
    internal async Task<T> SendAsync<T>(
        ApiRequest request,
        RateLimitLease lease,
        TrackedContent? content,
        TimeSpan timeout,
        Func<ApiResponse, string, T> read,
        CancellationToken cancellationToken)
    {
        string bearer = connection.Key.Bearer(connection.Time.GetUtcNow());
        ApiResponse response = await ExchangeAsync(
            request, bearer, content, lease.Waited, timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            T answer = read(response, connection.Key.Reveal());
            connection.Limiter.OnResponse(lease, null);
            return answer;
        }
        catch (KlingException e)
        {
            connection.Limiter.OnResponse(lease, e);
            if (e.Error == KlingError.AuthenticationFailed)
            {
                bool isForTime = e.ServiceCode is NotYetValid or Expired;
                e.Action = connection.Key.RefusedAction(isForTime);
                e.IsTokenRenewed = isForTime
                    && connection.Key.Renew(bearer, connection.Time.GetUtcNow(), response.Date);
            }

            throw;
        }
    }

    private async Task<ApiResponse> ExchangeAsync(
        ApiRequest request,
        string bearer,
        TrackedContent? content,
        TimeSpan waited,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = Build(request, bearer, content);
        using CancellationTokenSource limit = connection.Time.CancelAfter(timeout);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token, cancellationToken);
        long started = connection.Time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await connection.SendAsync(message, both.Token).ConfigureAwait(false);
            byte[]? answer = await BoundedBody.ReadAsync(response.Content, both.Token).ConfigureAwait(false);
            Trace(request, message, waited, started, status: (int)response.StatusCode, body: answer);
            return new ApiResponse(
                (int)response.StatusCode,
                answer,
                ResponseHeaders.PauseAskedFor(response, connection.Time),
                ResponseHeaders.Location(response, message.RequestUri!),
                response.Headers.Date);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Trace(request, message, waited, started, failure: "cancelled");
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            bool timedOut = limit.IsCancellationRequested;
            string key = connection.Key.Reveal();
            string reason = Redactor.Message(Reason(e), key);
            Trace(request, message, waited, started, failure: timedOut ? "timed out" : "failed: " + reason);
            throw TransportFailure.ToException(
                request,
                content?.WasStarted == true,
                timedOut ? timeout : null,
                reason,
                Redactor.HoldsKey(e.ToString(), key) ? new IOException(reason) : e);
        }
    }

    private HttpRequestMessage Build(ApiRequest request, string bearer, TrackedContent? content)
    {
        HttpRequestMessage message = new(
            request.Method, request.Address(connection.Settings.BaseUri)) { Content = content };
        // Per request, because the same client downloads from hosts that must not see the key.
        message.Headers.Authorization = request.IsAuthorized ? new AuthenticationHeaderValue("Bearer", bearer) : null;
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        // A connection of its own: on a dead kept-alive one, HttpWebRequest would send it again.
        message.Headers.ConnectionClose = request.IsPaid;
#if !NET
        message.Headers.ExpectContinue = false;
#endif
        return message;
    }

    private void Trace(
        ApiRequest request,
        HttpRequestMessage message,
        TimeSpan waited,
        long started,
        int? status = null,
        byte[]? body = null,
        string? failure = null)
    {
        if (!trace.WantsRequests)
        {
            return;
        }

        string key = connection.Key.Reveal();
        string? text = body is null ? null : Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, LookedThrough));
        trace.Completed(new RequestTrace(message.Method, message.RequestUri!, connection.Time.GetElapsedTime(started))
        {
            Waited = waited,
            Status = status,
            Failure = failure is null ? null : Redactor.Message(failure, key),
            RequestId = text is null || RequestIds.Find(text) is not { } id ? null : Redactor.Message(id, key),
            RequestBody = request.Submission is null || !trace.WantsBodies
                ? null
                : Redactor.Body(RequestWriter.Describe(request.Submission), key),
            ResponseBody = text is null || !trace.WantsBodies ? null : Redactor.Body(text, key),
        });
    }

    // The innermost message names the cause.
    private static string Reason(Exception e)
    {
        string reason = e.Message;
        for (Exception? inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            reason = inner.Message;
        }

        return reason;
    }
}

/// <summary>What a request without an answer means: for a query little, for a paid call everything.</summary>
internal static class TransportFailure
{
    /// <param name="bodyStarted">Whether any of the paid body was handed to the connection.</param>
    /// <param name="timeout">The time that was over, or null when the connection failed.</param>
    internal static KlingException ToException(
        ApiRequest request,
        bool bodyStarted,
        TimeSpan? timeout,
        string reason,
        Exception cause)
    {
        string what = timeout is { } limit ? $"no response came within {limit.TotalSeconds:0.#} s" : TrimEnd(reason);
        if (request.IsPaid && bodyStarted)
        {
            ErrorClassifier.Verdict verdict = new(KlingError.SubmissionUnknown, SubmissionOutcome.Unknown);
            return new KlingException(
                verdict.Error,
                $"It is unknown whether the video was created: the request was sent, then {what}.",
                cause)
            {
                Submission = verdict.Submission,
                Action = ResponseReader.ActionFor(request, verdict),
            };
        }

        if (request.IsPaid)
        {
            return new KlingException(
                KlingError.ConnectionFailed, $"The request was not sent, so nothing was created: {what}.", cause)
            {
                IsRetryable = true,
            };
        }

        return timeout is null
            ? new KlingException(
                KlingError.ConnectionFailed,
                $"{request.Failure}: {what}.",
                cause) { IsRetryable = true }
            : new KlingException(
                KlingError.RequestTimeout, $"{request.Failure}: {what}.", cause);
    }

    private static string TrimEnd(string sentence) => sentence.TrimEnd('.', ' ');
}

/// <summary>Reads a body up to a limit no honest answer reaches.</summary>
internal static class BoundedBody
{
    internal const int MaxBytes = 4 * 1024 * 1024;

    /// <returns>The bytes, or null when there are more than <see cref="MaxBytes"/>.</returns>
    internal static async Task<byte[]?> ReadAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null)
        {
            return [];
        }

        if (content.Headers.ContentLength > MaxBytes)
        {
            return null;
        }

        using Stream stream = await Platform.ReadAsStreamAsync(content, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int length = 0;
            int count;
            while ((count = await Platform
                .ReadAsync(stream, buffer, length, buffer.Length - length, cancellationToken)
                .ConfigureAwait(false)) > 0)
            {
                length += count;
                if (length > MaxBytes)
                {
                    return null;
                }

                buffer = length == buffer.Length ? Larger(buffer) : buffer;
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Larger(byte[] full)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * full.Length);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}

/// <summary>The two headers that say what to do next.</summary>
internal static class ResponseHeaders
{
    /// <summary>The pause asked for, in seconds or as a date; null without one, or for one that is over.</summary>
    internal static TimeSpan? PauseAskedFor(HttpResponseMessage response, TimeProvider time)
    {
        RetryConditionHeaderValue? value = response.Headers.RetryAfter;
        // Both dates are by the server's clock.
        TimeSpan? pause = value?.Delta ?? value?.Date - (response.Headers.Date ?? time.GetUtcNow());
        return pause > TimeSpan.Zero ? pause : null;
    }

    /// <summary>Where a redirect points, or null for anything else and for an address that is none.</summary>
    internal static Uri? Location(HttpResponseMessage response, Uri asked) =>
        (int)response.StatusCode is >= 300 and <= 399
        && response.Headers.Location is { } location
        && Uri.TryCreate(asked, location, out Uri? target)
            ? target
            : null;
}
