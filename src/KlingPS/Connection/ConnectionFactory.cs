using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using KlingPS.Binding;
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

    /// <param name="given">The address given by parameter, or null for the environment's or the default.</param>
    /// <exception cref="KlingException">InsecureBaseUri or NotConnected.</exception>
    internal static Uri BaseUri(Uri? given)
    {
        string? variable = Variable(Connections.BaseUriVariable);
        string place = given is not null ? "-BaseUri" : "$env:" + Connections.BaseUriVariable;
        Uri? address = given;
        if (given is null && variable is not null && !Uri.TryCreate(variable, UriKind.Absolute, out address))
        {
            throw NotUsable(place, "it is not an absolute https address.", BaseUriExample);
        }

        try
        {
            return BaseAddress.Normalize(address ?? BaseAddress.Default);
        }
        catch (FormatException e)
        {
            throw NotUsable(place, e.Message, BaseUriExample);
        }
    }

    /// <param name="given">The key given by parameter, or null for the environment's.</param>
    /// <exception cref="KlingException">NotConnected, naming every place looked.</exception>
    internal static ApiKey Key(SecureString? given)
    {
        string? text = given is null
            ? Variable(Connections.KeyVariable)
            : SecureStringTransformationAttribute.Reveal(given).Trim();
        string source = given is null ? Connections.FromEnvironment : "-ApiKey";
        if (text is null)
        {
            throw new KlingException(
                KlingError.NotConnected,
                $"There is no key: Connect-Kling has not been given one in this runspace, and "
                    + $"{Connections.FromEnvironment} is not set.");
        }

        return ApiKey.GetValidationError(text) is { } error
            ? throw NotUsable(source, $"the key {error}.", "Copy the key again from the provider, and connect with it.")
            : new ApiKey(text, source);
    }

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
                    + $"'{DisplayText.ToDisplay(text)}', not a whole number.")
            {
                Action = "Correct or remove the variable.",
            };
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
    // Not a word, because the key is removed from every message.
    private const string Key = "sk-sandbox-0000";

    // Queries are free here, and a prompt directive may make a task much quicker than the others.
    private static readonly TimeSpan LongestExpected = TimeSpan.FromSeconds(2);

    internal static KlingConnection Create(TimeSpan taskDuration, ConnectionSettings limits)
    {
        SandboxOptions options = new() { TaskDuration = taskDuration };
        ConnectionSettings settings = limits with
        {
            BaseUri = new Uri(options.PublicBaseUri, "kling/"),
            IsSandbox = true,
            MaxRequestsPerSec = 0,
            ExpectedDuration = taskDuration < LongestExpected ? taskDuration : LongestExpected,
        };
        ApiKey key = new(Key, "sandbox");
        return KlingConnection.ToHandler(settings, key, new SandboxHandler(new SandboxService(options)));
    }
}
