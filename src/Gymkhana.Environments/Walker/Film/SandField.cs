using System.Numerics;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>
/// Sand on the world's square: many small discs that push each other apart, are pushed by gripping feet and thrown by bursts. Only
/// grains that move are simulated; the others sleep until something touches them. Same seed and same pushes, same bits.
/// </summary>
/// <remarks>
/// Lengths inside are in cells of 1000/480 units, a grain's radius is half a cell. A cell knows at most four grains; one that finds
/// its cell full stays awake outside the grid until there is room. <see cref="Step"/> allocates nothing. The look is in
/// <see cref="SandLight"/>.
/// </remarks>
public sealed class SandField
{
    /// <summary>Cells along each side of the square.</summary>
    public const int Cells = 480;

    /// <summary>Grains of a film.</summary>
    public const int DefaultCount = 120_000;

    internal const float CellUnits = WalkerBody.WorldSize / Cells;
    internal const byte NoTint = 255;
    private const int Slots = 4;
    private const int Substeps = 2;
    private const int SettlingSteps = 10;
    private const float Border = 2;
    private const float Damping = 0.3f; // Part of its speed that a grain loses in a frame.
    private const float Separation = 0.4f; // Part of an overlap by which each of the two grains gives way.
    private const float Plasticity = 0.92f; // Part of a push by a neighbour that moves a grain without giving it speed.
    private const float WakingOverlap = 0.1f; // Below it a sleeping grain stays where it is, cells.
    private const float RestingSpeed = 0.012f; // Cells in a substep.
    private const float FastestSpeed = 2.2f; // Cells in a substep.
    private const int RestingFrames = 3;
    private const float FootReach = 8; // Cells that a foot of full grip pushes away from.
    private const float FootPush = 0.25f;
    private const float BurstReach = 24; // Cells.
    private const float BurstSpeed = 0.085f; // Speed for each cell of depth in the burst.
    private const float GlowFrames = 150; // 2.5 s.

    private readonly float[] _x;
    private readonly float[] _y;
    private readonly float[] _lastX;
    private readonly float[] _lastY;
    private readonly int[] _cell;
    private readonly byte[] _rest;
    private readonly byte[] _tint;
    private readonly float[] _glow;
    private readonly int[] _awake;
    private readonly bool[] _isAwake;
    private readonly int[] _glowing;
    private readonly int[] _slots = new int[Cells * Cells * Slots];
    private readonly byte[] _filled = new byte[Cells * Cells];
    private readonly SandLight _light;
    private bool _backwards;
    private int _awakeCount;
    private int _glowingCount;

    /// <summary>Level sand.</summary>
    /// <param name="seed">Where the grains lie and how bright each is.</param>
    /// <param name="count">Grains, at least 1.</param>
    public SandField(ulong seed, int count = DefaultCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _x = new float[count];
        _y = new float[count];
        _lastX = new float[count];
        _lastY = new float[count];
        _cell = new int[count];
        _rest = new byte[count];
        _tint = new byte[count];
        _glow = new float[count];
        _awake = new int[count];
        _isAwake = new bool[count];
        _glowing = new int[count];
        _tint.AsSpan().Fill(NoTint);
        var random = new KeyedStream(seed, 0, StreamPurpose.Scenario);
        Scatter(random);
        _light = new SandLight(count, random);
        for (int grain = 0; grain < count; grain++)
        {
            _cell[grain] = -1;
            Place(grain);
            Wake(grain);
        }

        for (int step = 0; step < SettlingSteps; step++)
        {
            Separate();
            Stop();
            Move();
        }

        Stop();
        Rest(everything: true);
        _light.ShadeAll(this);
    }

    /// <summary>Grains.</summary>
    public int Count { get; }

    /// <summary>Grains that are being simulated; the others sleep.</summary>
    public int AwakeCount => _awakeCount;

    /// <summary>The grains' x, cells, within [2, 478].</summary>
    public ReadOnlySpan<float> X => _x;

    /// <summary>The grains' y, cells, within [2, 478].</summary>
    public ReadOnlySpan<float> Y => _y;

