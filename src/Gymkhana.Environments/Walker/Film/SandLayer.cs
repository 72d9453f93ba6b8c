using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>A picture of sand on a backdrop that is kept from frame to frame: only tiles in which something changed are drawn again.</summary>
internal sealed class SandLayer
{
    private const int Overlap = 3; // Cells around a tile whose grains may reach into it.
    public const float GrainRadius = 0.66f; // Cells; drawn a little larger than it is, so that the sand closes.
    public const float GlowRadius = 0.5f; // What a grain in full glow is larger by, cells.

    private readonly Canvas _backdrop;
    private readonly Canvas _picture;
    private readonly Canvas _tile;
    private readonly PixelMap _map;
    private readonly float _scale;
    private float[] _x = new float[4096];
    private float[] _y = new float[4096];
    private float[] _radius = new float[4096];
    private uint[] _colour = new uint[4096];
    private bool _begun;

    public SandLayer(Canvas backdrop, PixelMap map)
    {
        _backdrop = backdrop;
        _picture = new Canvas(backdrop.Width, backdrop.Height);
        _map = map;
        _scale = map.Scale * SandField.CellUnits;
        int side = (int)MathF.Ceiling((SandLight.TileCells + (2 * Overlap)) * _scale) + 4;
        _tile = new Canvas(Math.Max(side, 16), Math.Max(side, 16));
    }

    /// <summary>Brings the picture up to date.</summary>
    /// <returns>The picture: backdrop and sand. It stays this layer's.</returns>
    public Canvas Update(SandField sand, ReadOnlySpan<Rgba> tints)
    {
        Span<bool> stale = sand.Light.Stale;
        if (!_begun)
        {
            _picture.CopyFrom(_backdrop);
            stale.Fill(true);
            _begun = true;
        }

        for (int tile = 0; tile < stale.Length; tile++)
        {
            if (!stale[tile]) continue;
            stale[tile] = false;
            DrawTile(sand, tile % SandLight.Tiles, tile / SandLight.Tiles, tints);
        }

        return _picture;
    }

    private void DrawTile(SandField sand, int column, int row, ReadOnlySpan<Rgba> tints)
    {
        int left = column * SandLight.TileCells, top = row * SandLight.TileCells;
        int fromX = Edge(left, _map.ShiftX), toX = Edge(left + SandLight.TileCells, _map.ShiftX);
        int fromY = Edge(top, _map.ShiftY), toY = Edge(top + SandLight.TileCells, _map.ShiftY);
        int margin = (int)MathF.Ceiling(Overlap * _scale) + 1;
        Vector2 origin = new(fromX - margin, fromY - margin);
        CopyBackdrop(fromX - margin, fromY - margin);
        int count = Gather(sand, left, top, origin, tints);
        _tile.DrawGrains(_x.AsSpan(0, count), _y.AsSpan(0, count), _radius.AsSpan(0, count), _colour.AsSpan(0, count));
        toX = Math.Min(toX, _picture.Width);
        toY = Math.Min(toY, _picture.Height);
        for (int y = Math.Max(fromY, 0), start = Math.Max(fromX, 0); y < toY && start < toX; y++)
        {
            int at = ((y - fromY + margin) * _tile.Width) + start - fromX + margin;
            _tile.Pixels.Slice(at, toX - start).CopyTo(_picture.Pixels[((y * _picture.Width) + start)..]);
        }
    }

    private int Edge(int cell, float shift) => (int)MathF.Round((cell * _scale) + shift);

    private void CopyBackdrop(int left, int top)
    {
        _tile.Pixels.Clear();
        int from = Math.Max(0, -left), to = Math.Min(_tile.Width, _backdrop.Width - left);
        for (int y = Math.Max(0, -top); y < Math.Min(_tile.Height, _backdrop.Height - top) && from < to; y++)
        {
            _backdrop.Pixels.Slice(((top + y) * _backdrop.Width) + left + from, to - from).CopyTo(_tile.Pixels[((y * _tile.Width) + from)..]);
        }
    }

    private int Gather(SandField sand, int left, int top, Vector2 origin, ReadOnlySpan<Rgba> tints)
    {
        int count = 0;
        int right = Math.Min(left + SandLight.TileCells + Overlap, SandField.Cells), bottom = Math.Min(top + SandLight.TileCells + Overlap, SandField.Cells);
        float shiftX = _map.ShiftX - origin.X, shiftY = _map.ShiftY - origin.Y;
        for (int y = Math.Max(0, top - Overlap); y < bottom; y++)
        {
            for (int x = Math.Max(0, left - Overlap); x < right; x++)
            {
                foreach (int grain in sand.GrainsIn((y * SandField.Cells) + x))
                {
                    if (count == _x.Length) Grow();
                    _x[count] = (sand.X[grain] * _scale) + shiftX;
                    _y[count] = (sand.Y[grain] * _scale) + shiftY;
                    _radius[count] = (GrainRadius + (GlowRadius * sand.Glows[grain])) * _scale;
                    _colour[count++] = sand.Light.ColourOf(sand, grain, tints);
                }
            }
        }

        return count;
    }

    private void Grow()
    {
        Array.Resize(ref _x, _x.Length * 2);
        Array.Resize(ref _y, _y.Length * 2);
        Array.Resize(ref _radius, _radius.Length * 2);
        Array.Resize(ref _colour, _colour.Length * 2);
    }
}
