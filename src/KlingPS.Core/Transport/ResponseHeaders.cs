using System.Net.Http.Headers;

namespace KlingPS.Transport;

/// <summary>The two headers that say what to do next.</summary>
internal static class ResponseHeaders
{
    /// <summary>The pause asked for, in seconds or as a date; null without one, or for one that is over.</summary>
    internal static TimeSpan? PauseAskedFor(HttpResponseMessage response, TimeProvider time)
    {
        RetryConditionHeaderValue? value = response.Headers.RetryAfter;
        // Both dates are of the answerer's clock, which need not be ours.
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
