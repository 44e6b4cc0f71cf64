namespace KlingPS.Tests.Faults;

/// <summary>One fault under one cmdlet.</summary>
internal sealed record FaultCell(FaultRow Row, FaultColumn Column)
{
    internal Outcome Expected => Column.Expected(Row);

    internal (string Fault, string Cmdlet) Name => (Row.Name, Column.Cmdlet);
}

/// <summary>What a cell came to.</summary>
/// <param name="Outcome">What the table states.</param>
/// <param name="Objections">What no cell may have: a secret in a stream, an error that is none of ours, a pause too short.</param>
internal sealed record Observation(Outcome Outcome, IReadOnlyList<string> Objections);
