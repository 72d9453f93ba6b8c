using System.Numerics;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>
/// How sand looks: every grain has a tone of its own, and where grains lie closer the sand counts as higher, so that ridges and furrows
/// are lit from the upper left. Only tiles that something moved in are lit anew.
/// </summary>
internal sealed class SandLight
{
    private const int Coarse = 4; // Cells along the side of a square that one height is known for.
    private const int Side = SandField.Cells / Coarse;
    private const int TileSide = 8; // Heights along the side of a tile.

    /// <summary>Tiles along each side of the field.</summary>
    public const int Tiles = Side / TileSide;

    /// <summary>Cells along each side of a tile.</summary>
    public const int TileCells = Coarse * TileSide;

    private static readonly Rgba Shade = new(0x92, 0x86, 0x7a);
    private static readonly Rgba Gold = new(0xd8, 0xae, 0x72);

    private readonly Vector3[] _tone;
    private readonly float[] _light;
    private readonly short[] _grains = new short[Side * Side];
    private readonly float[] _height = new float[Side * Side];
    private readonly bool[] _touched = new bool[Tiles * Tiles];
    private readonly bool[] _stale = new bool[Tiles * Tiles];
    private readonly float _level;

    public SandLight(int count, KeyedStream random)
    {
        _tone = new Vector3[count];
        _light = new float[count];
        _level = count * (float)(Coarse * Coarse) / (SandField.Cells * SandField.Cells);
        for (int grain = 0; grain < count; grain++)
        {
            float gold = random.NextSingle(), brightness = 0.6f + (0.28f * random.NextSingle());
            Rgba tone = Rgba.Lerp(Shade, Gold, gold * gold);
            _tone[grain] = new Vector3(tone.R, tone.G, tone.B) * brightness;
        }
    }

    /// <summary>A grain came into a cell.</summary>
    public void Enter(int cell) => Change(cell, 1);

    /// <summary>A grain left a cell.</summary>
    public void Leave(int cell) => Change(cell, -1);

    /// <summary>Which tiles, row by row, look other than when they were last drawn; who draws them clears them.</summary>
    public Span<bool> Stale => _stale;

    /// <summary>A grain at a place has moved or changed its colour; cells.</summary>
    public void Touch(float x, float y)
    {
        const float Reach = 2;
        int left = (int)MathF.Max(x - Reach, 0) / TileCells, right = Math.Min((int)(x + Reach), SandField.Cells - 1) / TileCells;
        int top = (int)MathF.Max(y - Reach, 0) / TileCells, bottom = Math.Min((int)(y + Reach), SandField.Cells - 1) / TileCells;
        _stale[(top * Tiles) + left] = true;
        _stale[(top * Tiles) + right] = true;
        _stale[(bottom * Tiles) + left] = true;
        _stale[(bottom * Tiles) + right] = true;
    }

    /// <summary>Lights the whole field.</summary>
    public void ShadeAll(SandField sand)
    {
        _grains.AsSpan().Clear();
        for (int cell = 0; cell < SandField.Cells * SandField.Cells; cell++)
        {
            _grains[Square(cell)] += (short)sand.GrainsIn(cell).Length;
        }

        _touched.AsSpan().Fill(true);
        ShadeTouched(sand);
    }

    /// <summary>Lights the tiles that something changed in.</summary>
    public void ShadeTouched(SandField sand)
    {
        for (int tile = 0; tile < _touched.Length; tile++)
        {
            if (_touched[tile]) Raise(tile % Tiles * TileSide, tile / Tiles * TileSide);
        }

        for (int tile = 0; tile < _touched.Length; tile++)
        {
            if (!_touched[tile]) continue;
            _touched[tile] = false;
            _stale[tile] = true;
            int left = tile % Tiles * TileSide, top = tile / Tiles * TileSide;
            for (int row = top; row < top + TileSide; row++)
            {
                for (int column = left; column < left + TileSide; column++) LightSquare(sand, column, row);
            }
        }
    }

    /// <summary>Keeps how the grains look.</summary>
    public Memory Save() => new((float[])_light.Clone(), (short[])_grains.Clone(), (float[])_height.Clone());

