using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Lab.Live;

/// <summary>An episode that has ended.</summary>
internal sealed record EpisodeEnd(uint Number, int Steps, double Seconds, double Return, double[] Figures);

/// <summary>
/// Plays a policy in one copy of an environment and shows it at any moment: between two steps where the world can, at its shorter steps where it has
/// some, else as it stands after the last step.
/// </summary>
internal sealed class ScenePlayer
{
    private readonly IEnvironment _environment;
    private readonly IDrawable _drawable;
    private readonly IActor[] _actors;
    private readonly EpisodeTracker _tracker;
    private readonly Scene[] _between; // pictures of the shorter steps of the last step
    private readonly Scene _scene = new();
    private readonly double[] _figures;
    private readonly float[] _activations;
    private int _drawn;
    private uint _episode;
    private double _reached; // end of the last step, s since the reset
    private bool _isBeginning;

    /// <summary>A player; call <see cref="Reset"/> first.</summary>
    /// <param name="environment">One copy.</param>
    /// <param name="policy">What acts; where it does not fit a group, chance does.</param>
    /// <param name="driven">The agent that a person drives, or null.</param>
    /// <param name="networkAt">Finds the network in an actor.</param>
    /// <exception cref="GymkhanaException">The world has no picture or no such agent, or the policy fits no group.</exception>
    public ScenePlayer(IEnvironment environment, IPolicy policy, string? driven, Func<IActor, IEnvironment, ILiveNetwork?> networkAt)
    {
        _environment = environment;
        _drawable = environment as IDrawable ?? throw new RefusedException(400, $"{environment.Spec.Id} has no picture.");
        (int drivenGroup, int drivenAgent) = driven is null ? (-1, -1) : Find(environment, driven);
        _actors = new IActor[environment.Groups.Length];
        PolicyMismatchException? misfit = null;
        int fits = 0;
        List<string> names = [];
        for (int group = 0; group < _actors.Length; group++)
        {
            AgentGroup agents = environment.Groups[group];
            bool isAlone = group == drivenGroup && agents.Agents.Length == 1;
            if (!isAlone && !TryBind(policy, environment, group, ref misfit)) names.Add($"random {agents.Name}");
            else if (!isAlone) fits++;
            if (group != drivenGroup) continue;
            Hand = new Hand(agents.ActionSpace);
            _actors[group] = Hand.ActorOf(agents, drivenAgent, isAlone ? null : _actors[group]);
        }

        if (fits == 0 && driven is null) throw misfit!; // every group has refused it
        if (fits > 0) names.Insert(0, policy.Name);
        if (Hand is not null) names.Insert(0, Hand.Name);
        Name = names.Count == 1 ? names[0] : $"{names[0]}, with {string.Join(" and ", names.Skip(1))}";
        Network = networkAt(_actors[0], environment);
        _activations = new float[Network?.Diagram.Nodes.Length ?? 0];
        _tracker = new EpisodeTracker(environment);
        _figures = new double[environment.Spec.Figures.Length];
        _between = environment is ISubstepped { Substeps: > 1 } stepped ? [.. Enumerable.Range(1, stepped.Substeps - 1).Select(_ => new Scene())] : [];
        if (environment is ISubstepped substepped && _between.Length > 0) substepped.BetweenSubsteps = DrawBetween;
        if (environment is ICommunicating { TalkRange: > 0 and < double.PositiveInfinity } talking) talking.KeepsLinks = true;
    }

    /// <summary>Who acts.</summary>
    public string Name { get; }

    /// <summary>What drives an agent, or null.</summary>
    public Hand? Hand { get; }

    /// <summary>The network at work in the first group, or null.</summary>
    public ILiveNetwork? Network { get; }

    /// <summary>Told each episode that has ended.</summary>
    public Action<EpisodeEnd>? Ended { get; set; }

    /// <summary>Length of a step, s.</summary>
    public double StepSeconds => _environment.Spec.StepSeconds;

