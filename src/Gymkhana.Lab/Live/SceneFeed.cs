using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Live;

/// <summary>
/// Shows a policy at work: steps it in real time and sends pictures, no more than two ahead of what the client has drawn. A client that draws nothing
/// gets nothing and costs nothing: time stands still for it.
/// </summary>
internal sealed class SceneFeed : IDisposable
{
    private const int FramesAhead = 2;
    private const double LongestCatchUp = 0.25; // s; a client that lags further misses what lies between
    private const double SlowestPace = 0.05;
    private const double FastestPace = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1.0 / 60);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly ScenePlayer _player;
    private readonly SceneFrame _frame = new();
    private readonly Queue<EpisodeMessage> _ended = new();
    private readonly SemaphoreSlim _change = new(0, 1);
    private readonly BeginMessage _begin;
    private ulong _seed;
    private ulong? _restart;
    private uint _sent;
    private uint _drawn;
    private int _steps;
    private double _pace = 1;
    private bool _isPaused;
    private double _moment;

    /// <summary>A feed of one scene.</summary>
    /// <param name="environment">One copy.</param>
    /// <param name="policy">What acts.</param>
    /// <param name="seed">Seed of the first episode.</param>
    /// <param name="networkAt">Finds the network in an actor.</param>
    public SceneFeed(IEnvironment environment, IPolicy policy, ulong seed, Func<IActor, IEnvironment, ILiveNetwork?> networkAt)
    {
        _player = new ScenePlayer(environment, policy, networkAt)
        {
            Ended = end => _ended.Enqueue(new EpisodeMessage("episode", end.Number, _seed, end.Steps, end.Seconds, end.Return, end.Figures)),
        };
        _seed = seed;
        _begin = new BeginMessage(
            "begin", environment.Spec.Id, _player.Name, seed, _player.StepSeconds, [.. environment.Spec.Figures.Select(f => new FigureRow(f.Name, f.Unit, f.Description))],
            _player.Network is null ? null : NetworkPlan.Of(_player.Network.Diagram));
    }

    /// <summary>Takes in what the client says.</summary>
    public void Hear(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("type", out JsonElement type)) return;
        lock (_gate)
        {
            switch (type.ValueKind == JsonValueKind.String ? type.GetString() : null)
            {
                case "drawn" when message.TryGetProperty("frame", out JsonElement frame) && frame.TryGetUInt32(out uint number):
                    _drawn = Math.Max(_drawn, Math.Min(number, _sent));
                    break;
                case "pace":
                    if (message.TryGetProperty("speed", out JsonElement speed) && speed.TryGetDouble(out double pace) && double.IsFinite(pace)) _pace = Math.Clamp(pace, SlowestPace, FastestPace);
                    if (message.TryGetProperty("paused", out JsonElement paused) && paused.ValueKind is JsonValueKind.True or JsonValueKind.False) _isPaused = paused.GetBoolean();
                    break;
                case "step":
                    _steps = Math.Min(_steps + 1, 1000);
                    break;
                case "restart":
                    _restart = message.TryGetProperty("seed", out JsonElement seed) && seed.TryGetUInt64(out ulong value) ? value : _seed;
                    break;
            }

            if (_change.CurrentCount == 0) _change.Release();
        }
    }

    /// <summary>Shows the scene until the client has gone.</summary>
    public async Task ShowAsync(LabSocket socket)
    {
        await socket.SendAsync(_begin, LabJson.Default.BeginMessage);
        _player.Reset(_seed);
        await SendFrameAsync(socket);
        long last = Stopwatch.GetTimestamp();
        while (true)
        {
            (bool mayDraw, bool moves, ulong? restart, int steps, double pace) = Look();
            if (!mayDraw || !(moves || steps > 0 || restart is not null))
            {
                await _change.WaitAsync(Idle, socket.Gone);
                if (!moves) last = Stopwatch.GetTimestamp();
                continue;
            }

            double elapsed = Math.Min(Stopwatch.GetElapsedTime(last).TotalSeconds, LongestCatchUp);
            if (restart is null && steps == 0 && elapsed < Tick.TotalSeconds)
            {
                await Task.Delay(Tick - TimeSpan.FromSeconds(elapsed), socket.Gone);
                continue;
            }

            last = Stopwatch.GetTimestamp();
            if (restart is ulong seed)
            {
                _player.Reset(_seed = seed);
                _moment = 0;
            }
            else if (steps > 0)
            {
                for (int i = 0; i < steps; i++) _moment = _player.Step();
            }
            else
            {
                _moment += elapsed * pace;
                _player.Advance(_moment);
            }

            while (_ended.TryDequeue(out EpisodeMessage? end)) await socket.SendAsync(end, LabJson.Default.EpisodeMessage);
            await SendFrameAsync(socket);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _change.Dispose();

    private (bool MayDraw, bool Moves, ulong? Restart, int Steps, double Pace) Look()
    {
        lock (_gate)
        {
            bool mayDraw = _sent - _drawn < FramesAhead;
            var look = (mayDraw, !_isPaused, _restart, _isPaused ? _steps : 0, _pace);
            if (mayDraw) (_restart, _steps) = (null, 0);
            return look;
        }
    }

    private async Task SendFrameAsync(LabSocket socket)
    {
        uint number;
        lock (_gate)
        {
            number = ++_sent;
        }

        _player.Write(_frame, number, _moment);
        await socket.SendAsync(_frame.Bytes, WebSocketMessageType.Binary);
    }
}
