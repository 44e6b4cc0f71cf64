namespace KlingPS;

/// <summary>Through whom the service is reached.</summary>
public enum KlingProvider
{
    /// <summary>The gateway CometAPI, or another with the same routes.</summary>
    CometApi = 0,

    /// <summary>Kling's own API.</summary>
    Kling = 1,
}
