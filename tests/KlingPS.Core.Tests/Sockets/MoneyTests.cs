using KlingPS.Shared.Money;

namespace KlingPS.Core.Tests.Sockets;

/// <summary>The proof of the benchmark project, on a tenth of its submissions.</summary>
public sealed class MoneyTests
{
    [Theory]
    [InlineData(KlingProvider.CometApi)]
    [InlineData(KlingProvider.Kling)]
    public async Task Whatever_goes_wrong_every_task_is_told_of_and_none_is_made_twice(KlingProvider provider)
    {
        MoneyLedger ledger = await MoneyProof.RunAsync(1000, seed: 20261, provider, Token);
        StringWriter text = new();
        ledger.Print(text);
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString());

        Assert.True(ledger.Holds, text.ToString());
        Assert.True(ledger.UnknownAndCreated > 0 && ledger.UnknownAndNot > 0 && ledger.Refused > 0, text.ToString());
    }
}
