using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;

namespace KlingPS.Pipeline;

/// <summary>Transforms one object or each of an array. What it cannot read passes unchanged, for the binder to try ids.</summary>
public abstract class ItemTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (bare is not IList list || bare is byte[])
        {
            return Item(inputData) ?? inputData;
        }

        if (TakesOne && list.Count == 1)
        {
            return Item(list[0]) ?? list[0]!;
        }

        object?[] items = new object?[list.Count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Item(list[i]) ?? list[i];
        }

        return items;
    }

    /// <summary>For a parameter that is no array: a list of one, as -OutVariable makes, means its element.</summary>
    public bool TakesOne { get; set; }

    /// <summary>The object in its new form, or null to leave it as it is. Never throws.</summary>
    /// <param name="item">What was given.</param>
    /// <returns>The new form or null.</returns>
    private protected abstract object? Item(object? item);
}

/// <summary>A <see cref="KlingTask"/> from any object with TaskId and Status.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TaskTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>Takes a video as a task of this one video, where a rebuilt video would else bind by its TaskId.</summary>
    public bool TakesVideos { get; set; }

    private protected override object? Item(object? item) =>
        Rehydration.Task(item)
        ?? (TakesVideos && Rehydration.Video(item) is { } video ? Rehydration.TaskOf(video) : null);
}

/// <summary>A <see cref="KlingVideo"/> from any object with VideoId and Url.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class VideoTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => Rehydration.Video(item);
}

/// <summary>The id of any object that has a TaskId; a string stays what it is.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TaskIdTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => ObjectFields.Of(item)?.Text("TaskId");
}

/// <summary>The Prompt of any object that has one; what has none is no prompt, whatever its text would be.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class PromptTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        ObjectFields.Of(item) is { } fields
            ? fields.Text("Prompt") ?? throw NoPrompt()
            : null;

    // On an invalid cast the binder goes on to look for the object's properties, such as an Image.
    private static ArgumentTransformationMetadataException NoPrompt()
    {
        const string text = "An object without a Prompt is no prompt.";
        return new ArgumentTransformationMetadataException(text, new PSInvalidCastException(text));
    }
}

/// <summary>A SecureString from a plain string.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SecureStringTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is string text
            ? new NetworkCredential("", text).SecurePassword
            : null;
}
