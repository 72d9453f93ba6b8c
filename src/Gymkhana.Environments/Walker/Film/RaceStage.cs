using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>
/// What is seen of a race: sand that feet push, numbered targets that pulse, bursts, traces, walkers whose eyes follow their targets. It
/// is told how the walkers stand after each step. Same race, same picture.
/// </summary>
public sealed class RaceStage
{
    private readonly RaceRules _rules;
    private readonly SandField _sand;
    private readonly RunnerMoment[] _runners;
    private readonly RunnerLook[] _looks;
    private readonly int[] _order;
    private readonly Rgba[] _colours;

    /// <summary>The stage before the first step.</summary>
    /// <param name="rules">The rules of the race.</param>
    /// <param name="runners">How each walker stands.</param>
    public RaceStage(RaceRules rules, ReadOnlySpan<RunnerMoment> runners)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules;
        _sand = new SandField(rules.Seed);
        _runners = runners.ToArray();
        _order = new int[runners.Length];
        _looks = new RunnerLook[runners.Length];
        _colours = new Rgba[runners.Length];
        for (int walker = 0; walker < runners.Length; walker++)
        {
            _colours[walker] = rules.ColourOf(walker);
            _looks[walker] = new RunnerLook(_colours[walker]);
            _looks[walker].Start(runners[walker].Pose, runners[walker].Target);
        }
    }

    /// <summary>The sand.</summary>
    public SandField Sand => _sand;

    /// <summary>The colours of the walkers, which bursts dye the sand with.</summary>
    public ReadOnlySpan<Rgba> Colours => _colours;

    /// <summary>Moves everything by a step of 1/60 s.</summary>
    /// <param name="runners">How each walker stands after it.</param>
    public void Advance(ReadOnlySpan<RunnerMoment> runners)
    {
        runners.CopyTo(_runners);
        for (int walker = 0; walker < _runners.Length; walker++)
        {
            RunnerMoment runner = _runners[walker];
            for (int foot = 0; foot < WalkerBody.Feet; foot++) _sand.Push(runner.Pose.Points[foot], runner.Pose.Friction[foot]);
            if (runner.ReachedNow)
            {
                _sand.Burst(runner.ReachedTarget, (byte)walker);
                _looks[walker].Burst(runner.ReachedTarget);
            }

            _looks[walker].Advance(runner.Pose, runner.Target);
        }

        _sand.Step();
    }

    /// <summary>Draws what stands on the sand.</summary>
    /// <param name="scene">Receives it, in units of the world.</param>
    public void Draw(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        foreach (RunnerLook look in _looks) look.DrawTrace(scene);
        SortByRank();
        for (int i = 0; i < _order.Length; i++)
        {
            int walker = _order[i];
            if (HasFinished(walker)) continue;

            // Targets at one place lie on each other; those below show as rims.
            int above = 0;
            for (int j = i + 1; j < _order.Length; j++) above += _runners[_order[j]].Target == _runners[walker].Target && !HasFinished(_order[j]) ? 1 : 0;
            _looks[walker].DrawTarget(scene, _runners[walker].Target, _runners[walker].Reached + 1, above);
        }

        foreach (RunnerMoment runner in _runners) WalkerFigure.DrawShadow(scene, runner.Pose);
        foreach (RunnerLook look in _looks) look.DrawBurst(scene);
        int leader = RunnerMoment.LeaderOf(_runners);
        for (int walker = 0; walker < _runners.Length; walker++)
        {
            if (walker != leader) _looks[walker].Figure.Draw(scene, _runners[walker].Pose);
        }

        _looks[leader].Figure.Draw(scene, _runners[leader].Pose);
    }

    /// <summary>Keeps how everything stands.</summary>
    /// <returns>What <see cref="Restore"/> goes back to.</returns>
    public Memory Save() => new((RunnerMoment[])_runners.Clone(), [.. _looks.Select(look => look.Copy())], _sand.Save());

    /// <summary>Goes back, or forward, to how everything stood; what follows is the same bits as it was then.</summary>
    /// <param name="memory">What <see cref="Save"/> of this stage gave.</param>
    public void Restore(Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.Runners.CopyTo(_runners, 0);
        for (int walker = 0; walker < _looks.Length; walker++) _looks[walker] = memory.Looks[walker].Copy();
        _sand.Restore(memory.Sand);
    }

    private bool HasFinished(int walker) => _rules.AreAll(_runners[walker].Reached);

    // Ascending: who came first at its latest target is drawn last, on top.
    private void SortByRank()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            int at = i;
            while (at > 0 && _runners[_order[at - 1]].Rank > _runners[i].Rank)
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = i;
        }
    }

    /// <summary>How a stage stood after a step.</summary>
    public sealed class Memory
    {
        internal Memory(RunnerMoment[] runners, RunnerLook[] looks, SandMemory sand) => (Runners, Looks, Sand) = (runners, looks, sand);

        internal RunnerMoment[] Runners { get; }

        internal RunnerLook[] Looks { get; }

        internal SandMemory Sand { get; }
    }
}
