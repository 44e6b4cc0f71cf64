namespace KlingPS.Shared;

/// <summary>The fairest way to share a budget of requests: all open tasks in a circle, one after the other.</summary>
internal static class RoundRobin
{
    internal static double[] Delays(double[] durations, double perSecond)
    {
        double[] delays = new double[durations.Length];
        Queue<int> circle = new(Enumerable.Range(0, durations.Length));
        for (double now = 0; circle.TryDequeue(out int task); now += 1 / perSecond)
        {
            if (now >= durations[task])
            {
                delays[task] = now - durations[task];
            }
            else
            {
                circle.Enqueue(task);
            }
        }

        return delays;
    }
}
