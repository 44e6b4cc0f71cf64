using System.Net;
using System.Security;
using KlingPS.Binding;
using KlingPS.Providers;
using KlingPS.Sandbox;
using KlingPS.Transport;

namespace KlingPS.Connection;

/// <summary>
/// Settings and key of a connection from parameters and environment, checked before anything is sent.
/// </summary>
internal static class ConnectionFactory
{
    private const string BaseUriExample = "Give an address such as https://api.cometapi.com/kling/.";

    /// <summary>A variable of the process without surrounding white space, or null when it is not set.</summary>
    internal static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <param name="given">The address given by parameter, or null for the provider's, which a variable may
    /// name.</param>
    /// <exception cref="KlingException">InsecureBaseUri or NotConnected.</exception>
    internal static Uri BaseUri(Uri? given, Provider provider)
    {
        string place = given is not null ? "-BaseUri" : "$env:" + Connections.BaseUriVariable;
        Uri? address = given;
        if (given is null && Variable(Connections.BaseUriVariable) is { } variable)
        {
            bool isAddress = Uri.TryCreate(variable, UriKind.Absolute, out address);
            bool isKling = provider == Provider.Kling;
            if (!isAddress && !isKling)
            {
                throw NotUsable(place, "it is not an absolute https address.", BaseUriExample);
            }

            // The other provider's address must not get this one's key.
            address = IsOfKling(address) == isKling ? address : null;
        }

        try
        {
            return BaseAddress.Normalize(address ?? provider.BaseUri);
        }
        catch (FormatException e)
        {
            throw NotUsable(place, e.Message, BaseUriExample);
        }
    }

    /// <summary>What a connection is authorised with: as given by parameter, else from the environment.</summary>
    /// <exception cref="KlingException">NotConnected, naming every place looked, or what is missing.</exception>
    internal static (Provider Provider, ApiKey Key) Credentials(
        KlingProvider? provider = null,
        SecureString? apiKey = null,
        string? accessKey = null,
        SecureString? secretKey = null,
        Uri? baseUri = null)
    {
        bool isPair = accessKey is not null || secretKey is not null;
        if (isPair && apiKey is not null)
        {
            throw NotUsable("-AccessKey", "-ApiKey is given too.", "Give -ApiKey, or -AccessKey with -SecretKey.");
        }

        if (isPair && provider == KlingProvider.CometApi)
        {
            throw NotUsable(
                "-AccessKey", "CometAPI takes no access key.", "Give -ApiKey, or connect with -Provider Kling.");
        }

        KlingProvider? wanted = provider ?? (isPair ? KlingProvider.Kling : ByAddress(baseUri));
        return apiKey is not null
                ? (Provider.Of(wanted ?? default), Key(Reveal(apiKey)!, "-ApiKey"))
            : isPair ? (Provider.Kling, Pair(accessKey, "-AccessKey", Reveal(secretKey), "-SecretKey"))
            : FromEnvironment(wanted, isByAddress: provider is null && wanted is not null);
    }

    // What is at another address than Kling's takes the keys of a gateway.
    private static KlingProvider? ByAddress(Uri? given)
    {
        Uri? address = given;
        if (given is null)
        {
            Uri.TryCreate(Variable(Connections.BaseUriVariable), UriKind.Absolute, out address);
        }

        return IsOfKling(address) ? KlingProvider.Kling
            : given is null ? null
            : KlingProvider.CometApi;
    }

    private static (Provider Provider, ApiKey Key) FromEnvironment(KlingProvider? wanted, bool isByAddress)
    {
        if (wanted != KlingProvider.Kling && Variable(Connections.KeyVariable) is { } gateway)
        {
            return (Provider.CometApi, Key(gateway, "$env:" + Connections.KeyVariable));
        }

        if (wanted != KlingProvider.CometApi && Variable(Connections.KlingKeyVariable) is { } key)
        {
            return (Provider.Kling, Key(key, "$env:" + Connections.KlingKeyVariable));
        }

        string? accessKey = Variable(Connections.AccessKeyVariable);
        string? secretKey = Variable(Connections.SecretKeyVariable);
        if (wanted != KlingProvider.CometApi && (accessKey ?? secretKey) is not null)
        {
            KeyPair pair = Pair(
                accessKey,
                "$env:" + Connections.AccessKeyVariable,
                secretKey,
                "$env:" + Connections.SecretKeyVariable);
            return (Provider.Kling, pair);
        }

        string cometApi = $"$env:{Connections.KeyVariable}";
        string kling = $"$env:{Connections.KlingKeyVariable}, nor $env:{Connections.AccessKeyVariable} with "
            + $"$env:{Connections.SecretKeyVariable}";
        throw new KlingException(
            KlingError.NotConnected,
            "There is no key: Connect-Kling has not been given one in this runspace, and "
                + (wanted switch
                {
                    KlingProvider.CometApi => $"{cometApi} is not set.",
                    KlingProvider.Kling => $"neither {kling} is set.",
                    _ => $"neither {cometApi}, {kling} is set.",
                }))
        {
            Action = wanted switch
            {
                KlingProvider.Kling when isByAddress =>
                    "The address is Kling's: give -AccessKey and -SecretKey, or -ApiKey, or set the variables.",
                KlingProvider.Kling => "Give -AccessKey and -SecretKey, or -ApiKey, or set the variables.",
                KlingProvider.CometApi when isByAddress =>
                    "Give -ApiKey, or add -Provider Kling if the address takes Kling's keys.",
                _ => null,
            },
        };
    }

