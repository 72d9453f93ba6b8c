using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Gymkhana.Core.Runs;
using Gymkhana.Lab.Runs;

namespace Gymkhana.Lab.Live;

/// <summary>Sends what changes in run folders, as it is written there, whoever trains.</summary>
/// <param name="shelf">The runs.</param>
/// <param name="trainings">What the lab itself has started.</param>
internal sealed class RunFeeds(RunShelf shelf, Trainings trainings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, RunFollower> _followers = new(StringComparer.Ordinal);
    private Written? _all;

    /// <summary>Follows all runs.</summary>
    public async Task FollowAllAsync(LabSocket socket)
    {
        IReadOnlyList<RunCard>? sent = null;
        while (true)
        {
            IReadOnlyList<RunCard> cards = shelf.Cards();
            if (sent is null || !sent.SequenceEqual(cards)) await socket.SendAsync(All(cards), WebSocketMessageType.Text);
            sent = cards;
            await Task.Delay(Pause, socket.Gone);
        }
    }

    /// <summary>Follows one run until it is no longer there.</summary>
    public async Task FollowAsync(LabSocket socket, string name)
    {
        if (IsThere(name))
        {
            RunFollower follower = _followers.GetOrAdd(name, n => new RunFollower(shelf, n, trainings.LogOf(n)));
            (IReadOnlyList<byte[]> soFar, Channel<byte[]> next) = follower.Join();
            try
            {
                foreach (byte[] message in soFar) await socket.SendAsync(message, WebSocketMessageType.Text);
                await foreach (byte[] message in next.Reader.ReadAllAsync(socket.Gone)) await socket.SendAsync(message, WebSocketMessageType.Text);
            }
            finally
            {
                follower.Leave(next);
            }
        }

        // Who was too slow is not told that the run has gone: it connects again and is told everything anew.
        if (!IsThere(name)) await socket.SendAsync(new BareMessage("gone"), LabJson.Default.BareMessage);
    }

    private bool IsThere(string name)
    {
        try
        {
            return RunFolder.Holds(shelf.PathOf(name));
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    // The same list is written once, whoever is sent it.
    private byte[] All(IReadOnlyList<RunCard> cards)
    {
        Written? known = _all;
        if (known is null || !ReferenceEquals(known.Cards, cards))
        {
            _all = known = new Written(cards, JsonSerializer.SerializeToUtf8Bytes(new RunsMessage("runs", cards), LabJson.Default.RunsMessage));
        }

        return known.Bytes;
    }

    private sealed record Written(IReadOnlyList<RunCard> Cards, byte[] Bytes);
}
