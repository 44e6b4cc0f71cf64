using CsCheck;
using KlingPS.Shared.Replies;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>Whatever comes back, a task or a KlingException comes out, and the rules hold for it.</summary>
/// <remarks>The same with a million cases: dotnet run -c Release --project tests/KlingPS.Benchmarks -- fuzz</remarks>
public sealed class DamagedReplyTests
{
    private const int Cases = 20_000;

    private static readonly int[] Statuses =
    [
        100, 199, 200, 201, 202, 204, 299, 300, 301, 302, 307, 308, 399, 400, 401, 402, 403, 404, 405, 408, 409, 413,
        415, 422, 425, 429, 499, 500, 502, 503, 504, 524, 599,
    ];

    // A failure names the seed; put it into the environment as CsCheck_Seed to see the same case first.
    [Fact]
    public void Every_rule_holds_for_every_damaged_answer() =>
        ReplyCases.All.Sample(given => { ReplyRules.Check(given); }, iter: Cases, print: given => given.ToString());

    [Fact]
    public void Every_rule_holds_for_every_real_body_with_every_kind_of_status()
    {
        foreach (RealBody body in RealBodies.All)
        {
            foreach (Shared.Replies.Asked asked in Enum.GetValues<Shared.Replies.Asked>())
            {
                foreach (int status in Statuses)
                {
                    Check(new ReplyCase(asked, status, body, [], null));
                }
            }
        }
    }

    [Fact]
    public void Every_rule_holds_for_every_odd_value_in_every_place()
    {
        foreach (RealBody body in RealBodies.All)
        {
            int places = JsonPlaces.Find(body.Bytes).Count;
            for (int edit = 0; edit < places * OddValues.Small.Length; edit++)
            {
                Edit odd = new(EditKind.AnyValue, (uint)(edit % places), (uint)(edit / places));
                Check(new ReplyCase(
                    edit % 2 == 0 ? Shared.Replies.Asked.Extension : Shared.Replies.Asked.Query, 200, body, [odd],
                    null));
            }
        }
    }

    [Fact]
    public void Every_real_body_of_a_task_gives_its_task() => Assert.All(
        RealBodies.All.Where(body => body.TaskId is not null),
        body => Assert.Equal(body.TaskId, Reply.Read(body.Text).TaskId));

    private static void Check(ReplyCase given)
    {
        if (Record.Exception(() => ReplyRules.Check(given)) is { } broken)
        {
            Assert.Fail($"{given}: {broken}");
        }
    }
}