    /// <summary>How the grains look.</summary>
    internal SandLight Light => _light;

    internal ReadOnlySpan<byte> Tints => _tint;

    internal ReadOnlySpan<float> Glows => _glow;

    /// <summary>Moves the sand by one frame, 1/60 s.</summary>
    public void Step()
    {
        for (int substep = 0; substep < Substeps; substep++)
        {
            Separate();
            Move();
        }

        Rest(everything: false);
        Fade();
        _light.ShadeTouched(this);
    }

    /// <summary>Keeps how the sand lies.</summary>
    internal SandMemory Save()
    {
        int[] inCells = new int[Count];
        int known = 0;
        for (int cell = 0; cell < _filled.Length; cell++)
        {
            ReadOnlySpan<int> grains = GrainsIn(cell);
            grains.CopyTo(inCells.AsSpan(known));
            known += grains.Length;
        }

        return new SandMemory
        {
            X = (float[])_x.Clone(),
            Y = (float[])_y.Clone(),
            InCells = inCells[..known],
            Filled = (byte[])_filled.Clone(),
            Tints = (byte[])_tint.Clone(),
            Awake = _awake[.._awakeCount],
            OfAwake = [.. _awake[.._awakeCount].Select(grain => (_lastX[grain], _lastY[grain], _rest[grain]))],
            Glowing = [.. _glowing[.._glowingCount].Select(grain => (grain, _glow[grain]))],
            Backwards = _backwards,
            Light = _light.Save(),
        };
    }

    /// <summary>Lets the sand lie as it did; what follows is the same bits as it was then.</summary>
    internal void Restore(SandMemory memory)
    {
        memory.X.CopyTo(_x, 0);
        memory.Y.CopyTo(_y, 0);
        memory.X.CopyTo(_lastX, 0); // a grain that sleeps has not moved
        memory.Y.CopyTo(_lastY, 0);
        memory.Tints.CopyTo(_tint, 0);
        memory.Filled.CopyTo(_filled, 0);
        _cell.AsSpan().Fill(-1);
        for (int cell = 0, known = 0; cell < _filled.Length; cell++)
        {
            for (int slot = cell * Slots; slot < (cell * Slots) + _filled[cell]; slot++)
            {
                int grain = memory.InCells[known++];
                _slots[slot] = grain;
                _cell[grain] = cell;
            }
        }

        _isAwake.AsSpan().Clear();
        _awakeCount = memory.Awake.Length;
        memory.Awake.CopyTo(_awake, 0);
        for (int i = 0; i < _awakeCount; i++)
        {
            int grain = _awake[i];
            _isAwake[grain] = true;
            (_lastX[grain], _lastY[grain], _rest[grain]) = memory.OfAwake[i];
        }

        _glow.AsSpan().Clear();
        _glowingCount = memory.Glowing.Length;
        for (int i = 0; i < _glowingCount; i++)
        {
            (int grain, float glow) = memory.Glowing[i];
            _glowing[i] = grain;
            _glow[grain] = glow;
        }

        _backwards = memory.Backwards;
        _light.Restore(memory.Light);
    }

    /// <summary>A foot stands on the sand for a frame: grains below it move outwards.</summary>
    /// <param name="centre">Where, units.</param>
    /// <param name="friction">The foot's friction, 0 to 1; its reach is 8 cells at 1.</param>
    public void Push(Vector2 centre, float friction)
    {
        float reach = FootReach * Math.Clamp(friction, 0, 1);
        Sweep(centre, reach, new FootSweep());
    }

    /// <summary>Throws the sand within 50 units outwards and dyes it.</summary>
    /// <param name="centre">Where, units.</param>
    /// <param name="tint">Which of the colours that it will be drawn with, 0 to 254.</param>
    public void Burst(Vector2 centre, byte tint) => Sweep(centre, BurstReach, new BurstSweep { Tint = tint });

    /// <summary>Grains in a cell, at most four.</summary>
    internal ReadOnlySpan<int> GrainsIn(int cell) => _slots.AsSpan(cell * Slots, _filled[cell]);

