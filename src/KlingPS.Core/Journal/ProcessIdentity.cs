using System.Diagnostics;

namespace KlingPS.Journal;

/// <summary>Which process wrote an entry.</summary>
/// <param name="Id">The process id, which is reused: in a restarted container at once.</param>
/// <param name="Instance">Tells two processes of one id apart; see <see cref="InstanceOf"/>.</param>
internal sealed record ProcessIdentity(string Machine, int Id, string Instance)
{
    private static readonly Lazy<ProcessIdentity> Own = new(() =>
    {
        using Process process = Process.GetCurrentProcess();
        return new ProcessIdentity(
            Environment.MachineName, process.Id, InstanceOf(process) ?? Guid.NewGuid().ToString("N"));
    });

    internal static ProcessIdentity Current => Own.Value;

    /// <summary>Whether it can be asked from here if the process is alive.</summary>
    internal bool IsOfThisMachine => Machine == Current.Machine && PlaceOf(Instance) == PlaceOf(Current.Instance);

    /// <summary>Whether the process runs on this machine now.</summary>
    internal bool IsAlive()
    {
        if (!IsOfThisMachine)
        {
            return false;
        }

        if (Id == Current.Id)
        {
            return Instance == Current.Instance;
        }

        try
        {
            using Process process = Process.GetProcessById(Id);
            return InstanceOf(process) == Instance;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException
            or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return false;
        }
    }

    // Linux: boot id, pid namespace and start in clock ticks (proc(5)), independent of the wall clock.
    // Elsewhere the process's start time.
    private static string? InstanceOf(Process process)
    {
        try
        {
            if (!File.Exists("/proc/self/stat"))
            {
                return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
            }

            // The name, in parentheses, may hold spaces and parentheses itself; the start is the 20th field behind it.
            string stat = File.ReadAllText($"/proc/{process.Id}/stat");
            string[] fields = stat.Substring(stat.LastIndexOf(')') + 1).Split(
                [' '], StringSplitOptions.RemoveEmptyEntries);
            return $"{Place.Value}{fields[19]}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static readonly Lazy<string> Place = new(() =>
    {
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return $"{boot.Substring(0, Math.Min(8, boot.Length))}/{PidNamespace()}/";
    });

    private static string PidNamespace()
    {
#if NET
        return new FileInfo("/proc/self/ns/pid").LinkTarget is { } target
            ? string.Concat(target.Where(char.IsDigit))
            : "";
#else
        return "";
#endif
    }

    // In another boot or pid namespace, whose processes we cannot see.
    private static string PlaceOf(string instance) => instance.Substring(0, instance.LastIndexOf('/') + 1);
}
