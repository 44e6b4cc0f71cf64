using KlingPS.Requests;

namespace KlingPS.Providers;

/// <summary>In what the providers differ, beside the keys they take: one row each.</summary>
/// <param name="SendsParentTask">Whether an extension names its parent task, by which a gateway knows the
/// account.</param>
/// <param name="ListsTasks">Whether tasks can be listed by kind.</param>
/// <param name="PromptLimit">How long its page says that a prompt may be; what is longer may be refused.</param>
internal sealed record Provider(
    KlingProvider Id,
    Uri BaseUri,
    bool SendsParentTask,
    bool ListsTasks,
    int PromptLimit,
    int NegativePromptLimit)
{
    private static readonly Uri CometApiQuota = new("https://query.cometapi.com/user/quota");

    /// <summary>Below its address a gateway has the service's routes under <c>kling/</c>.</summary>
    internal static readonly Provider CometApi = new(
        KlingProvider.CometApi,
        new Uri("https://api.cometapi.com/kling/"),
        SendsParentTask: true,
        ListsTasks: false,
        PromptRules.Documented,
        PromptRules.DocumentedNegative);

    internal static readonly Provider Kling = new(
        KlingProvider.Kling,
        new Uri("https://api-singapore.klingai.com/"),
        SendsParentTask: false,
        ListsTasks: true,
        PromptRules.Hard,
        PromptRules.Hard);

    internal static Provider Of(KlingProvider id) => id == KlingProvider.Kling ? Kling : CometApi;

    /// <summary>
    /// Whether the user's own id is documented to be taken once for a kind and to find its task, so that "not found"
    /// proves that there is none. Both document it, and neither does on the omni route.
    /// </summary>
    internal static bool TakesExternalId(KlingTaskKind kind) =>
        kind is KlingTaskKind.TextToVideo or KlingTaskKind.ImageToVideo or KlingTaskKind.MultiImageToVideo;

    /// <summary>Where CometAPI tells what is left. No other gateway is one whose keys it may be told.</summary>
    internal static Uri? QuotaOf(Uri baseUri) => baseUri.Host == CometApi.BaseUri.Host ? CometApiQuota : null;
}
