using System.Net.WebSockets;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Live;

/// <summary>A policy at work in an environment, episode after episode.</summary>
internal sealed class SceneShow : IShow
{
    private readonly ScenePlayer _player;
    private readonly FrameBuffer _frame = new();
    private readonly Queue<EpisodeMessage> _ended = new();
    private readonly BeginMessage _begin;
    private double _moment;

    /// <summary>A scene.</summary>
    /// <param name="environment">One copy.</param>
    /// <param name="policy">What acts.</param>
    /// <param name="seed">Seed of the first episode.</param>
    /// <param name="driven">The agent that the client drives, or null.</param>
    /// <param name="networkAt">Finds the network in an actor.</param>
    /// <exception cref="GymkhanaException">The world has no picture or no such agent, or the policy fits no group.</exception>
    public SceneShow(IEnvironment environment, IPolicy policy, ulong seed, string? driven, Func<IActor, IEnvironment, ILiveNetwork?> networkAt)
    {
        _player = new ScenePlayer(environment, policy, driven, networkAt)
        {
            Ended = end => _ended.Enqueue(new EpisodeMessage("episode", end.Number, Seed, end.Steps, end.Seconds, end.Return, end.Figures)),
        };
        Seed = seed;
        _begin = new BeginMessage(
            "begin", environment.Spec.Id, _player.Name, seed, _player.StepSeconds, [.. environment.Spec.Figures.Select(f => new FigureRow(f.Name, f.Unit, f.Description))],
            driven is null ? null : _player.Hand?.Line(driven), _player.Network is null ? null : NetworkPlan.Of(_player.Network.Diagram));
    }

    /// <inheritdoc/>
    public ulong Seed { get; private set; }

    /// <inheritdoc/>
    public Hand? Hand => _player.Hand;

    /// <inheritdoc/>
    public bool IsAtEnd => false;

    /// <inheritdoc/>
    public void Restart(ulong seed)
    {
        _player.Reset(Seed = seed);
        _moment = 0;
    }

    /// <inheritdoc/>
    public void Step() => _moment = _player.Step();

    /// <inheritdoc/>
    public void Advance(double seconds)
    {
        _moment += seconds;
        _player.Advance(_moment);
    }

    /// <inheritdoc/>
    public bool GoTowards(double seconds) => true; // what is over is not kept: a scene goes on

    /// <inheritdoc/>
    public Task BeginAsync(LabSocket socket) => socket.SendAsync(_begin, LabJson.Default.BeginMessage);

    /// <inheritdoc/>
    public async Task SendAsync(LabSocket socket, uint frame)
    {
        while (_ended.TryDequeue(out EpisodeMessage? end)) await socket.SendAsync(end, LabJson.Default.EpisodeMessage);
        _frame.Clear();
        _player.Write(_frame, frame, _moment);
        await socket.SendAsync(_frame.Bytes, WebSocketMessageType.Binary);
    }
}
