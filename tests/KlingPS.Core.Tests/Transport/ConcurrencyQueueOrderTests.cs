namespace KlingPS.Core.Tests.Transport;

/// <summary>Who in the line for a slot may ask the service, and when.</summary>
public sealed class ConcurrencyQueueOrderTests
{
    private readonly ConcurrencyQueue _slots = new(Given.Clock());
    private readonly SlotTicket[] _tickets;

    public ConcurrencyQueueOrderTests()
    {
        _tickets = [.. Enumerable.Range(0, 8).Select(_ => _slots.TakeTicket())];
        Array.ForEach(_tickets, ticket => _slots.EnqueueAsync(ticket, TimeSpan.FromHours(1), Token));
    }

    private int Admitted => _tickets.Count(ticket => ticket.Turn.IsCompleted);

    [Fact]
    public void One_asks_while_nobody_knows_of_a_free_slot()
    {
        Assert.Equal(1, Admitted);
        _slots.Release(granted: false);
        Assert.Equal(2, Admitted);
    }

    [Fact]
    public void Each_slot_granted_lets_twice_as_many_ask()
    {
        _slots.Release(granted: true);
        Assert.Equal(3, Admitted);
        _slots.Release(granted: true);
        _slots.Release(granted: true);
        Assert.Equal(8, Admitted);
    }

    [Fact]
    public void A_refusal_lets_one_ask_again_and_it_is_the_one_that_came_first()
    {
        _slots.Release(granted: true);
        _ = _slots.RequeueAsync(_tickets[2], TimeSpan.FromHours(1), Token);
        _ = _slots.RequeueAsync(_tickets[1], TimeSpan.FromHours(1), Token);

        Assert.Equal(
            [true, true, false, false, false, false, false, false], _tickets.Select(ticket => ticket.Turn.IsCompleted));
    }

    [Fact]
    public void Nobody_is_in_the_way_of_who_comes_when_all_have_left()
    {
        for (int i = 0; i < 8; i++)
        {
            Assert.True(_slots.IsBusy);
            _slots.Release(granted: true);
        }

        Assert.False(_slots.IsBusy);
    }
}
