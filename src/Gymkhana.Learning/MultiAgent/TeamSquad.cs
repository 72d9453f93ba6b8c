using Gymkhana.Core.Environments;
using Gymkhana.Learning.Buffers;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>The copies of one composition of the team: those who play in them, what was played, and what of it is learned from at a time.</summary>
internal sealed class TeamSquad
{
    private readonly ActionLog[] _logs;
    private readonly int[] _order;
    private readonly int[] _places;
    private readonly float[] _gathered;
    private readonly int _parts;

    /// <summary>A squad that has not played yet.</summary>
    /// <param name="settings">The settings of the whole.</param>
    /// <param name="network">The team's networks.</param>
    /// <param name="create">Makes a batch of so many copies of the environment.</param>
    /// <param name="first">Where the squad's copies begin among all.</param>
    /// <param name="copies">How many they are.</param>
    /// <param name="threads">How many threads may play.</param>
    /// <param name="rolloutsPerPeriod">Rollouts between two restarts.</param>
    public TeamSquad(MappoSettings settings, TeamNetwork network, Func<int, IEnvironment> create, int first, int copies, int threads, int rolloutsPerPeriod)
    {
        IEnvironment[] worlds = new IEnvironment[Math.Min(threads, copies)];
        int First(int worker) => (int)((long)copies * worker / worlds.Length);
        for (int i = 0; i < worlds.Length; i++)
        {
            worlds[i] = create(First(i + 1) - First(i));
        }

        TeamLayout[] layouts = [.. worlds.Select(w => TeamLayout.Of(settings.Team, w, "the team", withState: true))];
        Layout = layouts[0];
        Rollout = new TeamRollout(Layout, network, settings.Steps, copies, worlds[0].Figures.Features);
        Workers = [.. worlds.Select((w, i) => new TeamWorker(w, layouts[i], network, Rollout, First(i), first + First(i), settings.Copies))];
        _logs = [.. Layout.Members.Select(m => new ActionLog(settings.Team.Classes[m.Class].Actor, copies * m.Agents, rolloutsPerPeriod * settings.Steps))];
        _parts = settings.Minibatches;
        int most = (Rollout.Count + _parts - 1) / _parts;
        Rows = new TeamRows(Layout, most);
        _places = new int[most];
        _gathered = new float[most * Layout.Members.Max(m => m.Agents * Math.Max(1, network.Heads[m.Class].Size))];
        _order = new int[Rollout.Count];
    }

    public TeamLayout Layout { get; }

    public TeamRollout Rollout { get; }

    public TeamWorker[] Workers { get; }

    /// <summary>What the networks take of the moments that were gathered.</summary>
    public TeamRows Rows { get; }

    /// <summary>Agent-steps of a rollout.</summary>
    public long AgentSteps => (long)Rollout.Count * Layout.Agents;

    public void Log(bool restart)
    {
        for (int m = 0; m < _logs.Length; m++)
        {
            if (restart)
            {
                _logs[m].Clear();
            }

            _logs[m].Append(Rollout.Members[m].Actions);
        }
    }

    /// <summary>Plays what was played since the restart once more, in the copies of one worker.</summary>
    public void Replay(TeamWorker worker) => worker.Replay(_logs);

    /// <summary>Puts the moments in the order of the rollout.</summary>
    public void Sort()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }
    }

    /// <summary>The moments, to be shuffled.</summary>
    public Span<int> Order => _order;

    /// <summary>Gathers one part of the moments, in their order, into <see cref="Rows"/>.</summary>
    /// <returns>The moments.</returns>
    public ReadOnlySpan<int> Gather(int part)
    {
        int first = Boundary(part);
        ReadOnlySpan<int> moments = _order.AsSpan(first, Boundary(part + 1) - first);
        for (int i = 0; i < moments.Length; i++)
        {
            _places[i] = moments[i] + (Rollout.Before * Rollout.Copies);
        }

        Rows.Gather(Rollout.Moments, _places.AsSpan(0, moments.Length));
        return moments;
    }

    /// <summary>Moments in a part.</summary>
    public int MomentsIn(int part) => Boundary(part + 1) - Boundary(part);

    /// <summary>The rows of some moments, of so many numbers each; good until the next call.</summary>
    public ReadOnlySpan<float> Take(float[] source, ReadOnlySpan<int> moments, int size)
    {
        for (int i = 0; i < moments.Length; i++)
        {
            source.AsSpan(moments[i] * size, size).CopyTo(_gathered.AsSpan(i * size));
        }

        return _gathered.AsSpan(0, moments.Length * size);
    }

    public void Save(BinaryWriter writer)
    {
        foreach (ActionLog log in _logs)
        {
            log.Save(writer);
        }

        Rollout.Moments.SaveLast(writer, Rollout.Before);
    }

    public void Load(BinaryReader reader)
    {
        foreach (ActionLog log in _logs)
        {
            log.Load(reader);
        }

        Rollout.Moments.LoadLast(reader, Rollout.Before);
    }

    private int Boundary(int part) => (int)((long)_order.Length * part / _parts);
}
