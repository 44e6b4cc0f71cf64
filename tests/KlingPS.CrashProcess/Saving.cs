using KlingPS.Downloads;
using KlingPS.Transport;

namespace KlingPS.Crashing;

/// <summary>Saves a video, as the cmdlet would, and prints the bytes of each piece once it is written.</summary>
internal static class Saving
{
    internal static async Task RunAsync(Uri address, string path)
    {
        using KlingConnection connection = new(
            new ConnectionSettings { MaxRetryCount = 0 },
            new ApiKey("sk-0123456789abcdefWXYZ", "a test"));
        KlingVideo video = new() { TaskId = "1", VideoId = "2", Url = address };
        SaveOptions options = new() { Received = bytes => Console.WriteLine($"received {bytes}") };
        try
        {
            await new KlingClient(connection).SaveAsync(video, path, options, CancellationToken.None);
            Console.WriteLine("saved");
        }
        catch (KlingException e)
        {
            Console.WriteLine($"failed {e.ErrorId}: {e.WhatHappened}");
        }
    }
}
