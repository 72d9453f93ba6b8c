using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Core.Policies;

/// <summary>
/// Acts uniformly at random in the action space. A copy's actions depend on its episode seed, the group and how many were drawn
/// before only, so that the number and order of copies change nothing.
/// </summary>
public sealed class RandomPolicy : IPolicy
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    /// <exception cref="PolicyMismatchException">The action space has an infinite bound.</exception>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        AgentGroup agents = environment.Groups[group];
        if (agents.ActionSpace is BoxSpace box && !(box.Low.All(float.IsFinite) && box.High.All(float.IsFinite)))
        {
            throw new PolicyMismatchException(
                $"The random policy draws between finite bounds, but the actions of '{agents.Name}' in {environment.Spec.Id} are {box}; use another policy.");
        }

        return new Actor(agents, (ulong)group);
    }

    private sealed class Actor : IActor
    {
        private readonly AgentGroup _group;
        private readonly ulong _stream;
        private readonly KeyedStream[] _streams;
        private readonly Draw[] _draws;

        public Actor(AgentGroup group, ulong stream)
        {
            _group = group;
            _stream = stream;
            _streams = new KeyedStream[group.Actions.Count];
            for (int copy = 0; copy < _streams.Length; copy++)
            {
                _streams[copy] = new KeyedStream((ulong)copy, stream, StreamPurpose.Acting);
            }

            _draws = new Draw[group.ActionSpace.Size];
            for (int i = 0; i < _draws.Length; i++)
            {
                _draws[i] = Draw.For(group.ActionSpace, i);
            }
        }

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            if (seeds.Length != _streams.Length)
            {
                throw new ArgumentException($"The random policy acts in {_streams.Length} copies and needs as many seeds, got {seeds.Length}.", nameof(seeds));
            }

            for (int copy = 0; copy < seeds.Length; copy++)
            {
                _streams[copy].Rekey(seeds[copy], _stream, StreamPurpose.Acting);
            }
        }

        public void Act()
        {
            Batch actions = _group.Actions;
            for (int copy = 0; copy < _streams.Length; copy++)
            {
                KeyedStream stream = _streams[copy];
                for (int agent = 0; agent < actions.Agents; agent++)
                {
                    for (int i = 0; i < _draws.Length; i++)
                    {
                        actions.Write(agent, i, copy, _draws[i].From(stream));
                    }
                }
            }
        }

        // The stream goes on: a second episode of the same copy acts differently from the first.
        public void EpisodeEnded(int copy)
        {
        }
    }

    /// <summary>How one number of an action is drawn: real between two bounds, or whole from low on.</summary>
    private readonly record struct Draw(float Low, float High, int Choices)
    {
        public static Draw For(Space space, int index) => space switch
        {
            DiscreteSpace discrete => new Draw(0, 0, discrete.Count),
            MultiDiscreteSpace multi => new Draw(0, 0, multi.Counts[index]),
            BoxSpace { ElementType: ElementType.Float32 } box => new Draw(box.Low[index], box.High[index], 0),
            BoxSpace box => new Draw(box.Low[index], box.High[index], (int)(box.High[index] - box.Low[index]) + 1),
            _ => throw new PolicyMismatchException($"The random policy cannot draw from {space}."),
        };

        public double From(KeyedStream stream) =>
            Choices > 0 ? Low + stream.NextInt(Choices) : Math.Min(High, Low + (((double)High - Low) * stream.NextSingle()));
    }
}
