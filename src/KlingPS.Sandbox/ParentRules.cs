using KlingPS.Requests;

namespace KlingPS.Sandbox;

/// <summary>Which videos can be extended, and by how much.</summary>
internal static class ParentRules
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(4.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(180);

    internal static TimeSpan Extended(TimeSpan parent) => parent + Step < Longest ? parent + Step : Longest;

    internal static SandboxTask Check(SandboxTask? parent, CreateRequest order, DateTimeOffset now)
    {
        if (parent is null)
        {
            string what = order.ParentTaskId is { } id ? $"task {id}" : $"video {order.ParentVideoId}";
            throw ServiceError.BadParent($"This account has no {what}, so there is nothing to extend");
        }

        if (!parent.HasVideoAt(now))
        {
            throw ServiceError.BadParent(
                $"Task {parent.TaskId} is {parent.StatusAt(now)}, and only a finished video can be extended");
        }

        if (parent.VideoId != order.ParentVideoId)
        {
            throw ServiceError.BadParent($"Video {order.ParentVideoId} is not a video of task {parent.TaskId}");
        }

        if (VideoModels.Find(parent.Model)?.IsExtendable != true)
        {
            throw ServiceError.BadParent($"A video made with {parent.Model} cannot be extended");
        }

        if (now >= parent.ExpiresAt)
        {
            throw ServiceError.BadParent($"Video {parent.VideoId} was deleted 30 days after it was made");
        }

        return parent.Length < Longest
            ? parent
            : throw ServiceError.BadParent($"Video {parent.VideoId} is 180 s long already, and no video can be longer");
    }
}
