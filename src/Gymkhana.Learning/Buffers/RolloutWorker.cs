using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Learning.Buffers;

/// <summary>Some of the copies, acted in by one thread. What a copy does depends on its own seed and streams only, so the sharing out changes nothing.</summary>
internal sealed class RolloutWorker
{
    private readonly IEnvironment _environment;
    private readonly AgentGroup _group;
    private readonly EpisodeTracker _tracker;
    private readonly ActingNetwork _network;
    private readonly RolloutBuffer _buffer;
    private readonly NetworkDescription _description;
    private readonly KeyedStream[] _streams;
    private readonly ulong[] _seeds;
    private readonly int[] _truncated;
    private readonly ObservationRows _next;
    private readonly float[] _values;
    private ObservationRows _finals;
    private int _finalCount;

    public RolloutWorker(IEnvironment environment, ActorCritic network, RolloutBuffer buffer, int firstCopy)
    {
        _environment = environment;
        _group = environment.Groups[0];
        _tracker = new EpisodeTracker(environment);
        _network = new ActingNetwork(network, environment.Count);
        _buffer = buffer;
        _description = network.Description;
        FirstCopy = firstCopy;
        _streams = new KeyedStream[environment.Count];
        for (int i = 0; i < _streams.Length; i++)
        {
            _streams[i] = new KeyedStream(0, 0, StreamPurpose.Acting);
        }

        _seeds = new ulong[environment.Count];
        _truncated = new int[environment.Count];
        _values = new float[environment.Count];
        _next = new ObservationRows(_description, environment.Count);
        _finals = new ObservationRows(_description, 1);
    }

    public int FirstCopy { get; }

    public int Count => _environment.Count;

    /// <summary>Whether the final observations of episodes are kept, for a recorder.</summary>
    public bool KeepsFinals { get; set; }

    public void Restart(ulong runSeed, long period)
    {
        for (int i = 0; i < _seeds.Length; i++)
        {
            _seeds[i] = EpisodeSeeds.Train(runSeed, period, FirstCopy + i);
        }

        _environment.Reset(_seeds);
        _tracker.Reset();
    }

    /// <summary>Plays what was played since the restart once more.</summary>
    public void Replay(ActionLog log)
    {
        for (int step = 0; step < log.Steps; step++)
        {
            for (int copy = 0; copy < Count; copy++)
            {
                for (int i = 0; i < _description.ActionSize; i++)
                {
                    _group.Actions.Write(0, i, copy, log.At(step, ((FirstCopy + copy) * _description.ActionSize) + i));
                }
            }

            _environment.Step();
            _tracker.Observe();
        }
    }

    /// <summary>Fills this worker's copies of the buffer.</summary>
    public void Play(ulong runSeed, long update)
    {
        _finalCount = 0;
        _network.Refresh();
        for (int i = 0; i < _streams.Length; i++)
        {
            _streams[i].Rekey(runSeed, ((ulong)update * (ulong)_buffer.Copies) + (ulong)(FirstCopy + i), StreamPurpose.Acting);
        }

        for (int t = 0; t < _buffer.Steps; t++)
        {
            int at = (t * _buffer.Copies) + FirstCopy;
            Act(at);
            _environment.Step();
            _tracker.Observe();
            TakeDown(at);
        }

        _next.Read(_group.Observations, 0);
        _network.Run(_next, 0, Count, [], _buffer.NextValues.AsSpan(FirstCopy, Count));
    }

    /// <summary>The final observation of the episode that a step ended.</summary>
    /// <param name="index">How many of this worker's steps ended one before it.</param>
    /// <returns>Where it lies.</returns>
    public (ObservationRows Rows, int Row) Final(int index) => (_finals, index);

    /// <summary>What one of its copies sees after the last step.</summary>
    public (ObservationRows Rows, int Row) Next(int copy) => (_next, copy - FirstCopy);

    private void Act(int at)
    {
        ActionHead head = _network.Head;
        _buffer.Observations.Read(_group.Observations, at);
        Span<float> outputs = _buffer.Outputs.AsSpan(at * head.Outputs, Count * head.Outputs);
        _network.Run(_buffer.Observations, at, Count, outputs, _buffer.Values.AsSpan(at, Count));
        Span<float> drawn = _buffer.Drawn.AsSpan(at * head.Size, Count * head.Size);
        _network.Draw(outputs, _streams, drawn);
        for (int copy = 0; copy < Count; copy++)
        {
            head.Write(drawn.Slice(copy * head.Size, head.Size), _group.Actions, 0, copy);
            for (int i = 0; i < head.Size; i++)
            {
                _buffer.Actions[((at + copy) * head.Size) + i] = (float)_group.Actions.Read(0, i, copy);
            }
        }
    }

    private void TakeDown(int at)
    {
        ReadOnlySpan<double> rewards = _group.Rewards.Lane(0);
        ReadOnlySpan<bool> terminated = _group.Terminated.Lane(0), truncated = _group.Truncated.Lane(0), ended = _tracker.Ended;
        ReadOnlySpan<double> returns = _tracker.Returns();
        int truncations = 0;
        for (int copy = 0; copy < Count; copy++)
        {
            _buffer.Rewards[at + copy] = (float)rewards[copy];
            _buffer.Terminated[at + copy] = terminated[copy];
            _buffer.Truncated[at + copy] = truncated[copy];
            _buffer.EpisodeLengths[at + copy] = ended[copy] ? _tracker.Lengths[copy] : 0;
            _buffer.EpisodeReturns[at + copy] = ended[copy] ? returns[copy] : 0;
            if (!ended[copy])
            {
                continue;
            }

            if (KeepsFinals)
            {
                KeepFinal(copy);
            }

            if (!terminated[copy])
            {
                _next.ReadCopy(_group.FinalObservations, copy, truncations);
                _truncated[truncations++] = copy;
            }
        }

        if (truncations > 0)
        {
            _network.Run(_next, 0, truncations, [], _values.AsSpan(0, truncations));
            for (int i = 0; i < truncations; i++)
            {
                _buffer.FinalValues[at + _truncated[i]] = _values[i];
            }
        }
    }

    private void KeepFinal(int copy)
    {
        if (_finalCount == _finals.Capacity)
        {
            var larger = new ObservationRows(_description, 2 * _finals.Capacity);
            int[] all = new int[_finalCount];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = i;
            }

            larger.Gather(_finals, all);
            _finals = larger;
        }

        _finals.ReadCopy(_group.FinalObservations, copy, _finalCount++);
    }
}
