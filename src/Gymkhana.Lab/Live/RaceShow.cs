using System.Net.WebSockets;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Lab.Live;

/// <summary>One of those who race.</summary>
/// <param name="Id">What the client called it.</param>
/// <param name="Policy">What acts.</param>
internal sealed record Starter(string Id, IPolicy Policy);

/// <summary>A race on sand, which can be gone back and forth in.</summary>
internal sealed class RaceShow : IShow
{
    private const float Margin = 25; // units around the square
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(60); // on the way to a moment, before what is seen there is sent

    private readonly IReadOnlyList<Starter> _starters;
    private readonly RaceFrame _frame = new();
    private readonly Scene _scene = new();
    private RaceRules _rules;
    private RaceReplay _race;
    private SandChanges _changes;
    private double _moment;
    private bool _wasOver;

    /// <summary>A race about to begin.</summary>
    /// <param name="starters">Who races.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="hand">The policy of the starter that the client drives, or null.</param>
    /// <exception cref="GymkhanaException">A policy is not for walkers.</exception>
    public RaceShow(IReadOnlyList<Starter> starters, RaceRules rules, Hand? hand)
    {
        (_starters, _rules, Hand) = (starters, rules, hand);
        _race = Begin();
        _changes = new SandChanges(_race.Stage);
    }

    /// <inheritdoc/>
    public ulong Seed => _rules.Seed;

    /// <inheritdoc/>
    public Hand? Hand { get; }

    /// <inheritdoc/>
    public bool IsAtEnd => _race.IsAtEnd;

    /// <inheritdoc/>
    public void Restart(ulong seed)
    {
        if (seed != _rules.Seed || (Hand is not null && _race.Known > 0)) // what was driven is not driven again
        {
            _rules = _rules with { Seed = seed };
            _race = Begin();
            _changes = new SandChanges(_race.Stage);
        }

        _moment = 0;
        _race.GoTowards(0, Patience);
        _frame.TellAll();
        _wasOver = false;
    }

    /// <inheritdoc/>
    public void Step()
    {
        _race.GoTowards(_race.Step + 1, Patience);
        _moment = _race.Step / WalkerRace.StepsPerSecond;
    }

    /// <inheritdoc/>
    public void Advance(double seconds)
    {
        _moment += seconds;
        if (!_race.GoTowards((int)(_moment * WalkerRace.StepsPerSecond), Patience)) _moment = _race.Step / WalkerRace.StepsPerSecond; // slower than real time
    }

    /// <inheritdoc/>
    public bool GoTowards(double seconds)
    {
        int step = (int)Math.Round(Math.Min(seconds, _rules.LimitSeconds) * WalkerRace.StepsPerSecond);
        bool isThere = _race.GoTowards(Hand is null ? step : Math.Min(step, _race.Known), Patience); // nobody drives what is skipped
        _moment = _race.Step / WalkerRace.StepsPerSecond;
        return isThere;
    }

    /// <inheritdoc/>
    public Task BeginAsync(LabSocket socket) => socket.SendAsync(
        new RaceBeginMessage(
            "begin", _rules.Targets, _rules.Seed, _rules.LimitSeconds, 1 / WalkerRace.StepsPerSecond,
            [.. _starters.Select((s, walker) => new RaceWalker(s.Id, NameOf(s), _rules.ColourOf(walker).ToString()))],
            new SandPlan(_race.Stage.Sand.Count, SandField.Cells, WalkerBody.WorldSize, SandChanges.GrainRadius, SandChanges.GlowRadius)),
        LabJson.Default.RaceBeginMessage);

    /// <inheritdoc/>
    public async Task SendAsync(LabSocket socket, uint frame)
    {
        if (_race.IsOver && !_wasOver) await socket.SendAsync(End(), LabJson.Default.RaceEndMessage);
        _wasOver = _race.IsOver;
        _scene.Clear();
        _scene.Viewport = new Viewport(-Margin, -Margin, WalkerBody.WorldSize + Margin, WalkerBody.WorldSize + Margin, YUp: false);
        _scene.Background = default;
        _race.Stage.Draw(_scene);
        _frame.Write(frame, _race, Hand is not null, _changes, _scene);
        await socket.SendAsync(_frame.Bytes, WebSocketMessageType.Binary);
    }

    private static string NameOf(Starter starter) => starter.Id[(starter.Id.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private RaceReplay Begin() => new(new WalkerRace([.. _starters.Select(s => s.Policy)], _rules));

    private RaceEndMessage End() => new(
        "end", _race.Seconds,
        [.. _race.Order().Select(walker => new RacePlace(walker, NameOf(_starters[walker]), _race.Runners[walker].Reached, _race.Runners[walker].Reached > 0 ? _race.Runners[walker].SecondsAtLastTarget : null))]);
}
