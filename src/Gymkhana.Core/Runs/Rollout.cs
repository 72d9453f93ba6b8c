using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Files;
using Gymkhana.Core.Policies;

namespace Gymkhana.Core.Runs;

/// <summary>Plays policies for a number of steps and keeps everything that happened, as arrays for a <c>.npz</c> file.</summary>
/// <remarks>
/// <para>With T steps, and episodes that end reset in the same step:</para>
/// <list type="bullet">
/// <item><c>observations</c> [T+1, ...]: row 0 after the reset, row t+1 what is seen after step t, which is the first observation of the next episode where one ended.</item>
/// <item><c>actions</c> [T, ...], <c>rewards</c>, <c>terminated</c>, <c>truncated</c> [T]: row t belongs to the step from observation t.</item>
/// <item><c>reward/PART</c> [T]: the named parts that the reward is the sum of.</item>
/// <item><c>episode_ends</c> [E]: the steps t in which an episode ended; <c>final_observations</c> [E, ...]: the last observation of each of them.</item>
/// <item><c>info/FIELD</c> [T+1, ...]: the inner state, row 0 after the reset, row t+1 after step t and before the reset in it, if any.</item>
/// <item><c>figures/NAME</c> [T]: the environment's figures, running totals over the episode that step t belongs to.</item>
/// <item><c>seeds</c> [copies]: the copies' seeds.</item>
/// </list>
/// <para>
/// With several copies an axis for them comes second, and <c>episode_ends</c> is [E, 2] of (step, copy). With several agents each name
/// but <c>info</c>, <c>figures</c>, <c>seeds</c> and <c>episode_ends</c> ends with <c>/AGENT</c>, the agent's own name; and <c>actions</c>, <c>rewards</c>,
/// <c>terminated</c> and <c>truncated</c> are there once more for all agents together, whose axis comes last (before the numbers of an action), in the order of
/// the groups. The actions are left out where agents have different spaces.
/// </para>
/// </remarks>
public static class Rollout
{
    /// <summary>Plays and records.</summary>
    /// <param name="environment">The batch; it is reset first.</param>
    /// <param name="policies">What acts, one for each group.</param>
    /// <param name="seed">Seed of copy 0; copy i has seed + i.</param>
    /// <param name="steps">How many steps, at least 1.</param>
    /// <param name="cancellation">Stops it between two steps.</param>
    /// <returns>The arrays by name.</returns>
    /// <exception cref="PolicyMismatchException">A policy does not fit.</exception>
    /// <exception cref="GymkhanaException">The arrays would be too large.</exception>
    public static IReadOnlyList<(string Name, NpyArray Array)> Record(
        IEnvironment environment, IReadOnlyList<IPolicy> policies, ulong seed, int steps, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (policies.Count != environment.Groups.Length)
        {
            throw new PolicyMismatchException($"{environment.Spec.Id} has {environment.Groups.Length} groups of agents and needs a policy for each, got {policies.Count}.");
        }

        ulong[] seeds = [.. Enumerable.Range(0, environment.Count).Select(i => unchecked(seed + (ulong)i))];
        environment.RecordsState = true;
        environment.Reset(seeds);
        IActor[] actors = [.. policies.Select((policy, group) => policy.CreateActor(environment, group))];
        foreach (IActor actor in actors)
        {
            actor.Reset(seeds);
        }

        var tracks = new Tracks(environment, steps);
        var tracker = new EpisodeTracker(environment);
        tracker.Reset();
        tracks.Begin();
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (IActor actor in actors)
            {
                actor.Act();
            }

            tracks.Acted();
            environment.Step();
            tracker.Observe();
            tracks.Stepped();
            for (int copy = 0; copy < environment.Count; copy++)
            {
                if (tracker.Ended[copy])
                {
                    tracks.Ended(step, copy);
                    foreach (IActor actor in actors)
                    {
                        actor.EpisodeEnded(copy);
                    }
                }
            }
        }

