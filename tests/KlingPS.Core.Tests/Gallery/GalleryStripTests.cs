using KlingPS.Gallery;

namespace KlingPS.Core.Tests.Gallery;

/// <summary>Which cards there are, and which of them are the parts of one chain.</summary>
public sealed class GalleryStripTests
{
    private static GalleryItem A => new() { TaskId = "a", VideoId = "va", Status = KlingTaskStatus.Succeeded };

    private static GalleryItem B => A with { TaskId = "b", VideoId = "vb" };

    private static GalleryItem D => A with { TaskId = "d", VideoId = "vd" };

    private static GalleryItem C => A with { TaskId = "c", VideoId = "vc" };

    [Fact]
    public void Parts_follow_each_other_by_the_video_they_extend_whatever_order_they_come_in() =>
        Assert.Equal(
            ["a b c", "d"],
            Strips(C with { ParentVideoId = "vb" }, D, B with { ParentVideoId = "va" }, A).Order());

    [Fact]
    public void Parts_follow_by_the_task_before_where_no_video_is_known() =>
        Assert.Equal(["a b"], Strips(A, B with { ParentTaskId = "a", VideoId = null }));

    [Fact]
    public void Parts_of_one_name_follow_by_their_numbers() => Assert.Equal(
        ["a b c", "d"],
        Strips(
            B with { Name = "harbour", Part = 2 },
            A with { Name = "harbour" },
            C with { Name = "harbour", Part = 3 },
            D with { Part = 2 }));

    [Fact]
    public void A_video_that_goes_on_twice_begins_a_second_strip() => Assert.Equal(
        ["a b", "c"], Strips(A, B with { ParentVideoId = "va" }, C with { ParentVideoId = "va" }));

    [Fact]
    public void Rows_that_name_each_other_as_parents_are_shown_once_each() => Assert.Equal(
        ["a b", "c"],
        Strips(A with { ParentVideoId = "vb" }, B with { ParentVideoId = "va" }, C with { ParentVideoId = "vc" })
            .Order());

    [Fact]
    public void A_later_look_at_a_video_takes_the_place_of_the_earlier()
    {
        GalleryItems items = new();
        items.Add(A with { VideoId = null, Status = KlingTaskStatus.Processing, Prompt = "A harbour" });
        items.Add(B);
        items.Add(A);
        items.Add(A with { File = "/out/a.mp4" });
        GalleryItem item = items.Strips()[0].Single();
        Assert.Equal(
            (2, KlingTaskStatus.Succeeded, "A harbour", "/out/a.mp4"),
            (items.Count, item.Status, item.Prompt, item.File));
    }

    [Fact]
    public void Every_video_of_a_task_and_every_file_is_a_card()
    {
        GalleryItems items = new();
        items.Add(A);
        items.Add(A with { VideoId = "second" });
        items.Add(A with { TaskId = "", VideoId = null, File = "/out/1.mp4" });
        items.Add(A with { TaskId = "", VideoId = null, File = "/out/2.mp4" });
        Assert.Equal(4, items.Count);
    }

    private static string[] Strips(params GalleryItem[] all)
    {
        GalleryItems items = new();
        Array.ForEach(all, items.Add);
        return [.. items.Strips().Select(strip => string.Join(' ', strip.Select(item => item.TaskId)))];
    }
}
