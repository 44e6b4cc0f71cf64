using System.Collections;
using System.Net;
using System.Runtime.InteropServices;
using System.Security;
using KlingPS.Requests;

namespace KlingPS.Binding;

/// <summary>
/// Transforms one object or each of an array. What it cannot read passes unchanged, for the binder to try ids.
/// </summary>
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

        return list.Cast<object?>().Select(item => Item(item) ?? item).ToArray();
    }

    /// <summary>For a parameter that is no array: a list of one, as -OutVariable makes, means its element.</summary>
    public bool TakesOne { get; set; }

    /// <summary>The object in its new form, or null to leave it as it is.</summary>
    private protected abstract object? Item(object? item);

    /// <summary>
    /// An error of the kind on which the binder goes on to look at the object's properties, such as an Image.
    /// </summary>
    private protected static ArgumentTransformationMetadataException GoOn(string error) =>
        new(error, new PSInvalidCastException(error));
}

/// <summary>A <see cref="KlingTask"/> from any object with TaskId and Status, or with TaskId, Kind and Name.</summary>
public sealed class TaskTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>
    /// Takes a video as a task of this one video, where a rebuilt video would else bind by its TaskId.
    /// </summary>
    public bool TakesVideos { get; set; }

    /// <summary>
    /// Takes a video or a saved file too, as a task to query, and keeps what a row says of the extension.
    /// </summary>
    public bool IsParent { get; set; }

    private protected override object? Item(object? item) =>
        item is null ? null
        : IsParent ? Rehydration.Parent(item)
        : Rehydration.Task(item)
            ?? (!TakesVideos ? Rehydration.NamedRow(item)
                : Rehydration.Video(item) is { } video ? Rehydration.TaskOf(video) : null);
}

/// <summary>A <see cref="KlingVideo"/> from any object with VideoId and Url.</summary>
public sealed class VideoTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => Rehydration.Video(item);
}

/// <summary>The id of any object that has a TaskId; a string stays what it is.</summary>
public sealed class TaskIdTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        item is null ? null
        : IdTransformationAttribute.TryRead(item, "TaskId", out string? id, out string? error) ? id
        : throw new ArgumentTransformationMetadataException(error);
}

/// <summary>A <see cref="KlingTask"/>, of a video too, from any object that says enough, else its id.</summary>
public sealed class TaskOrIdTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        item is null ? null
        : Rehydration.Task(item) is { } task ? task
        : Rehydration.Video(item) is { } video ? Rehydration.TaskOf(video)
        : IdTransformationAttribute.TryRead(item, "TaskId", out string? id, out string? error) ? id
        : throw new ArgumentTransformationMetadataException(error);
}

/// <summary>Texts, and files by their paths; an empty one is left out.</summary>
public sealed class TextsTransformationAttribute : ListTransformationAttribute
{
    private protected override object? Read(object item) =>
        new TextTransformationAttribute().Transform(null!, item)?.ToString() is { } text
            ? ValueTransformationAttribute.TextOf(text)
            : null;
}

/// <summary>Ids, also of objects that have them in a property.</summary>
/// <param name="property">The property.</param>
public sealed class IdsTransformationAttribute(string property) : ListTransformationAttribute
{
    /// <summary>The property that an object has its id in.</summary>
    public string Property => property;

    private protected override object? Read(object item) =>
        IdTransformationAttribute.TryRead(item, property, out string? id, out string? error)
            ? ValueTransformationAttribute.TextOf(id)
            : throw new ArgumentTransformationMetadataException(error);
}

/// <summary>Shots, from hashtables or objects with a Prompt and a Duration in seconds.</summary>
public sealed class ShotTransformationAttribute : ListTransformationAttribute
{
    internal const string Seconds = "Duration";

    private protected override object? Read(object item)
    {
        if (PSObjectReader.Of(item) is not { } fields || !fields.Has("Prompt") || !fields.Has(Seconds))
        {
            throw new ArgumentTransformationMetadataException(
                "A shot is a hashtable or an object with a Prompt and a Duration, as in "
                    + "@{ Prompt = 'She opens the door'; Duration = 3 }.");
        }

        object? seconds =
            new NumberTransformationAttribute { IsWhole = true, IsSeconds = true }
                .Transform(null!, fields.Raw(Seconds)!);
        return new Hashtable
        {
            ["Prompt"] = fields.Text("Prompt")?.Trim() ?? "",
            [Seconds] = Convert.ToInt32(seconds ?? 0, CultureInfo.InvariantCulture),
        };
    }

