using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>Some of the copies, acted in by one thread. What a copy does depends on its own seed and streams only, so the sharing out changes nothing.</summary>
internal sealed class TeamWorker
{
    private const ulong MostAgents = 1 << 16;
    private readonly IEnvironment _environment;
    private readonly EpisodeTracker _tracker;
    private readonly TeamNetwork _network;
    private readonly TeamRollout _rollout;
    private readonly Tape _tape = new(1) { Recording = false };
    private readonly TeamRows _rows;
    private readonly TeamMoments _last;
    private readonly KeyedStream[][] _streams;
    private readonly ulong[] _seeds;
    private readonly int[] _ages;
    private readonly int[] _places;
    private readonly int _firstCopy;
    private readonly int _firstOfAll;
    private readonly int _copiesOfAll;

    /// <summary>A worker.</summary>
    /// <param name="environment">Its copies.</param>
    /// <param name="layout">Who is of the team in them.</param>
    /// <param name="network">The team's networks.</param>
    /// <param name="rollout">What it fills its part of.</param>
    /// <param name="firstCopy">Where its copies begin in the rollout.</param>
    /// <param name="firstOfAll">Where they begin among the copies of all compositions.</param>
    /// <param name="copiesOfAll">How many those are.</param>
    public TeamWorker(IEnvironment environment, TeamLayout layout, TeamNetwork network, TeamRollout rollout, int firstCopy, int firstOfAll, int copiesOfAll)
    {
        (_environment, _network, _rollout) = (environment, network, rollout);
        (_firstCopy, _firstOfAll, _copiesOfAll) = (firstCopy, firstOfAll, copiesOfAll);
        _tracker = new EpisodeTracker(environment);
        _rows = new TeamRows(layout, environment.Count);
        _last = new TeamMoments(layout, 1, environment.Count);
        _streams = [.. layout.Members.Select(m => Enumerable.Range(0, m.Agents * environment.Count).Select(_ => new KeyedStream(0, 0, StreamPurpose.Acting)).ToArray())];
        _seeds = new ulong[environment.Count];
        _ages = new int[environment.Count];
        _places = new int[environment.Count];
    }

    private int Count => _environment.Count;

    public void Restart(ulong runSeed, long period)
    {
        for (int i = 0; i < _seeds.Length; i++)
        {
            _seeds[i] = EpisodeSeeds.Train(runSeed, period, _firstOfAll + i);
        }

        _environment.Reset(_seeds);
        _tracker.Reset();
        Array.Clear(_ages);
    }

    /// <summary>Plays what was played since the restart once more.</summary>
    public void Replay(ActionLog[] logs)
    {
        for (int step = 0; step < logs[0].Steps; step++)
        {
            for (int m = 0; m < logs.Length; m++)
            {
                MemberRollout member = _rollout.Members[m];
                Batch actions = _environment.Groups[member.Members.Group].Actions;
                int size = actions.Features;
                for (int i = 0; i < Count * member.Members.Agents * size; i++)
                {
                    (int row, int number) = Math.DivRem(i, size);
                    actions.Write(row % member.Members.Agents, number, row / member.Members.Agents, logs[m].At(step, (_firstCopy * member.Members.Agents * size) + i));
                }
            }

            Advance();
        }
    }

    /// <summary>Fills this worker's copies of the rollout.</summary>
    public void Play(ulong runSeed, long update, bool judged)
    {
        ulong agent = 0;
        for (int m = 0; m < _streams.Length; m++)
        {
            int agents = _rollout.Members[m].Members.Agents;
            for (int i = 0; i < _streams[m].Length; i++)
            {
                ulong copy = ((ulong)update * (ulong)_copiesOfAll) + (ulong)(_firstOfAll + (i / agents));
                _streams[m][i].Rekey(runSeed, (copy * MostAgents) + agent + (ulong)(i % agents), StreamPurpose.Acting);
            }

            agent += (ulong)agents;
        }

        for (int t = 0; t < _rollout.Steps; t++)
        {
            Act(t, judged);
            Advance();
            TakeDown(t, judged);
        }

        if (judged)
        {
            _last.Read(_environment, 0, 0, _ages);
            Judge(static (member, values, at, worker) => values.CopyTo(member.NextValues.AsSpan(at - ((worker._rollout.Steps - 1) * member.Lanes))), _rollout.Steps - 1);
        }
    }