    /// <summary>Lets them look as they did; every tile is stale then.</summary>
    public void Restore(Memory memory)
    {
        memory.Light.CopyTo(_light, 0);
        memory.Grains.CopyTo(_grains, 0);
        memory.Heights.CopyTo(_height, 0);
        _touched.AsSpan().Clear();
        _stale.AsSpan().Fill(true);
    }

    /// <summary>The colour of a grain, for <see cref="Canvas"/>.</summary>
    public uint ColourOf(SandField sand, int grain, ReadOnlySpan<Rgba> tints)
    {
        Vector3 tone = _tone[grain];
        byte tint = sand.Tints[grain];
        if (tint != SandField.NoTint)
        {
            Rgba dye = tints[tint % tints.Length];
            float own = (tone.X + tone.Y + tone.Z) / (3 * 165f);
            tone = new Vector3(dye.R, dye.G, dye.B) * (own + ((1.3f - own) * sand.Glows[grain]));
        }

        tone = Vector3.Min(tone * _light[grain], new Vector3(255));
        return 0xFF000000 | ((uint)(int)tone.X << 16) | ((uint)(int)tone.Y << 8) | (uint)(int)tone.Z;
    }

    private static int Square(int cell) => (cell / SandField.Cells / Coarse * Side) + (cell % SandField.Cells / Coarse);

    private void Change(int cell, int by)
    {
        int x = cell % SandField.Cells, y = cell / SandField.Cells;
        _grains[(y / Coarse * Side) + (x / Coarse)] += (short)by;

        // The height of a square depends on its neighbours', and the light on the heights around.
        const int Far = 3 * Coarse;
        int left = Math.Max(0, x - Far) / TileCells, right = Math.Min(SandField.Cells - 1, x + Far) / TileCells;
        int top = Math.Max(0, y - Far) / TileCells, bottom = Math.Min(SandField.Cells - 1, y + Far) / TileCells;
        _touched[(top * Tiles) + left] = true;
        _touched[(top * Tiles) + right] = true;
        _touched[(bottom * Tiles) + left] = true;
        _touched[(bottom * Tiles) + right] = true;
    }

    private void Raise(int left, int top)
    {
        for (int row = top; row < top + TileSide; row++)
        {
            int above = Math.Max(row - 1, 0) * Side, here = row * Side, below = Math.Min(row + 1, Side - 1) * Side;
            for (int column = left; column < left + TileSide; column++)
            {
                int before = Math.Max(column - 1, 0), after = Math.Min(column + 1, Side - 1);
                float near = _grains[above + column] + _grains[below + column] + _grains[here + before] + _grains[here + after];
                float far = _grains[above + before] + _grains[above + after] + _grains[below + before] + _grains[below + after];
                _height[here + column] = ((4 * _grains[here + column]) + (2 * near) + far) / (16 * _level);
            }
        }
    }

    private void LightSquare(SandField sand, int column, int row)
    {
        for (int y = row * Coarse; y < (row + 1) * Coarse; y++)
        {
            for (int x = column * Coarse; x < (column + 1) * Coarse; x++)
            {
                ReadOnlySpan<int> grains = sand.GrainsIn((y * SandField.Cells) + x);
                if (grains.IsEmpty) continue;
                float sunward = HeightAt(x - Coarse, y - Coarse), lee = HeightAt(x + Coarse, y + Coarse), here = HeightAt(x, y);
                float light = 0.84f + (0.3f * Math.Clamp(here - 1, -1, 1.5f)) + (0.5f * Math.Clamp(lee - sunward, -1.2f, 1.2f));
                light = Math.Clamp(light, 0.34f, 1.75f);
                foreach (int grain in grains) _light[grain] = light;
            }
        }
    }

    // Between the heights of four squares, by area.
    private float HeightAt(int x, int y)
    {
        float u = Math.Clamp((x + 0.5f) / Coarse - 0.5f, 0, Side - 1.001f), v = Math.Clamp((y + 0.5f) / Coarse - 0.5f, 0, Side - 1.001f);
        int column = (int)u, row = (int)v, at = (row * Side) + column;
        float right = u - column, down = v - row;
        float upper = _height[at] + (right * (_height[at + 1] - _height[at]));
        float lower = _height[at + Side] + (right * (_height[at + Side + 1] - _height[at + Side]));
        return upper + (down * (lower - upper));
    }

    /// <summary>How grains looked after a step.</summary>
    internal sealed record Memory(float[] Light, short[] Grains, float[] Heights);
}
