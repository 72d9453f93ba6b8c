using System.Collections.Immutable;
using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli.Reports;

/// <summary>How the members of a team attend to each other: over some test episodes, and step by step in one of them.</summary>
internal sealed record AttentionStudy
{
    /// <summary>Test episodes that the means are taken over.</summary>
    public const int Episodes = 20;

    /// <summary>Most steps of an episode that are looked at.</summary>
    public const int MostSteps = 400;

    /// <summary>Names of the agents: that of the class and a number through all of them.</summary>
    public required ImmutableArray<string> Agents { get; init; }

    /// <summary>
    /// Attention of a receiver (row) to a sender, in units of what an even division among all that it hears gives, over the moments in which it hears
    /// that sender and somebody else; NaN where there was none.
    /// </summary>
    public required double[,] Preference { get; init; }

    /// <summary>Share of the moments in which a receiver (row) hears a sender.</summary>
    public required double[,] Heard { get; init; }

    /// <summary>Number of the test episode that is shown step by step.</summary>
    public required int Shown { get; init; }

    /// <summary>Attention in that episode, an array [receiver, sender] for each step; zeros where one is not heard.</summary>
    public required ImmutableArray<float[,]> Steps { get; init; }

    /// <summary>Plays test episodes.</summary>
    /// <param name="policy">What acts for all groups.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="shown">Number of the test episode to keep step by step.</param>
    /// <returns>What was seen, or null where nobody talks or the policy's attention has no weights.</returns>
    public static AttentionStudy? Of(IPolicy policy, EnvironmentRegistration environment, SettingValues settings, int shown)
    {
        IEnvironment world = environment.Create(settings, Episodes + 1);
        if (world is not ICommunicating { Talkers: > 1 } talking) return null;
        IActor[] actors = [.. Enumerable.Range(0, world.Groups.Length).Select(group => policy.CreateActor(world, group))];
        ulong[] seeds = [EpisodeSeeds.Test(shown), .. Enumerable.Range(0, Episodes).Select(EpisodeSeeds.Test)];
        world.Reset(seeds);
        Array.ForEach(actors, actor => actor.Reset(seeds));
        int agents = talking.Talkers;
        var tally = new Tally(agents);
        bool[] over = new bool[world.Count];
        var steps = ImmutableArray.CreateBuilder<float[,]>();
        for (int step = 0; step < MostSteps && over.Contains(false); step++)
        {
            Array.ForEach(actors, actor => actor.Act());
            if (!talking.HasLinkWeights) return null;
            for (int copy = 0; copy < over.Length; copy++)
            {
                if (over[copy]) continue;
                if (copy == 0) steps.Add(At(talking, 0));
                else tally.Add(At(talking, copy));
            }

            world.Step();
            for (int copy = 0; copy < over.Length; copy++)
            {
                if (!world.Groups[0].Terminated[0, 0, copy] && !world.Groups[0].Truncated[0, 0, copy]) continue;
                over[copy] = true;
                Array.ForEach(actors, actor => actor.EpisodeEnded(copy));
            }
        }

        return new AttentionStudy
        {
            Agents = [.. talking.TalkingGroups.SelectMany(group => Enumerable.Repeat(world.Groups[group].Name, world.Groups[group].Agents.Length)).Select((name, number) => string.Create(CultureInfo.InvariantCulture, $"{name} {number}"))],
            Preference = tally.Preference(),
            Heard = tally.Heard(),
            Shown = shown,
            Steps = steps.ToImmutable(),
        };
    }

    private static float[,] At(ICommunicating talking, int copy)
    {
        float[,] weights = new float[talking.Talkers, talking.Talkers];
        for (int receiver = 0; receiver < talking.Talkers; receiver++)
        {
            for (int sender = 0; sender < talking.Talkers; sender++) weights[receiver, sender] = talking.LinkWeights[receiver, sender, copy];
        }

        return weights;
    }

    private sealed class Tally(int agents)
    {
        private readonly double[,] _attention = new double[agents, agents];
        private readonly double[,] _even = new double[agents, agents];
        private readonly int[,] _heard = new int[agents, agents];
        private int _moments;

        public void Add(float[,] weights)
        {
            _moments++;
            for (int receiver = 0; receiver < agents; receiver++)
            {
                int voices = Enumerable.Range(0, agents).Count(sender => weights[receiver, sender] > 0);
                for (int sender = 0; sender < agents; sender++)
                {
                    if (weights[receiver, sender] <= 0) continue;
                    _heard[receiver, sender]++;
                    if (voices < 2) continue;
                    _attention[receiver, sender] += weights[receiver, sender];
                    _even[receiver, sender] += 1.0 / voices;
                }
            }
        }

        public double[,] Preference() => Each((receiver, sender) => _even[receiver, sender] > 0 ? _attention[receiver, sender] / _even[receiver, sender] : double.NaN);

        public double[,] Heard() => Each((receiver, sender) => _moments > 0 ? (double)_heard[receiver, sender] / _moments : 0);

        private double[,] Each(Func<int, int, double> value)
        {
            double[,] values = new double[agents, agents];
            for (int receiver = 0; receiver < agents; receiver++)
            {
                for (int sender = 0; sender < agents; sender++) values[receiver, sender] = value(receiver, sender);
            }

            return values;
        }
    }
}