    /// <summary>Whether a variable holds a key.</summary>
    internal static bool HasKey => Array.Exists(Connections.KeyVariables, name => Variable(name) is not null);

    // Its keys and those of a gateway must not be mixed up.
    private static bool IsOfKling(Uri? address) =>
        address?.IsAbsoluteUri == true
        && ("." + address.Host.TrimEnd('.')).EndsWith(".klingai.com", StringComparison.OrdinalIgnoreCase);

    private static ApiKey Key(string text, string source)
    {
        CheckKey(text, source);
        return new ApiKey(text, source);
    }

    private static KeyPair Pair(string? accessKey, string accessPlace, string? secretKey, string secretPlace)
    {
        if (accessKey is null || secretKey is null)
        {
            (string there, string missing) = accessKey is null
                ? (secretPlace, accessPlace)
                : (accessPlace, secretPlace);
            throw new KlingException(KlingError.NotConnected, $"{there} is given without {missing}.")
            {
                Action = "Kling's access key works only together with its secret key.",
            };
        }

        CheckKey(accessKey = accessKey.Trim(), accessPlace);
        CheckKey(secretKey, secretPlace);
        return new KeyPair(accessKey, secretKey, accessPlace);
    }

    private static void CheckKey(string text, string place)
    {
        if (ApiKey.GetValidationError(text) is { } error)
        {
            throw NotUsable(place, $"the key {error}.", "Copy the key again from the provider, and connect with it.");
        }
    }

    private static string? Reveal(SecureString? given) =>
        given is null ? null : SecureStringTransformationAttribute.Reveal(given).Trim();

    /// <exception cref="KlingException">NotConnected for what is no address of a proxy.</exception>
    internal static Uri? Proxy(Uri? given) =>
        given is null || WebAddress.GetValidationError(given) is not { } objection
            ? given
            : throw NotUsable("-Proxy", $"it {objection}.", "Give an address such as http://proxy.example.com:8080.");

    /// <summary>
    /// How many tasks may be paid for in a day: the lower of parameter and variable; null for no limit.
    /// </summary>
    /// <exception cref="KlingException">SpendLimitReached for a variable that is no number.</exception>
    internal static int? DailyLimit(int? given)
    {
        if (Variable(Connections.DailyLimitVariable) is not { } text)
        {
            return given;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit)
            ? Math.Min(limit, given ?? limit)
            : throw new KlingException(
                KlingError.SpendLimitReached,
                $"Nothing was sent: $env:{Connections.DailyLimitVariable} is "
                    + $"'{DisplayText.ToDisplay(text)}', not a whole number.",
                action: "Correct or remove the variable.");
    }

    /// <param name="given">The user by parameter; an empty one is none.</param>
    /// <exception cref="KlingException">NotConnected: no proxy to use it for, or two users for one.</exception>
    internal static NetworkCredential? ProxyCredential(PSCredential? given, Uri? proxy)
    {
        if (given is null || given == PSCredential.Empty)
        {
            return null;
        }

        return proxy is null
                ? throw NotUsable("-ProxyCredential", "there is no -Proxy.", "Give the address of the proxy as -Proxy.")
            : proxy.UserInfo.Length > 0
                ? throw NotUsable("-ProxyCredential", "-Proxy names a user too.", "Leave the user out of -Proxy.")
            : given.GetNetworkCredential()
                ?? throw NotUsable("-ProxyCredential", "its user name is not valid.", "Give another user name.");
    }

    private static KlingException NotUsable(string place, string why, string action) =>
        new(KlingError.NotConnected, $"The value of {place} cannot be used: {why}") { Action = action };
}

/// <summary>
/// The one place that knows the sandbox, so that its assembly is loaded for Connect-Kling -Sandbox only.
/// </summary>
internal static class SandboxConnection
{
    // Not words, because keys are removed from every message.
    private const string Key = "sk-sandbox-0000";
    private const string AccessKey = "ak-sandbox-0000";

    // Queries are free here, and a prompt directive may make a task much quicker than the others.
    private static readonly TimeSpan LongestExpected = TimeSpan.FromSeconds(2);

    internal static KlingConnection Create(Provider provider, TimeSpan taskDuration, ConnectionSettings limits)
    {
        SandboxOptions options = new()
        {
            Provider = provider.Id,
            TaskDuration = taskDuration,
            AccessKey = AccessKey,
            SecretKey = Key,
        };
        ConnectionSettings settings = limits with
        {
            Provider = provider,
            BaseUri = options.BaseUri,
            QuotaUri = new Uri(options.PublicBaseUri, SandboxService.QuotaPath),
            IsSandbox = true,
            MaxRequestsPerSec = 0,
            ExpectedDuration = taskDuration < LongestExpected ? taskDuration : LongestExpected,
        };
        ApiKey key = provider == Provider.Kling
            ? new KeyPair(AccessKey, Key, "sandbox")
            : new ApiKey(Key, "sandbox");
        return KlingConnection.ToHandler(settings, key, new SandboxHandler(new SandboxService(options)));
    }
}
