using System.Net;
using KlingPS.Providers;

namespace KlingPS.Transport;

/// <summary>What a connection is told once.</summary>
internal sealed record ConnectionSettings
{
    internal Provider Provider { get; init; } = Provider.CometApi;

    internal Uri BaseUri { get; init; } = Provider.CometApi.BaseUri;

    /// <summary>Where CometAPI's service of quotas is; null for its usual place.</summary>
    internal Uri? QuotaUri { get; init; }

    /// <summary>For one request, from the first byte sent to the last received.</summary>
    internal TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request is sent again when that is safe.</summary>
    internal int MaxRetryCount { get; init; } = 4;

    /// <summary>Of all calls together; 0 for no bound.</summary>
    internal double MaxRequestsPerSec { get; init; } = 20;

    /// <summary>How many tasks the connection may pay for; null for no limit.</summary>
    internal int? MaxPaidTasks { get; init; }

    /// <summary>How many tasks the account may pay for in 24 hours on this machine; null for no limit.</summary>
    internal int? MaxPaidTasksPerDay { get; init; }

    internal Uri? Proxy { get; init; }

    /// <summary>For the proxy; without them, what its address holds.</summary>
    internal NetworkCredential? ProxyCredential { get; init; }

    internal bool IsSandbox { get; init; }

    /// <summary>How long half of the tasks take at most, whatever their kind; null where the kind decides.</summary>
    internal TimeSpan? ExpectedDuration { get; init; }
}

/// <summary>Where the service is. Routes are appended below whatever is given.</summary>
internal static class BaseAddress
{
    /// <summary>The address with a final slash, so that routes go below it.</summary>
    /// <exception cref="KlingException">InsecureBaseUri for http to another machine.</exception>
    /// <exception cref="FormatException">It is no address of a service; the message says why.</exception>
    internal static Uri Normalize(Uri address)
    {
        if (GetValidationError(address) is { } objection)
        {
            throw new FormatException($"it {objection}.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            throw new KlingException(
                KlingError.InsecureBaseUri,
                $"The base URI '{ToDisplay(address)}' would send the key unencrypted over the network.");
        }

        return address.AbsolutePath.EndsWith("/", StringComparison.Ordinal)
            ? address
            : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;
    }

    private static string? GetValidationError(Uri address) =>
        WebAddress.GetValidationError(address) is { } objection ? objection
        : address.Query.Length > 0
            || address.Fragment.Length > 0 ? "has a query or a fragment, so no route can be appended"
        : address.UserInfo.Length > 0 ? "contains a user name; give the key with -ApiKey"
        : null;

    /// <summary>As much of it as is no secret: in the wrong place, any other part may be the key.</summary>
    internal static string? ToDisplay(Uri? address) =>
        address is { IsAbsoluteUri: true, Scheme: "http" or "https" }
            ? $"{address.Scheme}://{address.Authority}"
            : null;
}
