using Gymkhana.Core.Randomness;

namespace Gymkhana.Learning.Datasets;

/// <summary>Which episodes of a dataset take part: some are held out for validation, and of the rest the best may be asked for.</summary>
public sealed class EpisodeSelection
{
    // Purpose of the stream that holds episodes out: the letters "held" in ASCII.
    private const ulong HeldOut = 0x68656c64;

    private readonly Dictionary<int, bool[]> _chosen;

    private EpisodeSelection(Dictionary<int, bool[]> chosen, long transitions, long episodes, double meanReturn)
    {
        _chosen = chosen;
        Transitions = transitions;
        Episodes = episodes;
        MeanReturn = meanReturn;
    }

    /// <summary>Transitions of the chosen episodes.</summary>
    public long Transitions { get; }

    /// <summary>How many episodes are chosen.</summary>
    public long Episodes { get; }

    /// <summary>Their mean return; 0 when there is none.</summary>
    public double MeanReturn { get; }

    /// <summary>The episodes to learn from, and those held out: each is held out or not by a draw of its own.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="share">Share that is held out, in [0, 1).</param>
    /// <returns>Both selections. Where fewer than two episodes make it impossible, all are for learning.</returns>
    public static (EpisodeSelection Learning, EpisodeSelection Validation) Split(Dataset dataset, ulong seed, double share)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        EpisodeSelection validation = Of(dataset, (shard, episode, _) => IsHeldOut(seed, shard, episode, share));
        EpisodeSelection learning = Of(dataset, (shard, episode, _) => !IsHeldOut(seed, shard, episode, share));
        return learning.Transitions == 0 ? (Of(dataset, (_, _, _) => true), Of(dataset, (_, _, _) => false)) : (learning, validation);
    }

    /// <summary>Of these episodes the best, by return: as many as make up the share, at least one; of equal ones the first.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="share">The share, in (0, 1].</param>
    /// <returns>The best.</returns>
    public EpisodeSelection Best(Dataset dataset, double share)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (!(share is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "a share of episodes is above 0 and at most 1.");
        }

        List<(double Return, int Shard, int Episode)> all = [];
        foreach (DatasetShard shard in dataset.Shards)
        {
            for (int episode = 0; episode < shard.Episodes.Length; episode++)
            {
                if (Contains(shard.Index, episode))
                {
                    all.Add((shard.Episodes[episode].Return, shard.Index, episode));
                }
            }
        }

        int count = Math.Max(1, (int)Math.Round(all.Count * share));
        HashSet<(int, int)> best = [.. all.OrderByDescending(e => e.Return).ThenBy(e => e.Shard).ThenBy(e => e.Episode).Take(count).Select(e => (e.Shard, e.Episode))];
        return Of(dataset, (shard, episode, _) => best.Contains((shard, episode)));
    }

    /// <summary>Whether an episode takes part.</summary>
    /// <param name="shard">Index of its shard.</param>
    /// <param name="episode">Its number in the shard.</param>
    /// <returns>True when it does.</returns>
    public bool Contains(int shard, int episode) => _chosen.TryGetValue(shard, out bool[]? chosen) && chosen[episode];

    /// <summary>Whether any episode of a shard takes part.</summary>
    /// <param name="shard">Index of the shard.</param>
    /// <returns>True when one does.</returns>
    public bool ContainsAnyOf(int shard) => _chosen.TryGetValue(shard, out bool[]? chosen) && Array.IndexOf(chosen, true) >= 0;

    private static EpisodeSelection Of(Dataset dataset, Func<int, int, EpisodeSummary, bool> choose)
    {
        Dictionary<int, bool[]> chosen = [];
        long transitions = 0, episodes = 0;
        double sum = 0;
        foreach (DatasetShard shard in dataset.Shards)
        {
            bool[] flags = new bool[shard.Episodes.Length];
            for (int episode = 0; episode < flags.Length; episode++)
            {
                EpisodeSummary summary = shard.Episodes[episode];
                flags[episode] = choose(shard.Index, episode, summary);
                if (flags[episode])
                {
                    transitions += summary.Length;
                    sum += summary.Return;
                    episodes++;
                }
            }

            chosen.Add(shard.Index, flags);
        }

        return new EpisodeSelection(chosen, transitions, episodes, episodes == 0 ? 0 : sum / episodes);
    }

    private static bool IsHeldOut(ulong seed, int shard, int episode, double share) =>
        (StreamKey.Mix(seed, HeldOut, (ulong)shard, (ulong)episode) >> 11) * (1.0 / (1UL << 53)) < share;
}
