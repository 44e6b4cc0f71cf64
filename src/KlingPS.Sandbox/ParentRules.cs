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
        string asked = order.ParentTaskId is { } id ? $"task {id}" : $"video {order.ParentVideoId}";
        string? objection =
            parent is null ? $"This account has no {asked}, so there is nothing to extend"
            : !parent.HasVideoAt(now)
                ? $"Task {parent.TaskId} is {parent.StatusAt(now)}, and only a finished video can be extended"
            : parent.VideoId != order.ParentVideoId
                ? $"Video {order.ParentVideoId} is not a video of task {parent.TaskId}"
            : VideoModels.Find(parent.Model)?.IsExtendable != true
                ? $"A video made with {parent.Model} cannot be extended"
            : now >= parent.ExpiresAt ? $"Video {parent.VideoId} was deleted 30 days after it was made"
            : parent.Length >= Longest ? $"Video {parent.VideoId} is 180 s long already, and no video can be longer"
            : null;
        return objection is null ? parent! : throw ServiceError.BadParent(objection);
    }
}
