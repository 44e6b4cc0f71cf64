using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KlingPS.Providers;
using KlingPS.Transport;

namespace KlingPS.Connection;

/// <summary>The connection of each runspace, so that two runspaces can be connected differently.</summary>
internal static class Connections
{
    internal const string KeyVariable = "COMETAPI_KEY";
    internal const string BaseUriVariable = "COMETAPI_BASE_URL";
    internal const string DailyLimitVariable = "KLINGPS_MAX_PAID_TASKS_PER_DAY";
    internal const string KlingKeyVariable = "KLINGAI_API_KEY";
    internal const string AccessKeyVariable = "KLINGAI_ACCESS_KEY";
    internal const string SecretKeyVariable = "KLINGAI_SECRET_KEY";

    /// <summary>Where a key may be, the first that is set being taken.</summary>
    internal static readonly string[] KeyVariables =
        [KeyVariable, KlingKeyVariable, AccessKeyVariable, SecretKeyVariable];

    private static readonly ConditionalWeakTable<Runspace, Holder> Table = new();

    /// <summary>The connection made by Connect-Kling, else one from the environment.</summary>
    /// <exception cref="KlingException">NotConnected, naming every place looked, or after Disconnect-Kling;
    /// InsecureBaseUri.</exception>
    internal static KlingConnection Current()
    {
        KlingConnection? known = Known();
        if (known is not null)
        {
            return known;
        }

        if (IsDisconnected)
        {
            throw new KlingException(
                KlingError.NotConnected,
                "This session was disconnected with Disconnect-Kling, so a key in the environment is no longer used "
                    + "automatically.",
                action: $"Run Connect-Kling; without a key it uses $env:{KeyVariable}, else Kling's variables.");
        }

        (Provider provider, ApiKey key) = ConnectionFactory.Credentials();
        KlingConnection made = KlingConnection.ToService(
            new ConnectionSettings { Provider = provider, BaseUri = ConnectionFactory.BaseUri(null, provider) }, key);
        Set(made);
        return made;
    }

    /// <summary>Whether there is a connection, or a key in the environment to make one with.</summary>
    internal static bool CanConnect =>
        Known() is not null || (!IsDisconnected && ConnectionFactory.HasKey);

    /// <summary>The connection there is, or null; never makes one.</summary>
    internal static KlingConnection? Known()
    {
        // After a variable has changed, the next call must use it.
        if (Ours is { Connection: not null, Variables: { } before } && !before.SequenceEqual(Variables()))
        {
            Clear();
        }

        return Ours?.Connection;
    }

    /// <summary>Replaces the runspace's connection. The caller's use of the new one becomes the runspace's.</summary>
    internal static void Set(KlingConnection connection, bool isExplicit = false)
    {
        Holder holder = HolderOf(Runspace.DefaultRunspace);
        holder.Replace(connection, keepsPassedOn: true);
        holder.IsDisconnected = false;
        holder.Variables = isExplicit ? null : Variables();
    }

    private static string?[] Variables() =>
        [.. KeyVariables.Select(ConnectionFactory.Variable), ConnectionFactory.Variable(BaseUriVariable)];

    /// <summary>
    /// Whether a person has ended the connection and made no other. A key in the environment, which pays, is not taken
    /// then.
    /// </summary>
    internal static bool IsDisconnected => Ours?.IsDisconnected == true;

    /// <summary>Ends the connection until another is made by Connect-Kling.</summary>
    /// <returns>False when there was none.</returns>
    internal static bool Disconnect()
    {
        HolderOf(Runspace.DefaultRunspace).IsDisconnected = true;
        return Clear();
    }

    /// <returns>False when there was none.</returns>
    // The holder stays, so that re-importing the module does not reconnect a disconnected session.
    internal static bool Clear() => Ours?.Replace(null) == true;

    private static Holder? Ours =>
        Runspace.DefaultRunspace is { } runspace && Table.TryGetValue(runspace, out Holder? holder) ? holder : null;

    private static Holder HolderOf(Runspace runspace) => Table.GetValue(runspace, Make);

    // The runspaces of ForEach-Object -Parallel end without Disconnect-Kling.
    private static Holder Make(Runspace runspace)
    {
        Holder holder = new();
        runspace.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken)
            {
                holder.Replace(null);
            }
        };
        return holder;
    }

    /// <summary>What a runspace uses of a connection, which others may use too.</summary>
    private sealed class Holder
    {
        private readonly ConcurrentBag<KlingConnection> _passedOn = [];
        private KlingConnection? _connection;

        internal KlingConnection? Connection => _connection;

        internal bool IsDisconnected { get; set; }

        /// <summary>What it was made from; null for one that Connect-Kling has made.</summary>
        internal string?[]? Variables { get; set; }

        /// <param name="keepsPassedOn">Keeps one that a variable may still hold, to be connected with again.</param>
        /// <returns>False when there was none.</returns>
        internal bool Replace(KlingConnection? connection, bool keepsPassedOn = false)
        {
            KlingConnection? before = Interlocked.Exchange(ref _connection, connection);
            if (keepsPassedOn && before?.IsPassedOn == true)
            {
                _passedOn.Add(before);
                return true;
            }

            before?.Release();
            while (!keepsPassedOn && _passedOn.TryTake(out KlingConnection? kept))
            {
                kept.Release();
            }

            return before is not null;
        }
    }
}
