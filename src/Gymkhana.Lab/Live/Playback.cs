using System.Diagnostics;
using System.Text.Json;

namespace Gymkhana.Lab.Live;

/// <summary>
/// Plays a show in real time, at the pace, with the pauses and jumps that the client wants, and never more than two pictures ahead of what it has
/// drawn. A client that draws nothing gets nothing and costs nothing: time stands still for it.
/// </summary>
/// <param name="show">The show.</param>
/// <param name="paused">Whether it stands still until the client wants it otherwise.</param>
internal sealed class Playback(IShow show, bool paused) : IDisposable
{
    private const int FramesAhead = 2;
    private const double LongestCatchUp = 0.25; // s; a client that lags further misses what lies between
    private const double SlowestPace = 0.05;
    private const double FastestPace = 20;
    private const int MostSteps = 1000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1.0 / 60);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _change = new(0, 1);
    private ulong? _restart;
    private double? _goal;
    private uint _sent;
    private uint _drawn;
    private int _steps;
    private double _pace = 1;
    private bool _isPaused = paused;

    /// <summary>Takes in what the client says.</summary>
    public void Hear(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("type", out JsonElement type)) return;
        lock (_gate)
        {
            switch (type.ValueKind == JsonValueKind.String ? type.GetString() : null)
            {
                case "drawn" when Member(message, "frame", JsonValueKind.Number) is JsonElement frame && frame.TryGetUInt32(out uint number):
                    _drawn = Math.Max(_drawn, Math.Min(number, _sent));
                    break;
                case "pace":
                    if (Number(message, "speed") is double pace) _pace = Math.Clamp(pace, SlowestPace, FastestPace);
                    if (message.TryGetProperty("paused", out JsonElement still) && still.ValueKind is JsonValueKind.True or JsonValueKind.False) _isPaused = still.GetBoolean();
                    break;
                case "step":
                    _steps = Math.Min(_steps + 1, MostSteps);
                    break;
                case "restart":
                    _restart = Member(message, "seed", JsonValueKind.Number) is JsonElement seed && seed.TryGetUInt64(out ulong value) ? value : show.Seed;
                    _goal = null;
                    break;
                case "seek" when Number(message, "seconds") is double seconds:
                    _goal = Math.Max(seconds, 0);
                    break;
                case "drive" when Member(message, "action", JsonValueKind.Array) is JsonElement action:
                    show.Hand?.Take(action);
                    break;
            }

            if (_change.CurrentCount == 0) _change.Release();
        }
    }

    /// <summary>Shows it until the client has gone.</summary>
    public async Task ShowAsync(LabSocket socket)
    {
        await show.BeginAsync(socket);
        show.Restart(show.Seed);
        await show.SendAsync(socket, NextFrame());
        long last = Stopwatch.GetTimestamp();
        while (true)
        {
            Wish wish = Look();
            if (!wish.MayDraw || !(wish.Moves || wish.Steps > 0 || wish.Restart is not null || wish.Goal is not null))
            {
                await _change.WaitAsync(Idle, socket.Gone);
                if (!wish.Moves) last = Stopwatch.GetTimestamp();
                continue;
            }

            double elapsed = Math.Min(Stopwatch.GetElapsedTime(last).TotalSeconds, LongestCatchUp);
            bool isPlain = wish.Restart is null && wish.Goal is null && wish.Steps == 0;
            if (isPlain && elapsed < Tick.TotalSeconds)
            {
                await Task.Delay(Tick - TimeSpan.FromSeconds(elapsed), socket.Gone);
                continue;
            }

            last = Stopwatch.GetTimestamp();
            if (wish.Restart is ulong seed) show.Restart(seed);
            else if (wish.Goal is double goal) Seek(goal);
            else if (wish.Steps > 0) Repeat(wish.Steps);
            else show.Advance(elapsed * wish.Pace);
            await show.SendAsync(socket, NextFrame());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _change.Dispose();

    private readonly record struct Wish(bool MayDraw, bool Moves, ulong? Restart, double? Goal, int Steps, double Pace);

    private static JsonElement? Member(JsonElement message, string name, JsonValueKind kind) =>
        message.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind ? member : null;

    private static double? Number(JsonElement message, string name) =>
        Member(message, name, JsonValueKind.Number) is JsonElement member && member.TryGetDouble(out double value) && double.IsFinite(value) ? value : null;

    private Wish Look()
    {
        lock (_gate)
        {
            bool mayDraw = _sent - _drawn < FramesAhead;
            var wish = new Wish(mayDraw, !_isPaused && !show.IsAtEnd, _restart, _goal, _isPaused ? _steps : 0, _pace);
            if (mayDraw) (_restart, _steps) = (null, 0);
            return wish;
        }
    }

    // A goal stays one until it is reached, unless the client has named another meanwhile.
    private void Seek(double goal)
    {
        if (!show.GoTowards(goal)) return;
        lock (_gate)
        {
            if (_goal == goal) _goal = null;
        }
    }

    private void Repeat(int steps)
    {
        for (int i = 0; i < steps; i++) show.Step();
    }

    private uint NextFrame()
    {
        lock (_gate)
        {
            return ++_sent;
        }
    }
}
