using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KlingPS.Http;

namespace KlingPS.Pipeline;

/// <summary>The connection of each runspace, so that two runspaces can be connected differently.</summary>
internal static class Connections
{
    internal const string KeyVariable = "COMETAPI_KEY";
    internal const string BaseUriVariable = "COMETAPI_BASE_URL";
    internal const string FromEnvironment = "$env:" + KeyVariable;

    private static readonly ConditionalWeakTable<Runspace, Holder> Table = new();

    /// <summary>The connection made by Connect-Kling, else one from the environment.</summary>
    /// <exception cref="KlingException">NotConnected, naming every place looked; InsecureBaseUri.</exception>
    internal static KlingConnection Current()
    {
        KlingConnection? known = Known();
        if (known is not null)
        {
            return known;
        }

        KlingConnection made = ConnectionFactory.Create(
            new ConnectionSettings { BaseUri = ConnectionFactory.BaseUri(null) },
            ConnectionFactory.Key(null));
        Set(made);
        return made;
    }

    /// <summary>The connection there is, or null; never makes one.</summary>
    internal static KlingConnection? Known()
    {
        if (Runspace.DefaultRunspace is not { } runspace || !Table.TryGetValue(runspace, out Holder? holder))
        {
            return null;
        }

        // Whoever changes the variable means the next call to use it.
        if (holder.Connection is { } connection && connection.Key.Source == FromEnvironment && holder.IsFromVariables
            && (connection.Key.Reveal() != ConnectionFactory.Variable(KeyVariable)
                || ConnectionFactory.Variable(BaseUriVariable) != holder.BaseUriAtStart))
        {
            Clear();
            return null;
        }

        return holder.Connection;
    }

    /// <summary>Replaces the runspace's connection.</summary>
    internal static void Set(KlingConnection connection, bool isExplicit = false)
    {
        Clear();
        Holder holder = Table.GetOrCreateValue(Runspace.DefaultRunspace);
        holder.Connection = connection;
        holder.IsFromVariables = !isExplicit;
        holder.BaseUriAtStart = ConnectionFactory.Variable(BaseUriVariable);
    }

    /// <returns>False when there was none.</returns>
    internal static bool Clear()
    {
        if (Runspace.DefaultRunspace is not { } runspace || !Table.TryGetValue(runspace, out Holder? holder))
        {
            return false;
        }

        Table.Remove(runspace);
        holder.Connection?.Dispose();
        return holder.Connection is not null;
    }

    private sealed class Holder
    {
        internal KlingConnection? Connection { get; set; }

        internal bool IsFromVariables { get; set; }

        internal string? BaseUriAtStart { get; set; }
    }
}
