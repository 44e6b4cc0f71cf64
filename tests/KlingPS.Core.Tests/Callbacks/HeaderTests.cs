using System.Collections;
using System.Collections.Specialized;
using KlingPS.Callbacks;

namespace KlingPS.Core.Tests.Callbacks;

/// <summary>Headers as different servers keep them.</summary>
public sealed class HeaderTests
{
    private static readonly WebhookHeaders Expected = new("m", "1", "v1,a v1,b");

    [Fact]
    public void Names_count_in_any_case()
    {
        Assert.Equal(Expected, Read(("webhook-id", "m"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,a v1,b")));
        Assert.Equal(Expected, Read(("Webhook-Id", "m"), ("WEBHOOK-TIMESTAMP", "1"), ("Webhook-Signature", "v1,a v1,b")));
    }

    [Fact]
    public void Values_may_be_lists_and_numbers()
    {
        Assert.Equal(Expected, Read(("webhook-id", new[] { "m" }), ("webhook-timestamp", 1L), ("webhook-signature", new ArrayList { "v1,a", "v1,b" })));
        Assert.Equal(Expected, Read(("webhook-id", new object?[] { null, "m", "" }), ("webhook-timestamp", 1), ("webhook-signature", new StringCollection { "v1,a", "v1,b" })));
    }

    [Fact]
    public void A_list_that_holds_itself_breaks_nothing()
    {
        ArrayList self = [];
        self.Add(self);
        Assert.NotEqual("m", Read(("webhook-id", self)).Id);
    }

    [Fact]
    public void An_id_sent_twice_is_not_one_of_the_two() =>
        Assert.Equal("m n", Read(("webhook-id", "m"), ("Webhook-Id", "n")).Id);

    [Fact]
    public void Other_headers_are_none_of_ours() =>
        Assert.Equal(new WebhookHeaders(null, null, null), Read(("svix-id", "m"), ("x-webhook-timestamp", "1"), ("webhook-signature ", "v1,a")));

    private static WebhookHeaders Read(params (string Name, object? Value)[] headers)
    {
        OrderedDictionary map = [];
        foreach ((string name, object? value) in headers)
        {
            map[name] = value;
        }

        return WebhookHeaders.From(map);
    }
}
