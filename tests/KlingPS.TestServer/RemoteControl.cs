using System.Globalization;
using System.Text.Json;

namespace KlingPS.TestServer;

/// <summary>Commands of a test in another process: one a line, answered by one line.</summary>
/// <remarks>
/// <c>fault METHOD PATHPART KIND [ARGUMENT [REST]]</c>, <c>requests</c> (JSON of those since the last time),
/// <c>wait N</c> (until so many have arrived since the start), <c>created</c>. It ends with its input.
/// </remarks>
internal sealed class RemoteControl(KlingTestServer server)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private int _told;

    internal async Task RunAsync(TextReader commands, TextWriter answers)
    {
        while (await commands.ReadLineAsync() is { } line)
        {
            string answer;
            try
            {
                answer = await DoAsync(line);
            }
            catch (Exception e) when (e is OperationCanceledException or FormatException or IndexOutOfRangeException)
            {
                answer = $"error: {line}: {e.Message}";
            }

            await answers.WriteLineAsync(answer);
        }
    }

    private async Task<string> DoAsync(string line)
    {
        string[] words = line.Split(' ', 2);
        using CancellationTokenSource limit = new(Longest);
        switch (words[0])
        {
            case "fault":
                string[] where = words[1].Split(' ', 3);
                server.Inject(FaultFrom(where[2].Split(' ', 3)).On(where[0], where[1]));
                return "ok";
            case "wait":
                await server.WaitForRequestsAsync(Number(words[1]), limit.Token);
                return "ok";
            case "created":
                return server.CreatedCount.ToString(CultureInfo.InvariantCulture);
            case "requests":
                ReceivedRequest[] fresh = [.. server.Requests.Skip(_told)];
                _told += fresh.Length;
                return JsonSerializer.Serialize(fresh);
            default:
                throw new FormatException("There is no such command.");
        }
    }

    private static Fault FaultFrom(string[] words) => words[0] switch
    {
        "reset-before" => Fault.ResetBeforeService(),
        "reset-after" => Fault.ResetAfterService(),
        "hang-before" => Fault.HangBeforeService(),
        "hang-after" => Fault.HangAfterService(),
        "hang-within" => Fault.HangWithin(Number(words[1])),
        "reset-within" => Fault.ResetWithin(Number(words[1])),
        "truncate" => Fault.Truncate(Number(words[1])),
        "respond" => Fault.Respond(Number(words[1]), words[2]),
        "redirect" => Fault.Respond(Number(words[1]), "", new Dictionary<string, string> { ["Location"] = words[2] }),
        "header" => new Fault { Headers = new Dictionary<string, string> { [words[1]] = words[2] } },
        _ => throw new FormatException("There is no such fault."),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A count that can be waited for, so that no test has to look again and again.</summary>
internal sealed class Tally
{
    private readonly object _gate = new();
    private readonly List<(int Target, TaskCompletionSource Reached)> _waiting = [];
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal void Add()
    {
        lock (_gate)
        {
            _count++;
            foreach ((_, TaskCompletionSource reached) in _waiting.Where(waiter => waiter.Target <= _count))
            {
                reached.TrySetResult();
            }

            _waiting.RemoveAll(waiter => waiter.Target <= _count);
        }
    }

    internal Task ReachAsync(int target, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_count >= target)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((target, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