    internal static Shot[] Shots(Hashtable[] bound) =>
        [.. bound.Select(shot => new Shot((string)shot["Prompt"]!, (int)shot[Seconds]!))];
}

/// <summary>A list; one item is a list of one, and an empty one, as in a cell, is none.</summary>
/// <remarks>An empty item among others is refused: without it the rest would count differently, and be paid
/// for.</remarks>
public abstract class ListTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        object?[] items = bare is IList list ? [.. list.Cast<object?>()] : [inputData];
        object?[] read = [.. items.Select(item => IsEmpty(item) ? null : Read(item!))];
        return read.Length > 1 && read.Contains(null)
            ? throw new ArgumentTransformationMetadataException(
                $"Item {Array.IndexOf(read, null) + 1} of the list is empty.")
            : read.OfType<object>().ToArray();
    }

    /// <summary>What is bound of an item, or null for one that says nothing.</summary>
    private protected abstract object? Read(object item);

    private static bool IsEmpty(object? item) =>
        (item is PSObject value ? value.BaseObject : item) is not { } given || (given as string)?.Trim().Length == 0;
}

/// <summary>A video that the service is to fetch: its address, or a task that has it.</summary>
public sealed class VideoSourceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (bare is IList { Count: 1 } list)
        {
            return Transform(engineIntrinsics, list[0]!);
        }

        return bare switch
        {
            null => null,
            string text when text.Trim().Length == 0 => null,
            Uri { IsAbsoluteUri: true } address => At(address),
            string text when Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? address)
                && address.Scheme is "http" or "https" => At(address),
            _ when Rehydration.Video(inputData) is { } video => Rehydration.TaskOf(video),
            _ when Rehydration.Task(inputData) is { } task => task,
            FileSystemInfo file =>
                Rehydration.Parent(file) is { ValidationError: null } saved ? saved : throw NoAddress(),
            string or ValueType when IsId(bare, out string? id) =>
                Rehydration.Unasked(new KlingVideo { TaskId = id! }),
            _ => throw NoAddress(),
        };
    }

    // A video without a task: only its address is known.
    private static KlingTask At(Uri address) => Rehydration.TaskOf(new KlingVideo { TaskId = "", Url = address });

    // A path would be one too, and a file cannot be sent.
    private static bool IsId(object bare, out string? id) =>
        IdTransformationAttribute.TryRead(bare, "TaskId", out id, out _)
        && id!.All(c => c is < '\x80' && (char.IsLetterOrDigit(c) || c is '_' or '-')) && id![0] != '-';

    private static ArgumentTransformationMetadataException NoAddress() =>
        new("The service takes a video by its web address only: give an address, a KlingVideo or a KlingTask.");
}

/// <summary>A move of the camera, from its name or from one of its values.</summary>
public sealed class CameraTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Wanted =
        "-Camera is one of simple moves, as in @{ Zoom = 5 } with one of Horizontal, Vertical, Pan, Tilt, Roll and "
            + "Zoom "
            + "from -10 to 10, or one of down_back, forward_up, right_turn_forward and left_turn_forward.";

    private static readonly string[] Moves = ["Horizontal", "Vertical", "Pan", "Tilt", "Roll", "Zoom"];
    private static readonly string[] Words = ["down_back", "forward_up", "right_turn_forward", "left_turn_forward"];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? bare = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (bare is null || (bare is string empty && empty.Trim().Length == 0))
        {
            return null;
        }

        if (bare is string text)
        {
            return Words.Contains(text.Trim().ToLowerInvariant())
                ? new Hashtable { ["Type"] = text.Trim().ToLowerInvariant() }
                : throw new ArgumentTransformationMetadataException(Wanted);
        }

        PSObjectReader fields = PSObjectReader.Of(inputData)
            ?? throw new ArgumentTransformationMetadataException(Wanted);
        double[] values = [.. Moves.Select(name => Read(fields, name))];
        bool isKnown = (bare as IDictionary)?.Keys.Cast<object>()
            .All(key => Moves.Contains($"{key}", StringComparer.OrdinalIgnoreCase)) != false;
        if (!isKnown || values.Count(value => value != 0) != 1 || !values.All(value => Math.Abs(value) <= 10))
        {
            throw new ArgumentTransformationMetadataException(Wanted);
        }

        Hashtable move = [];
        for (int i = 0; i < Moves.Length; i++)
        {
            move[Moves[i]] = values[i];
        }

        return move;
    }

    internal static CameraControl? Control(Hashtable? bound)
    {
        double Value(int i) => (double)bound[Moves[i]]!;
        return bound is null ? null
            : bound["Type"] is string word ? new CameraControl(word)
            : new CameraControl("simple", new CameraMove(Value(0), Value(1), Value(2), Value(3), Value(4), Value(5)));
    }

    private static double Read(PSObjectReader fields, string name) =>
        fields.Raw(name) is { } value && new NumberTransformationAttribute().Transform(null!, value) is { } number
            ? Convert.ToDouble(number, CultureInfo.InvariantCulture)
            : 0;
}

