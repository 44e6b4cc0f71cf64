namespace KlingPS.Gallery;

/// <summary>One card of the page: a video, or a task that has none.</summary>
/// <param name="TaskId">Empty for a file of which nothing else is known.</param>
/// <param name="Name">The user's own name, by which parts of a chain are recognised where their ids do not say
/// it.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="File">The whole path of the saved video, or null.</param>
internal sealed record GalleryItem(
    string TaskId = "",
    string? VideoId = null,
    string? Name = null,
    string? Title = null,
    string? Prompt = null,
    string? Model = null,
    KlingTaskStatus Status = default,
    string? Reason = null,
    TimeSpan? Duration = null,
    DateTime? ExpiresAt = null,
    int? Part = null,
    string? ParentTaskId = null,
    string? ParentVideoId = null,
    string? File = null)
{
    internal string Heading => First(Title, Name, VideoId, TaskId, Path.GetFileNameWithoutExtension(File))
        ?? "A task without an id";

    internal bool Follows(GalleryItem other) =>
        ParentVideoId is { Length: > 0 } video && other.VideoId is not null ? video == other.VideoId
        : ParentTaskId is { Length: > 0 } task ? task == other.TaskId
        : Part > 1 && Part - 1 == (other.Part ?? 1) && !string.IsNullOrEmpty(Name) && Name == other.Name;

    /// <summary>A later look at the same video, with what only the earlier one knew.</summary>
    internal GalleryItem Over(GalleryItem earlier) => this with
    {
        Name = First(Name, earlier.Name),
        Title = First(Title, earlier.Title),
        Prompt = First(Prompt, earlier.Prompt),
        Model = First(Model, earlier.Model),
        Duration = Duration ?? earlier.Duration,
        ExpiresAt = ExpiresAt ?? earlier.ExpiresAt,
        Part = Part ?? earlier.Part,
        ParentTaskId = First(ParentTaskId, earlier.ParentTaskId),
        ParentVideoId = First(ParentVideoId, earlier.ParentVideoId),
        File = File ?? earlier.File,
    };

    private static string? First(params string?[] texts) => Array.Find(texts, text => !string.IsNullOrWhiteSpace(text));
}

/// <summary>The cards of a page, each video once, and the strips that chains make of them.</summary>
internal sealed class GalleryItems
{
    private readonly List<GalleryItem> _items = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tasksWithVideo = new(StringComparer.Ordinal);

    internal int Count => _items.Count;

    /// <summary>Adds a card. One of the same video takes the place of the earlier one.</summary>
    internal void Add(GalleryItem item)
    {
        if (!string.IsNullOrEmpty(item.VideoId))
        {
            _tasksWithVideo.Add(item.TaskId);
        }
        else if (item.TaskId.Length > 0 && _tasksWithVideo.Contains(item.TaskId))
        {
            // An earlier snapshot that comes late.
            return;
        }

        if (item.TaskId.Length == 0 && item.File is null)
        {
            _items.Add(item);
            return;
        }

        string key = item.TaskId.Length == 0 ? "file " + item.File : $"{item.TaskId} {item.VideoId}";
        // A task without a video is an earlier snapshot of the same task with one.
        string early = item.TaskId + " ";
        if (_places.TryGetValue(key, out int at) || (item.TaskId.Length > 0 && _places.TryGetValue(early, out at)))
        {
            _items[at] = item.Over(_items[at]);
            _places.Remove(early);
        }
        else
        {
            at = _items.Count;
            _items.Add(item);
        }

        _places[key] = at;
    }

    /// <summary>Takes a file from the cards that have it, because it may be of another video.</summary>
    internal void Disown(string file)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            _items[i] = _items[i].File == file ? _items[i] with { File = null } : _items[i];
        }
    }

    /// <summary>Each card in one strip, part after part; most strips are of one.</summary>
    internal List<List<GalleryItem>> Strips()
    {
        int[] parents = new int[_items.Count];
        ILookup<string?, int> byVideo = Places(item => item.VideoId);
        ILookup<string?, int> byTask = Places(item => item.TaskId);
        ILookup<string?, int> byName = Places(item => item.Name);
        for (int i = 0; i < parents.Length; i++)
        {
            GalleryItem item = _items[i];
            IEnumerable<int> candidates = byVideo[item.ParentVideoId]
                .Concat(byTask[item.ParentTaskId])
                .Concat(item.Part > 1 ? byName[item.Name] : []);
            parents[i] = candidates.Where(at => at != i && item.Follows(_items[at])).DefaultIfEmpty(-1).First();
        }

        // Where two parts continue one, the first stays in its strip and the second begins a strip.
        ILookup<int, int> children = Enumerable.Range(0, parents.Length).ToLookup(at => parents[at]);
        bool[] taken = new bool[parents.Length];
        List<List<GalleryItem>> strips = [];
        IEnumerable<int> beginnings = Enumerable.Range(0, parents.Length)
            .Where(at => parents[at] < 0 || children[parents[at]].First() != at)
            // Rows can name each other as parents in a circle; such a strip begins at any of them.
            .Concat(Enumerable.Range(0, parents.Length));
        foreach (int beginning in beginnings.Where(at => !taken[at]))
        {
            List<GalleryItem> strip = [];
            for (int at = beginning; at >= 0 && !taken[at]; at = children[at].DefaultIfEmpty(-1).First())
            {
                taken[at] = true;
                strip.Add(_items[at]);
            }

            strips.Add(strip);
        }

        return strips;
    }

    private ILookup<string?, int> Places(Func<GalleryItem, string?> key) => Enumerable.Range(0, _items.Count)
        .Where(at => !string.IsNullOrEmpty(key(_items[at])))
        .ToLookup(at => key(_items[at]), StringComparer.Ordinal);
}
