namespace KlingPS.Core.Tests.Journal;

/// <summary>The file: many writers, damage, rights.</summary>
public sealed class JournalFileTests : JournalTest
{
    [Theory]
    [InlineData(@"C:\state", true)]
    [InlineData("C:/state", true)]
    [InlineData(@"\\server\share", true)]
    [InlineData("//server/share", true)]
    [InlineData(@"\\?\C:\state", true)]
    [InlineData("C:state", false)]
    [InlineData("C:", false)]
    [InlineData(@"\state", false)]
    [InlineData("/state", false)]
    [InlineData("state", false)]
    [InlineData(@"1:\state", false)]
    [InlineData("é:/state", false)]
    [InlineData("", false)]
    public void On_Windows_a_folder_counts_only_when_its_drive_and_root_are_said(string path, bool counts) =>
        Assert.Equal(counts, JournalLocation.IsFullyQualified(path, isWindows: true));

    [Theory]
    [InlineData("/state", true)]
    [InlineData("state", false)]
    [InlineData("./state", false)]
    [InlineData("~/state", false)]
    [InlineData(@"C:\state", false)]
    public void Elsewhere_a_folder_counts_when_it_begins_at_the_root(string path, bool counts) =>
        Assert.Equal(counts, JournalLocation.IsFullyQualified(path, isWindows: false));

    [Fact]
    public async Task Eight_processes_that_append_a_thousand_records_each_at_once_lose_none_and_damage_none()
    {
        CrashProcess[] writers = [.. Enumerable.Range(0, 8).Select(_ => new CrashProcess("append", FilePath, "1000"))];
        int[] codes = await Task.WhenAll(writers.Select(writer => writer.EndAsync(Token)));
        Array.ForEach(writers, writer => writer.Dispose());

        Assert.All(codes, code => Assert.Equal(0, code));
        TaskJournal journal = Open();
        SubmissionState[] untold = journal.Untold();
        Assert.Equal(8000, untold.Select(state => state.Entry.TaskId).Distinct().Count());
        Assert.All(untold, state => Assert.NotNull(journal.Find(state.Entry.TaskId!)));
        Assert.Null(journal.TakeWarning());
        TestContext.Current.TestOutputHelper?.WriteLine($"8 processes, {untold.Length} records, 0 lost, 0 damaged.");
    }

    [Fact]
    public async Task Where_the_file_system_ignores_locks_each_process_writes_a_file_of_its_own_and_no_record_is_lost()
    {
        if (OperatingSystem.IsWindows())
        {
            // Locks cannot be switched off there.
            return;
        }

        CrashProcess[] writers =
            [.. Enumerable.Range(0, 4).Select(_ => CrashProcess.WithoutFileLocks("append", FilePath, "500"))];
        await Task.WhenAll(writers.Select(writer => writer.EndAsync(Token)));
        Array.ForEach(writers, writer => writer.Dispose());

        Assert.Equal(2000, Open().Untold().Select(state => state.Entry.TaskId).Distinct().Count());
        Assert.Null(Open().TakeWarning());
    }

