using KlingPS.Connection;
using KlingPS.Transport;

namespace KlingPS.Completion;

/// <summary>The service's own address, and the one the environment names.</summary>
public sealed class BaseUriCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        yield return new Word(BaseAddress.Default.AbsoluteUri, "The gateway's own address, the default");
        if (FromEnvironment() is { } address && address != BaseAddress.Default)
        {
            yield return new Word(address.AbsoluteUri, $"The value of $env:{Connections.BaseUriVariable}");
        }
    }

    // What cannot be used is not shown: a key may stand there by mistake.
    private static Uri? FromEnvironment()
    {
        try
        {
            return ConnectionFactory.BaseUri(null);
        }
        catch (KlingException)
        {
            return null;
        }
    }
}
