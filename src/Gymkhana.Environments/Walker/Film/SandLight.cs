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
    private const int Tiles = Side / TileSide;
    private const int TileCells = Coarse * TileSide;
    private const float GrainRadius = 0.62f; // Cells; drawn a little larger than it is, so that the sand closes.

    private static readonly Rgba Shade = new(0x8d, 0x84, 0x78);
    private static readonly Rgba Gold = new(0xcd, 0xac, 0x78);

    private readonly Vector3[] _tone;
    private readonly float[] _light;
    private readonly short[] _grains = new short[Side * Side];
    private readonly float[] _height = new float[Side * Side];
    private readonly bool[] _touched = new bool[Tiles * Tiles];
    private readonly uint[] _colours;
    private readonly float[] _screenX;
    private readonly float[] _screenY;
    private readonly float _level;

    public SandLight(int count, KeyedStream random)
    {
        _tone = new Vector3[count];
        _light = new float[count];
        _colours = new uint[count];
        _screenX = new float[count];
        _screenY = new float[count];
        _level = count * (float)(Coarse * Coarse) / (SandField.Cells * SandField.Cells);
        for (int grain = 0; grain < count; grain++)
        {
            float gold = random.NextSingle(), brightness = 0.52f + (0.26f * random.NextSingle());
            Rgba tone = Rgba.Lerp(Shade, Gold, gold * gold);
            _tone[grain] = new Vector3(tone.R, tone.G, tone.B) * brightness;
        }
    }

    /// <summary>A grain came into a cell.</summary>
    public void Enter(int cell) => Change(cell, 1);

    /// <summary>A grain left a cell.</summary>
    public void Leave(int cell) => Change(cell, -1);

    /// <summary>The look of what lies at a place has changed; cells.</summary>
    public void Touch(float x, float y) => _touched[((int)y / TileCells * Tiles) + ((int)x / TileCells)] = true;

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
            int left = tile % Tiles * TileSide, top = tile / Tiles * TileSide;
            for (int row = top; row < top + TileSide; row++)
            {
                for (int column = left; column < left + TileSide; column++) LightSquare(sand, column, row);
            }
        }
    }

    /// <summary>Draws the grains; those that glow once more and larger.</summary>
    public void Draw(SandField sand, Canvas canvas, PixelMap map, ReadOnlySpan<Rgba> tints)
    {
        float scale = map.Scale * SandField.CellUnits;
        Map(sand.X, _screenX, scale, map.ShiftX);
        Map(sand.Y, _screenY, scale, map.ShiftY);
        ReadOnlySpan<byte> tint = sand.Tints;
        for (int grain = 0; grain < _colours.Length; grain++)
        {
            Vector3 tone = _tone[grain];
            if (tint[grain] != SandField.NoTint)
            {
                Rgba dye = tints[tint[grain] % tints.Length];
                float own = (tone.X + tone.Y + tone.Z) / (3 * 160f);
                tone = new Vector3(dye.R, dye.G, dye.B) * (own + ((1.25f - own) * sand.Glows[grain]));
            }

            tone = Vector3.Min(tone * _light[grain], new Vector3(255));
            _colours[grain] = 0xFF000000 | ((uint)(int)tone.X << 16) | ((uint)(int)tone.Y << 8) | (uint)(int)tone.Z;
        }

        canvas.DrawGrains(_screenX, _screenY, GrainRadius * scale, _colours);
        foreach (int grain in sand.Glowing)
        {
            float radius = (GrainRadius + (0.5f * sand.Glows[grain])) * scale;
            canvas.DrawGrains(_screenX.AsSpan(grain, 1), _screenY.AsSpan(grain, 1), radius, _colours.AsSpan(grain, 1));
        }
    }

    private static void Map(ReadOnlySpan<float> from, Span<float> to, float scale, float shift)
    {
        int at = 0;
        var factor = new Vector<float>(scale);
        var offset = new Vector<float>(shift);
        for (; at <= from.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            ((new Vector<float>(from[at..]) * factor) + offset).CopyTo(to[at..]);
        }

        for (; at < from.Length; at++) to[at] = (from[at] * scale) + shift;
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
                float light = 0.86f + (0.34f * Math.Clamp(here - 1, -1, 1.5f)) + (0.42f * Math.Clamp(lee - sunward, -1.2f, 1.2f));
                light = Math.Clamp(light, 0.38f, 1.75f);
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
}
