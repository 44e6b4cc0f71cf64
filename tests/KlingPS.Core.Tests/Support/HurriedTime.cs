using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Support;

/// <summary>A clock on which a pause passes as soon as it is taken; what is longer (a request's timeout) waits for the test.</summary>
internal sealed class HurriedTime() : FakeTimeProvider(Given.Start)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < LongestPause)
        {
            _ = Task.Run(() => Advance(dueTime));
        }

        return timer;
    }
}
