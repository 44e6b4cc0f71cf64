namespace KlingPS.Tests.Inputs;

/// <summary>How a value reaches a parameter.</summary>
[Flags]
internal enum Ways
{
    /// <summary>By the parameter's name.</summary>
    Named = 1,

    /// <summary>As the property of an object in the pipeline, whatever it is.</summary>
    Property = 2,

    /// <summary>The same from a CSV, where all is text.</summary>
    Cell = 4,

    /// <summary>As the object in the pipeline itself.</summary>
    Piped = 8,

    /// <summary>All of them.</summary>
    Every = Named | Property | Cell | Piped,
}

/// <summary>Odd values that are taken, and why that is right.</summary>
/// <param name="Values">Names of <see cref="BadValues"/>, with commas between.</param>
/// <param name="Reason">Why it is right.</param>
/// <param name="Ways">The ways in which they are taken.</param>
/// <param name="Field">The field of the request that holds the value unchanged, or is not there for a value that is none.</param>
/// <param name="Error">The error that the service's own answer leads to; null where all goes well.</param>
internal sealed record Taken(string Values, string Reason, Ways Ways = Ways.Every, string? Field = null, string? Error = null)
{
    internal bool Covers(BadValue value, Ways way) =>
        Ways.HasFlag(way) && Values.Split(", ").Contains(value.Name);
}

/// <summary>What was decided for one parameter: with what it is tried, and which odd values it takes. All others it refuses.</summary>
/// <param name="Cmdlet">The cmdlet.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="With">The other arguments.</param>
/// <param name="Good">A value, as script, with which the command does its work.</param>
/// <param name="Taken">The odd values it takes.</param>
internal sealed record InputDecision(string Cmdlet, string Parameter, string With, string Good, params Taken[] Taken)
{
    /// <summary>The ways it is tried in, where the parameter set decides; else all that the parameter has.</summary>
    internal Ways Only { get; init; } = Ways.Every;

    /// <summary>True when each value can be used once only in an account.</summary>
    internal bool IsUnique { get; init; }

    /// <summary>True when no error may repeat the value.</summary>
    internal bool IsSecret { get; init; }

    internal string Key => $"{Cmdlet} -{Parameter}";

    internal Taken? For(BadValue value, Ways way) => Array.Find(Taken, taken => taken.Covers(value, way));
}