        return [.. tracks.Arrays(), ("seeds", NpyArray.Create<ulong>(seeds, seeds.Length))];
    }

    /// <summary>All that is being recorded.</summary>
    private sealed class Tracks
    {
        private readonly List<Track> _atReset = [];
        private readonly List<Track> _beforeStep = [];
        private readonly List<Track> _afterStep = [];
        private readonly List<Track> _finals = [];
        private readonly List<long> _ends = [];
        private readonly bool _single;

        public Tracks(IEnvironment environment, int steps)
        {
            _single = environment.Count == 1;
            bool several = environment.Groups.Sum(g => g.Agents.Length) > 1;
            if (several)
            {
                AddJoint(environment, steps);
            }

            foreach (AgentGroup group in environment.Groups)
            {
                for (int agent = 0; agent < group.Agents.Length; agent++)
                {
                    AddAgent(group, agent, several ? "/" + group.Agents[agent] : string.Empty, steps);
                }
            }

            foreach (StateField field in environment.State)
            {
                _atReset.Add(Track.Of("info/" + field.Name, [field.Values], field.Shape, steps + 1));
            }

            for (int figure = 0; figure < environment.Spec.Figures.Length; figure++)
            {
                _afterStep.Add(Track.Of("figures/" + environment.Spec.Figures[figure].Name, [environment.Figures], [], steps, feature: figure));
            }
        }

        private void AddJoint(IEnvironment environment, int steps)
        {
            ImmutableArray<AgentGroup> groups = environment.Groups;
            ImmutableArray<int> agents = [groups.Sum(g => g.Agents.Length)];
            if (groups.All(g => g.ActionSpace.Fits(groups[0].ActionSpace)))
            {
                _beforeStep.Add(Track.Of("actions", [.. groups.Select(g => g.Actions)], [.. agents, .. groups[0].ActionSpace.Shape], steps));
            }

            _afterStep.Add(Track.Of("rewards", [.. groups.Select(g => g.Rewards)], agents, steps));
            _afterStep.Add(Track.Of("terminated", [.. groups.Select(g => g.Terminated)], agents, steps));
            _afterStep.Add(Track.Of("truncated", [.. groups.Select(g => g.Truncated)], agents, steps));
        }

        private void AddAgent(AgentGroup group, int agent, string suffix, int steps)
        {
            ImmutableArray<int> seen = group.ObservationSpace.Shape;
            _atReset.Add(Track.Of("observations" + suffix, [group.Observations], seen, steps + 1, agent));
            _beforeStep.Add(Track.Of("actions" + suffix, [group.Actions], group.ActionSpace.Shape, steps, agent));
            _afterStep.Add(Track.Of("rewards" + suffix, [group.Rewards], [], steps, agent));
            _afterStep.Add(Track.Of("terminated" + suffix, [group.Terminated], [], steps, agent));
            _afterStep.Add(Track.Of("truncated" + suffix, [group.Truncated], [], steps, agent));
            for (int part = 0; part < group.RewardParts.Length; part++)
            {
                _afterStep.Add(Track.Of($"reward/{group.RewardParts[part]}{suffix}", [group.RewardPartValues], [], steps, agent, part));
            }

            _finals.Add(Track.Of("final_observations" + suffix, [group.FinalObservations], seen, 0, agent));
        }

        public void Begin() => _atReset.ForEach(t => t.AppendAll());

        public void Acted() => _beforeStep.ForEach(t => t.AppendAll());

        public void Stepped()
        {
            _afterStep.ForEach(t => t.AppendAll());
            _atReset.ForEach(t => t.AppendAll());
        }

        public void Ended(int step, int copy)
        {
            _finals.ForEach(t => t.AppendCopy(copy));
            _ends.Add(step);
            if (!_single)
            {
                _ends.Add(copy);
            }
        }

        public IEnumerable<(string Name, NpyArray Array)> Arrays()
        {
            foreach (Track track in _atReset.Concat(_beforeStep).Concat(_afterStep))
            {
                yield return (track.Name, track.ToArray(withCopies: !_single));
            }

            foreach (Track track in _finals)
            {
                yield return (track.Name, track.ToArray(withCopies: false));
            }

            long[] ends = [.. _ends];
            yield return ("episode_ends", _single ? NpyArray.Create<long>(ends, ends.Length) : NpyArray.Create<long>(ends, ends.Length / 2, 2));
        }
    }

    /// <summary>One array that grows by a row at a time.</summary>
    private abstract class Track(string name)
    {
        public string Name { get; } = name;

        /// <summary>A track of one number or all of one agent or all of some batches.</summary>
        public static Track Of(string name, ImmutableArray<Batch> sources, ImmutableArray<int> shape, int rows, int agent = -1, int feature = -1) => sources[0] switch
        {
            Batch<float> => new Track<float>(name, sources, shape, rows, agent, feature),
            Batch<double> => new Track<double>(name, sources, shape, rows, agent, feature),
            Batch<int> => new Track<int>(name, sources, shape, rows, agent, feature),
            Batch<byte> => new Track<byte>(name, sources, shape, rows, agent, feature),
            Batch<bool> => new Track<bool>(name, sources, shape, rows, agent, feature),
            _ => throw new NotSupportedException($"'{name}' holds {sources[0].ElementClrType.Name}, which is not recorded."),
        };

        public abstract void AppendAll();

        public abstract void AppendCopy(int copy);

        public abstract NpyArray ToArray(bool withCopies);
    }

    private sealed class Track<T> : Track
        where T : unmanaged
    {
        private readonly Batch<T>[] _sources;
        private readonly ImmutableArray<int> _shape;
        private readonly int _agent;
        private readonly int _feature;
        private readonly int _row;
        private readonly int _count;
        private readonly List<T> _values;

        public Track(string name, ImmutableArray<Batch> sources, ImmutableArray<int> shape, int rows, int agent, int feature)
            : base(name)
        {
            _sources = [.. sources.Select(s => s.As<T>())];
            _shape = shape;
            (_agent, _feature) = (agent, feature);
            _row = shape.Aggregate(1, (product, axis) => product * axis);
            _count = sources[0].Count;
            long size = (long)rows * _count * _row;
            if (size > Array.MaxLength / 8)
            {
                throw new GymkhanaException($"'{name}' would have {size} numbers, more than one file can hold. Record fewer steps or copies.");
            }

            _values = new List<T>((int)size);
        }

        public override void AppendAll()
        {
            for (int copy = 0; copy < _count; copy++)
            {
                AppendCopy(copy);
            }
        }

        public override void AppendCopy(int copy)
        {
            foreach (Batch<T> source in _sources)
            {
                int agents = _agent < 0 ? source.Agents : 1, features = _feature < 0 ? source.Features : 1;
                for (int agent = Math.Max(_agent, 0); agents > 0; agent++, agents--)
                {
                    for (int i = 0; i < features; i++)
                    {
                        _values.Add(source[agent, Math.Max(_feature, 0) + i, copy]);
                    }
                }
            }
        }

        public override NpyArray ToArray(bool withCopies)
        {
            int row = _row * (withCopies ? _count : 1);
            var shape = new List<long> { row == 0 ? 0 : _values.Count / row };
            if (withCopies)
            {
                shape.Add(_count);
            }

            shape.AddRange(_shape.Select(axis => (long)axis));
            return NpyArray.Create<T>(_values.ToArray(), shape.ToArray());
        }
    }
}
