namespace KlingPS.Tests;

/// <summary>
/// What ConvertTo-Json | ConvertFrom-Json and Export-Csv | Import-Csv make of
/// an object, property by property, as PowerShell 7.6
/// does it; the Pester suite compares with the real ones.
/// </summary>
internal static class Shapes
{
    internal static PSObject FromJson(object value, bool nested) => Make(value, property => property switch
    {
        null => null,
        Enum choice => Convert.ToInt64(choice, CultureInfo.InvariantCulture),
        Uri address => address.ToString(),
        TimeSpan span => Ticks(span),
        KlingVideo[] videos =>
            videos.Select(video => nested ? FromJson(video, false) : (object)video.ToString()).ToArray(),
        KlingVideo video => nested ? FromJson(video, false) : video.ToString(),
        int number => (long)number,
        _ => property,
    });

    internal static PSObject FromCsv(object value) => Make(value, property => property switch
    {
        null => "",
        DateTime date => date.ToString(CultureInfo.CurrentCulture),
        KlingVideo[] => "KlingPS.KlingVideo[]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => property.ToString(),
    });

    private static PSObject Make(object value, Func<object?, object?> convert)
    {
        PSObject made = new();
        foreach (System.Reflection.PropertyInfo property in value.GetType().GetProperties())
        {
            made.Properties.Add(new PSNoteProperty(property.Name, convert(property.GetValue(value))));
        }

        return made;
    }

    private static PSObject Ticks(TimeSpan span)
    {
        PSObject made = new();
        made.Properties.Add(new PSNoteProperty("Ticks", span.Ticks));
        made.Properties.Add(new PSNoteProperty("TotalSeconds", span.TotalSeconds));
        return made;
    }
}