    [Fact]
    public async Task A_writer_cancelled_while_another_process_holds_the_lock_gives_up_at_once()
    {
        await CreateAsync("1");
        using FileStream held = new(FilePath + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using CancellationTokenSource cancelled = new();
        Task<JournalEntry> waiting = Open().RecordIntentAsync(
            Given.Video, "api.test", Mine, "c", false, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_file_that_a_scanner_holds_is_waited_for_and_what_cannot_be_read_meanwhile_is_said()
    {
        ScannedStore store = new() { IsHeld = true };
        TaskJournal journal = new(store, Clock);
        Assert.Empty(journal.Last(5, "api.test", Mine));
        Assert.Contains("cannot be read", journal.TakeWarning(), StringComparison.Ordinal);
        Task<JournalEntry> waiting = journal.RecordIntentAsync(Given.Video, "api.test", Mine, "c", false, Token);
        Assert.False(waiting.IsCompleted);
        store.IsHeld = false;
        Clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;
        Assert.Null(journal.TakeWarning());

        store.IsHeld = true;
        waiting = journal.RecordIntentAsync(Given.Extension, "api.test", Mine, "c", false, Token);
        Clock.Advance(TimeSpan.FromSeconds(6));
        KlingException error = await Assert.ThrowsAsync<KlingException>(() => waiting);
        Assert.Equal(("JournalNotWritable", 1), (error.ErrorId, store.Appended));
    }

    [Fact]
    public async Task Only_the_owner_may_read_it()
    {
        if (OperatingSystem.IsWindows())
        {
            // The folder of the user's own data passes its rights on there.
            return;
        }

        await CreateAsync("1");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));

        File.SetUnixFileMode(FilePath, (UnixFileMode)0b110_100_100);
        await CreateAsync("2");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Theory]
    [InlineData("{\"v\":1,\"step\":\"crea")]
    [InlineData("\0\0\0\0\0\0")]
    [InlineData("[]")]
    [InlineData("{\"v\":1,\"step\":\"Created\",\"id\":\"x\",\"kind\":\"TextToVideo\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData(
        "{\"v\":1,\"step\":\"Created\",\"id\":\"x\",\"kind\":\"TextToVideo\",\"task\":\"1\",\"at\":\"yesterday\"}")]
    public async Task A_damaged_line_takes_no_other_with_it_and_is_told_once(string damage)
    {
        await CreateAsync("1");
        await File.AppendAllTextAsync(FilePath, damage, Token);
        await CreateAsync("2");

        TaskJournal journal = Open();
        Assert.Equal(["1", "2"], journal.Last(9, "api.test", Mine).Select(entry => entry.TaskId));
        Assert.Contains("One line", journal.TakeWarning(), StringComparison.Ordinal);
        Assert.Null(journal.TakeWarning());
    }

    [Fact]
    public async Task A_line_somebody_is_still_writing_is_read_once_it_is_whole()
    {
        await CreateAsync("1");
        TaskJournal journal = Open();
        byte[] line =
            new JournalEntry { Event = JournalEvent.Created, Id = "x", At = Given.Start, TaskId = "2" }.ToLine();
        await AppendAsync(line.AsMemory(0, 20));
        Assert.Null(journal.Find("2"));
        await AppendAsync(line.AsMemory(20));

        Assert.NotNull(journal.Find("2"));
        Assert.Null(journal.TakeWarning());
    }

    [Fact]
    public async Task A_journal_that_was_put_away_is_begun_anew()
    {
        await CreateAsync("1");
        TaskJournal journal = Open();
        Assert.NotNull(journal.Find("1"));
        File.Delete(FilePath);
        Assert.Null(journal.Find("1"));
        await CreateAsync("2");

        Assert.NotNull(journal.Find("2"));
    }

    [Fact]
    public async Task What_cannot_be_written_is_an_error_with_nothing_sent()
    {
        Directory.CreateDirectory(FilePath);

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => RecordIntentAsync(Given.Video));

        Assert.Equal(("JournalNotWritable", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".lock")]
    public async Task A_link_in_its_place_is_an_error_that_names_it_and_never_followed(string ending)
    {
        string folder = Path.GetDirectoryName(FilePath)!;
        string precious = Path.Combine(folder, "precious");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(precious, "precious", Token);
        UnixTool.MakeLink(FilePath + ending, precious);

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => RecordIntentAsync(Given.Video));

        Assert.Equal(("JournalNotWritable", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Contains($"'{FilePath}{ending}' is a link", error.WhatHappened, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".lock")]
    public async Task A_pipe_in_its_place_is_an_error_that_names_it_and_not_waited_for(string ending)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await UnixTool.MakePipeAsync(FilePath + ending, Token);

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => Task.Run(() => RecordIntentAsync(Given.Video), Token).WaitAsync(TimeSpan.FromSeconds(20), Token));

        Assert.Equal("JournalNotWritable", error.ErrorId);
        Assert.Contains($"'{FilePath}{ending}' is not a regular file", error.WhatHappened, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_holds_ids_kind_and_times_and_neither_prompt_nor_key()
    {
        await CreateAsync(
            "1", Given.Video with { Prompt = "a secret plan", NegativePrompt = "nobody", ExternalTaskId = "mine-1" });
        await CreateAsync("2", Given.Extension with { Prompt = "a secret plan" });

        string text = await File.ReadAllTextAsync(FilePath, Token);
        Assert.All(
            ["mine-1", Given.Extension.TaskId, Given.Extension.VideoId, "TextToVideo", "api.test"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.All(
            ["secret", "nobody", Given.Key], part => Assert.DoesNotContain(part, text, StringComparison.Ordinal));
    }

    private sealed class ScannedStore : MemoryJournalStore
    {
        internal bool IsHeld { get; set; }

        internal int Appended { get; private set; }

        public override Task AppendAsync(Func<byte[]> lines, bool flush, CancellationToken cancellationToken) =>
            base.AppendAsync(
                () =>
                {
                    byte[] made = lines();
                    Appended += made.Length == 0 ? 0 : 1;
                    return made;
                },
                flush,
                cancellationToken);

        public override JournalIndex Read(JournalIndex index) =>
            IsHeld ? throw new IOException("It is used by another process.") : base.Read(index);
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        await using FileStream file = new(FilePath, FileMode.Append);
        await file.WriteAsync(bytes, Token);
    }
}
