using KlingPS.Requests;

namespace KlingPS.Providers;

/// <summary>In what the providers differ, beside the keys they take: one row each.</summary>
internal sealed record Provider(KlingProvider Id, Uri BaseUri)
{
    private static readonly Uri CometApiQuota = new("https://query.cometapi.com/user/quota");

    /// <summary>Below its address a gateway has the service's routes under <c>kling/</c>.</summary>
    internal static readonly Provider CometApi = new(
        KlingProvider.CometApi, new Uri("https://api.cometapi.com/kling/"))
    {
        SendsParentTask = true,
        PromptLimit = PromptRules.Documented,
        NegativePromptLimit = PromptRules.DocumentedNegative,
    };

    internal static readonly Provider Kling = new(KlingProvider.Kling, new Uri("https://api-singapore.klingai.com/"))
    {
        PromptLimit = PromptRules.Hard,
        NegativePromptLimit = PromptRules.Hard,
        ListsTasks = true,
    };

    /// <summary>Whether an extension names its parent task, by which a gateway knows the account.</summary>
    internal bool SendsParentTask { get; private init; }

    /// <summary>How long its page says that a prompt may be; what is longer may be refused.</summary>
    internal int PromptLimit { get; private init; }

    internal int NegativePromptLimit { get; private init; }

    /// <summary>Whether tasks can be listed by kind.</summary>
    internal bool ListsTasks { get; private init; }

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
