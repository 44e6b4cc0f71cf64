namespace KlingPS.Shared.Replies;

/// <summary>What holds for every answer whatsoever.</summary>
internal static class ReplyRules
{
    /// <summary>Reads the answer and checks everything there is to check.</summary>
    /// <exception cref="InvalidOperationException">A rule is broken; the message says which.</exception>
    internal static Reading Check(ReplyCase given)
    {
        Reading reading = ReplyReading.Read(given);
        OutcomeRules.Check(given, reading);
        MoneyRules.Check(given, reading);
        TextRules.Check(given, reading);
        return CostRules.Check(given, reading);
    }

    internal static void Require(bool holds, string rule, string? detail = null)
    {
        if (!holds)
        {
            throw new InvalidOperationException(detail is null ? rule : $"{rule} ({Visible(detail)})");
        }
    }

    /// <summary>A text as it can be printed: what is not plain is its number.</summary>
    internal static string Visible(string text) =>
        string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"<{(int)c:X2}>"));
}

/// <summary>One of two things comes out, and it is whole.</summary>
internal static class OutcomeRules
{
    internal static void Check(ReplyCase given, Reading reading)
    {
        if (reading.Task is { } task)
        {
            ReplyRules.Require(given.IsSuccess, "An error status is never a task.");
            ReplyRules.Require(IsId(task.TaskId), "A task has an id that can be asked for.", task.TaskId);
            ReplyRules.Require(task.Kind == ReplyReading.CallOf(given.Asked).Kind, "A task is of the kind asked for.");
            ReplyRules.Require(task.Videos is not null && task.VideoCount == task.Videos.Length, "A task says how many videos it has.");
            ReplyRules.Require(task.VideoId == task.Videos!.FirstOrDefault()?.VideoId, "A task's video is its first.");
            ReplyRules.Require(
                task.IsCompleted == (task.RawStatus?.Trim().ToLowerInvariant() is "succeed" or "failed"),
                "Only the two words of the service end a task.",
                task.RawStatus);
        }
        else
        {
            KlingException error = reading.Error!;
            ReplyRules.Require(KlingError.All.Contains(error.Error), "An error is in the table.", error.ErrorId);
            ReplyRules.Require(error.HttpStatus == given.Status, "An error carries the status.");
            ReplyRules.Require(error.RetryAfter is null || error.RetryAfter > TimeSpan.Zero, "A pause is none or takes time.");
            ReplyRules.Require(reading.Message.EndsWith(error.RecommendedAction, StringComparison.Ordinal), "A message ends with what to do.");
        }
    }

    private static bool IsId(string id)
    {
        try
        {
            return TaskIds.Check(id) == id;
        }
        catch (KlingException)
        {
            return false;
        }
    }
}
