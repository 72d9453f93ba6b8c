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
/// With several copies an axis for them comes second, and <c>episode_ends</c> is [E, 2] of (step, copy). With several agents in a
/// group their axis comes after that. With several groups each name but <c>info</c>, <c>figures</c>, <c>seeds</c> and <c>episode_ends</c> ends with <c>/GROUP</c>.
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
            foreach (AgentGroup group in environment.Groups)
            {
                string suffix = environment.Groups.Length == 1 ? string.Empty : "/" + group.Name;
                ImmutableArray<int> seen = group.ObservationSpace.Shape;
                _atReset.Add(Track.Of("observations" + suffix, group.Observations, seen, steps + 1));
                _beforeStep.Add(Track.Of("actions" + suffix, group.Actions, group.ActionSpace.Shape, steps));
                _afterStep.Add(Track.Of("rewards" + suffix, group.Rewards, [], steps));
                _afterStep.Add(Track.Of("terminated" + suffix, group.Terminated, [], steps));
                _afterStep.Add(Track.Of("truncated" + suffix, group.Truncated, [], steps));
                for (int part = 0; part < group.RewardParts.Length; part++)
                {
                    _afterStep.Add(Track.Of($"reward/{group.RewardParts[part]}{suffix}", group.RewardPartValues, [], steps, part));
                }

                _finals.Add(Track.Of("final_observations" + suffix, group.FinalObservations, seen, 0));
            }

            foreach (StateField field in environment.State)
            {
                _atReset.Add(Track.Of("info/" + field.Name, field.Values, field.Shape, steps + 1));
            }

            for (int figure = 0; figure < environment.Spec.Figures.Length; figure++)
            {
                _afterStep.Add(Track.Of("figures/" + environment.Spec.Figures[figure].Name, environment.Figures, [], steps, figure));
            }
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

        public static Track Of(string name, Batch source, ImmutableArray<int> shape, int rows, int feature = -1) => source switch
        {
            Batch<float> batch => new Track<float>(name, batch, shape, rows, feature),
            Batch<double> batch => new Track<double>(name, batch, shape, rows, feature),
            Batch<int> batch => new Track<int>(name, batch, shape, rows, feature),
            Batch<byte> batch => new Track<byte>(name, batch, shape, rows, feature),
            Batch<bool> batch => new Track<bool>(name, batch, shape, rows, feature),
            _ => throw new NotSupportedException($"'{name}' holds {source.ElementClrType.Name}, which is not recorded."),
        };

        public abstract void AppendAll();

        public abstract void AppendCopy(int copy);

        public abstract NpyArray ToArray(bool withCopies);
    }

    private sealed class Track<T> : Track
        where T : unmanaged
    {
        private readonly Batch<T> _source;
        private readonly ImmutableArray<int> _shape;
        private readonly int _first;
        private readonly int _features;
        private readonly List<T> _values;

        public Track(string name, Batch<T> source, ImmutableArray<int> shape, int rows, int feature)
            : base(name)
        {
            _source = source;
            _shape = shape;
            _first = Math.Max(feature, 0);
            _features = feature < 0 ? source.Features : 1;
            long size = (long)rows * source.Count * source.Agents * _features;
            if (size > Array.MaxLength / 8)
            {
                throw new GymkhanaException($"'{name}' would have {size} numbers, more than one file can hold. Record fewer steps or copies.");
            }

            _values = new List<T>((int)size);
        }

        public override void AppendAll()
        {
            for (int copy = 0; copy < _source.Count; copy++)
            {
                AppendCopy(copy);
            }
        }

        public override void AppendCopy(int copy)
        {
            for (int agent = 0; agent < _source.Agents; agent++)
            {
                for (int i = 0; i < _features; i++)
                {
                    _values.Add(_source[agent, _first + i, copy]);
                }
            }
        }

        public override NpyArray ToArray(bool withCopies)
        {
            int row = _source.Agents * _features * (withCopies ? _source.Count : 1);
            var shape = new List<long> { row == 0 ? 0 : _values.Count / row };
            if (withCopies)
            {
                shape.Add(_source.Count);
            }

            if (_source.Agents > 1)
            {
                shape.Add(_source.Agents);
            }

            shape.AddRange(_shape.Select(axis => (long)axis));
            return NpyArray.Create<T>(_values.ToArray(), shape.ToArray());
        }
    }
}
