namespace KlingPS.Sandbox;

/// <summary>Which models the service takes for what.</summary>
internal static class ModelCatalog
{
    internal const string Default = "kling-v1";

    private static readonly string[] Extendable = ["kling-v1", "kling-v1-5", "kling-v1-6"];

    private static readonly string[] ForText =
    [
        "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3",
    ];

    private static readonly string[] ForImagesOnly = ["kling-v1-5", "kling-v2-1"];

    internal static bool Offers(KlingTaskKind kind, string model) =>
        ForText.Contains(model) || (kind == KlingTaskKind.ImageToVideo && ForImagesOnly.Contains(model));

    internal static bool CanBeExtended(string model) => Extendable.Contains(model);

    internal static bool TakesSeconds(string model, int seconds) =>
        model == "kling-v3" ? seconds is >= 3 and <= 15 : seconds is 5 or 10;
}