    private void Advance()
    {
        _environment.Step();
        _tracker.Observe();
        for (int copy = 0; copy < Count; copy++)
        {
            _ages[copy] = _tracker.Ended[copy] ? 0 : _ages[copy] + 1;
        }
    }

    private void Act(int t, bool judged)
    {
        int step = t + _rollout.Before;
        _rollout.Moments.Read(_environment, step, _firstCopy, _ages);
        for (int copy = 0; copy < Count; copy++)
        {
            _places[copy] = (step * _rollout.Copies) + _firstCopy + copy;
        }

        _rows.Gather(_rollout.Moments, _places);
        TeamNetwork.TeamTensors roomForOutputs = default, roomForValues = default;
        Span<Tensor> outputs = roomForOutputs, values = roomForValues;
        _network.Act(_tape, _rows, outputs, out _);
        if (judged)
        {
            _network.Judge(_tape, _rows, values);
        }

        for (int m = 0; m < _rollout.Members.Length; m++)
        {
            MemberRollout member = _rollout.Members[m];
            ActionHead head = _network.Heads[member.Members.Class];
            int at = At(member, t), rows = Count * member.Members.Agents;
            Span<float> drawn = member.Drawn.AsSpan(at * head.Size, rows * head.Size);
            head.Draw(outputs[m], _streams[m], drawn);
            head.Evaluate(outputs[m], drawn).LogProbability.Values.CopyTo(member.LogProbabilities.AsSpan(at));
            if (judged)
            {
                values[m].Values.CopyTo(member.Outputs.AsSpan(at));
            }

            Batch actions = _environment.Groups[member.Members.Group].Actions;
            for (int row = 0; row < rows; row++)
            {
                (int copy, int agent) = Math.DivRem(row, member.Members.Agents);
                head.Write(drawn.Slice(row * head.Size, head.Size), actions, agent, copy);
                for (int i = 0; i < head.Size; i++)
                {
                    member.Actions[((at + row) * head.Size) + i] = (float)actions.Read(agent, i, copy);
                }
            }
        }

        _tape.Reset();
    }

    private void TakeDown(int t, bool judged)
    {
        bool truncates = false;
        foreach (MemberRollout member in _rollout.Members)
        {
            AgentGroup group = _environment.Groups[member.Members.Group];
            int at = At(member, t);
            for (int row = 0; row < Count * member.Members.Agents; row++)
            {
                (int copy, int agent) = Math.DivRem(row, member.Members.Agents);
                member.Rewards[at + row] = (float)group.Rewards[agent, 0, copy];
                member.Terminated[at + row] = group.Terminated[agent, 0, copy];
                member.Truncated[at + row] = group.Truncated[agent, 0, copy];
                member.FinalValues[at + row] = 0;
                truncates |= member.Truncated[at + row];
            }
        }

        int figures = _environment.Figures.Features;
        for (int copy = 0; copy < Count; copy++)
        {
            int place = (t * _rollout.Copies) + _firstCopy + copy;
            bool ended = _tracker.Ended[copy];
            _rollout.EpisodeLengths[place] = ended ? _tracker.Lengths[copy] : 0;
            _rollout.EpisodeReturns[place] = ended ? _tracker.Returns()[copy] : 0;
            for (int f = 0; f < figures && ended; f++)
            {
                _rollout.EpisodeFigures[(place * figures) + f] = _environment.Figures[0, f, copy];
            }
        }

        if (truncates && judged)
        {
            _last.ReadFinal(_environment);
            Judge(
                static (member, values, at, _) =>
                {
                    for (int row = 0; row < values.Length; row++)
                    {
                        member.FinalValues[at + row] = member.Truncated[at + row] ? values[row] : 0;
                    }
                },
                t);
        }
    }

    // What the critics say of the last moment.
    private void Judge(ValueTaker take, int t)
    {
        for (int copy = 0; copy < Count; copy++)
        {
            _places[copy] = copy;
            _last.Ages[copy] = 0;
        }

        _rows.Gather(_last, _places);
        TeamNetwork.TeamTensors room = default;
        Span<Tensor> values = room;
        _network.Judge(_tape, _rows, values);
        for (int m = 0; m < _rollout.Members.Length; m++)
        {
            take(_rollout.Members[m], values[m].Values, At(_rollout.Members[m], t), this);
        }

        _tape.Reset();
    }

    private int At(MemberRollout member, int t) => (t * member.Lanes) + (_firstCopy * member.Members.Agents);

    private delegate void ValueTaker(MemberRollout member, ReadOnlySpan<float> values, int at, TeamWorker worker);
}