/// <summary>The Prompt of any object that has one; what has none is no prompt, whatever its text would be.</summary>
public sealed class PromptTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => PSObjectReader.Of(item) is not { } fields ? null
        : fields.Raw("Prompt") is { } other && !TextTransformationAttribute.IsText(other)
            ? throw TextTransformationAttribute.NoText(other)
        : fields.Text("Prompt") ?? throw GoOn("An object without a Prompt property is not a prompt.");
}

/// <summary>
/// What New-KlingVideo must see itself, not only by its properties: a text, a file, a folder, a task or a video. A row
/// with a Prompt or an Image binds by its columns alone.
/// </summary>
public sealed class VideoInputTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item)
    {
        object? bare = item is PSObject wrapped ? wrapped.BaseObject : item;
        if (bare is null or string or ValueType or FileSystemInfo or KlingTask or KlingVideo)
        {
            return bare;
        }

        bool isRow = PSObjectReader.Of(item) is { } fields && (fields.Has("Prompt") || fields.Has("Image"));
        return (isRow ? null : Rehydration.Task(item) ?? (object?)Rehydration.Video(item))
            ?? throw GoOn("The object is a row.");
    }
}

/// <summary>The path of a file object, live or from a file; a text stays what it is.</summary>
public sealed class PathTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        null or string => null,
        // Its text would be the name alone in Windows PowerShell.
        FileSystemInfo file => file.FullName,
        _ => PSObjectReader.Of(item) is { } fields && (fields.Text("FullName") ?? fields.Text("Path")) is { } path
            ? path
            : throw new ArgumentTransformationMetadataException("The value is neither a path nor a file."),
    };
}

/// <summary>What Save-KlingVideo says of a file it has saved; an empty text for anything else.</summary>
public sealed class VideoNameTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) => PSObjectReader.Of(item)?.Text("VideoName") ?? "";
}

/// <summary>A connection of this process; a copy from a file or a job becomes one that says it is a copy.</summary>
public sealed class ConnectionTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is not KlingConnectionInfo
        && PSObjectReader.Of(item)?.Has(nameof(KlingConnectionInfo.KeyHint)) == true
            ? KlingConnectionInfo.OfElsewhere
            : null;
}

/// <summary>A user and a password. The engine's own conversion error would quote a password given as text.</summary>
public sealed class CredentialTransformationAttribute : ItemTransformationAttribute
{
    private protected override object? Item(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is null or PSCredential
            ? null
            : throw new ArgumentTransformationMetadataException(
                "The value must be a PSCredential, such as Get-Credential makes.");
}

/// <summary>A SecureString from a plain string.</summary>
public sealed class SecureStringTransformationAttribute : ItemTransformationAttribute
{
    // The capacity of a SecureString.
    private const int MaxLength = 65_536;

    private protected override object? Item(object? item) => Read(item, "key");

    // Never quote the value, as the engine's own conversion error would.
    internal static SecureString? Read(object? item, string name) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        null => null,
        SecureString secret => secret,
        string { Length: > MaxLength } =>
            throw new ArgumentTransformationMetadataException($"The {name} has more than {MaxLength} characters."),
        string text when text.IndexOf('\0') >= 0 =>
            throw new ArgumentTransformationMetadataException($"The {name} contains a NUL character."),
        string text => new NetworkCredential("", text).SecurePassword,
        object other =>
            throw new ArgumentTransformationMetadataException(
                $"The {name} must be a string or a SecureString, not a {other.GetType().Name}."),
    };

    /// <summary>All of it, also what stands behind a NUL.</summary>
    internal static string Reveal(SecureString secret)
    {
        IntPtr clear = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(clear, secret.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(clear);
        }
    }
}
