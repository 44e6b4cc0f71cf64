using KlingPS.Http;
using KlingPS.Pipeline;

namespace KlingPS.Completion;

/// <summary>The service's own address, and the one the environment names.</summary>
public sealed class BaseUriCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        yield return new Word(BaseAddress.Default.AbsoluteUri, "The gateway's own address, the default");
        if (ConnectionFactory.Variable(Connections.BaseUriVariable) is { } address)
        {
            yield return new Word(address, $"The value of $env:{Connections.BaseUriVariable}");
        }
    }
}