    private interface ISweep
    {
        void Touch(SandField sand, int grain, float x, float y, float distance, float reach);
    }

    private readonly struct FootSweep : ISweep
    {
        public void Touch(SandField sand, int grain, float x, float y, float distance, float reach)
        {
            float push = FootPush * (reach - distance) / distance;
            sand._x[grain] += x * push;
            sand._y[grain] += y * push;
        }
    }

    private struct BurstSweep : ISweep
    {
        public byte Tint;

        public readonly void Touch(SandField sand, int grain, float x, float y, float distance, float reach)
        {
            float speed = BurstSpeed * (reach - distance) / distance;
            sand._lastX[grain] = sand._x[grain] - (x * speed);
            sand._lastY[grain] = sand._y[grain] - (y * speed);
            sand._tint[grain] = Tint;
            sand._light.Touch(sand._x[grain], sand._y[grain]);
            if (sand._glow[grain] == 0)
            {
                sand._glowing[sand._glowingCount++] = grain;
            }

            sand._glow[grain] = 1;
        }
    }

    private void Sweep<TSweep>(Vector2 centre, float reach, TSweep sweep)
        where TSweep : struct, ISweep
    {
        if (!float.IsFinite(centre.X + centre.Y)) return;
        float x = centre.X / CellUnits, y = centre.Y / CellUnits;
        if (!(x > -reach && y > -reach && x < Cells + reach && y < Cells + reach)) return;
        int left = Math.Max(0, (int)(x - reach)), right = Math.Min(Cells - 1, (int)(x + reach));
        int top = Math.Max(0, (int)(y - reach)), bottom = Math.Min(Cells - 1, (int)(y + reach));
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                foreach (int grain in GrainsIn((row * Cells) + column))
                {
                    float dx = _x[grain] - x, dy = _y[grain] - y;
                    float square = (dx * dx) + (dy * dy);
                    if (square < reach * reach && square > 1e-6f)
                    {
                        Wake(grain);
                        sweep.Touch(this, grain, dx, dy, MathF.Sqrt(square), reach);
                    }
                }
            }
        }
    }

    // One grain in each of nearly square boxes, somewhere in it: even, without rows.
    private void Scatter(KeyedStream random)
    {
        const float Side = Cells - (2 * Border);
        int columns = (int)MathF.Ceiling(MathF.Sqrt(Count)), rows = (Count + columns - 1) / columns;
        for (int grain = 0; grain < Count; grain++)
        {
            float column = (grain % columns) + random.Uniform(0.1f, 0.9f), row = (grain / columns) + random.Uniform(0.1f, 0.9f);
            _x[grain] = _lastX[grain] = Border + (column / columns * Side);
            _y[grain] = _lastY[grain] = Border + (row / rows * Side);
        }
    }

    private void Wake(int grain)
    {
        _rest[grain] = 0;
        if (!_isAwake[grain])
        {
            _isAwake[grain] = true;
            _awake[_awakeCount++] = grain;
        }
    }

    private void Separate()
    {
        // In turn from either end: in one direction alone, pushes would run ahead of the sweep and the sand would creep that way.
        // Grains woken on the way take their turn in the next pass.
        _backwards = !_backwards;
        int count = _awakeCount;
        for (int i = 0; i < count; i++)
        {
            int grain = _awake[_backwards ? count - 1 - i : i];
            float x = _x[grain], y = _y[grain], lastX = _lastX[grain], lastY = _lastY[grain];
            int column = Math.Clamp((int)x, 1, Cells - 2), row = Math.Clamp((int)y, 1, Cells - 2);
            int corner = ((row - 1) * Cells) + column - 1;
            for (int line = 0; line < 3; line++, corner += Cells)
            {
                for (int cell = corner; cell < corner + 3; cell++)
                {
                    int first = cell * Slots, end = first + _filled[cell];
                    for (int slot = first; slot < end; slot++)
                    {
                        int other = _slots[slot];
                        float dx = x - _x[other], dy = y - _y[other];
                        float square = (dx * dx) + (dy * dy);
                        if (square < 1 && square > 1e-4f)
                        {
                            float distance = MathF.Sqrt(square);
                            float overlap = 1 - distance;
                            float part = Separation * overlap / distance;
                            float moveX = dx * part, moveY = dy * part;
                            bool gives = _isAwake[other] || overlap > WakingOverlap;
                            if (gives)
                            {
                                if (!_isAwake[other]) Wake(other);
                                _x[other] -= moveX;
                                _y[other] -= moveY;
                                _lastX[other] -= Plasticity * moveX;
                                _lastY[other] -= Plasticity * moveY;
                            }

                            x += moveX;
                            y += moveY;
                            lastX += Plasticity * moveX;
                            lastY += Plasticity * moveY;
                        }
                    }
                }
            }

            _x[grain] = x;
            _y[grain] = y;
            _lastX[grain] = lastX;
            _lastY[grain] = lastY;
        }
    }

    private void Move()
    {
        for (int i = 0; i < _awakeCount; i++)
        {
            int grain = _awake[i];
            float x = _x[grain], y = _y[grain];
            float speedX = Math.Clamp(x - _lastX[grain], -FastestSpeed, FastestSpeed), speedY = Math.Clamp(y - _lastY[grain], -FastestSpeed, FastestSpeed);
            _lastX[grain] = x;
            _lastY[grain] = y;
            _x[grain] = Math.Clamp(x + speedX, Border, Cells - Border);
            _y[grain] = Math.Clamp(y + speedY, Border, Cells - Border);
            _light.Touch(_x[grain], _y[grain]);
            Place(grain);
        }
    }

    private void Stop()
    {
        for (int i = 0; i < _awakeCount; i++)
        {
            int grain = _awake[i];
            _lastX[grain] = _x[grain] = Math.Clamp(_x[grain], Border, Cells - Border);
            _lastY[grain] = _y[grain] = Math.Clamp(_y[grain], Border, Cells - Border);
        }
    }

    // Damps the speeds and lets grains that have been slow for some frames sleep, keeping the others in order.
    private void Rest(bool everything)
    {
        int kept = 0;
        for (int i = 0; i < _awakeCount; i++)
        {
            int grain = _awake[i];
            float speedX = _x[grain] - _lastX[grain], speedY = _y[grain] - _lastY[grain];
            bool slow = (speedX * speedX) + (speedY * speedY) < RestingSpeed * RestingSpeed;
            _rest[grain] = slow ? (byte)(_rest[grain] + 1) : (byte)0;
            if (_cell[grain] >= 0 && (everything || _rest[grain] >= RestingFrames))
            {
                _isAwake[grain] = false;
                _lastX[grain] = _x[grain];
                _lastY[grain] = _y[grain];
                continue;
            }

            _rest[grain] = Math.Min(_rest[grain], (byte)RestingFrames);
            _lastX[grain] += Damping * speedX;
            _lastY[grain] += Damping * speedY;
            _awake[kept++] = grain;
        }

        _awakeCount = kept;
    }

    private void Fade()
    {
        int kept = 0;
        for (int i = 0; i < _glowingCount; i++)
        {
            int grain = _glowing[i];
            _glow[grain] = MathF.Max(0, _glow[grain] - (1 / GlowFrames));
            _light.Touch(_x[grain], _y[grain]);
            if (_glow[grain] > 0)
            {
                _glowing[kept++] = grain;
            }
        }

        _glowingCount = kept;
    }

    private void Place(int grain)
    {
        int cell = ((int)_y[grain] * Cells) + (int)_x[grain], before = _cell[grain];
        if (cell == before) return;
        if (before >= 0)
        {
            int first = before * Slots, last = first + --_filled[before];
            int slot = _slots.AsSpan(first, Slots).IndexOf(grain) + first;
            _slots[slot] = _slots[last];
            _light.Leave(before);
        }

        if (_filled[cell] == Slots)
        {
            _cell[grain] = -1;
            return;
        }

        _slots[(cell * Slots) + _filled[cell]++] = grain;
        _cell[grain] = cell;
        _light.Enter(cell);
    }
}