    /// <summary>Begins with the episode of a seed.</summary>
    public void Reset(ulong seed)
    {
        _environment.Reset([seed]);
        Array.ForEach(_actors, actor => actor.Reset([seed]));
        _tracker.Reset();
        (_episode, _reached, _isBeginning) = (1, 0, true);
        Draw(1);
    }

    /// <summary>Steps until a moment is reached.</summary>
    /// <param name="moment">Simulated time since the reset, s.</param>
    public void Advance(double moment)
    {
        while (_reached < moment) Step();
    }

    /// <summary>Makes one step.</summary>
    /// <returns>The moment that is reached.</returns>
    public double Step()
    {
        if (_tracker.Ended[0]) _episode++;
        _drawn = 0;
        Array.ForEach(_actors, actor => actor.Act());
        _environment.Step();
        _tracker.Observe();
        _reached += StepSeconds;
        _isBeginning = _tracker.Ended[0];
        if (_isBeginning)
        {
            Array.ForEach(_actors, actor => actor.EpisodeEnded(0));
            Ended?.Invoke(new EpisodeEnd(_episode, _tracker.Lengths[0], _tracker.Lengths[0] * StepSeconds, _tracker.Returns()[0], Figures().ToArray()));
        }

        return _reached;
    }

    /// <summary>Writes how it looks at a moment of the last step.</summary>
    /// <param name="frame">Receives the picture.</param>
    /// <param name="number">Number of the frame.</param>
    /// <param name="moment">Simulated time since the reset, s.</param>
    public void Write(FrameBuffer frame, uint number, double moment)
    {
        double part = _isBeginning ? 1 : Math.Clamp(1 - ((_reached - moment) / StepSeconds), 0, 1);
        Scene scene = Draw((float)part);
        var head = new FrameHead(
            number,
            _isBeginning && _tracker.Ended[0] ? _episode + 1 : _episode,
            _isBeginning ? 0 : (uint)_tracker.Lengths[0],
            _isBeginning ? 0 : (_tracker.Lengths[0] - 1 + part) * StepSeconds,
            _isBeginning ? 0 : (float)_tracker.Returns()[0]);
        if (_isBeginning) Array.Clear(_figures);
        else Figures();
        Network?.Read(_activations);
        SceneFrame.Write(frame, head, _figures, scene, _activations);
    }

    private static (int Group, int Agent) Find(IEnvironment environment, string agent)
    {
        for (int group = 0; group < environment.Groups.Length; group++)
        {
            int index = environment.Groups[group].Agents.IndexOf(agent);
            if (index >= 0) return (group, index);
        }

        throw new RefusedException(400, $"{environment.Spec.Id} has no agent '{agent}' here; it has {string.Join(", ", environment.Groups.SelectMany(g => g.Agents))}.");
    }

    // Where the policy does not fit a group, chance acts.
    private bool TryBind(IPolicy policy, IEnvironment environment, int group, ref PolicyMismatchException? misfit)
    {
        try
        {
            _actors[group] = policy.CreateActor(environment, group);
            return true;
        }
        catch (PolicyMismatchException failure)
        {
            misfit ??= failure;
            _actors[group] = new RandomPolicy().CreateActor(environment, group);
            return false;
        }
    }

    private ReadOnlySpan<double> Figures()
    {
        for (int i = 0; i < _figures.Length; i++) _figures[i] = _environment.Figures[0, i, 0];
        return _figures;
    }

    private Scene Draw(float part)
    {
        int between = (int)(part * (_between.Length + 1)) - 1;
        if (!_isBeginning && between >= 0 && between < _drawn) return _between[between];
        _scene.Clear();
        if (_drawable is ISmoothlyDrawable smooth) smooth.Draw(0, _scene, part);
        else _drawable.Draw(0, _scene);
        return _scene;
    }

    private void DrawBetween()
    {
        if (_drawn == _between.Length) return;
        Scene scene = _between[_drawn++];
        scene.Clear();
        _drawable.Draw(0, scene);
    }
}
