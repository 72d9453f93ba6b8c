namespace Gymkhana.Environments.Walker.Film;

/// <summary>A grain as it is shown elsewhere.</summary>
/// <param name="Grain">Its number, from 0.</param>
/// <param name="X">Its x, in 1/65536 of the side of the square.</param>
/// <param name="Y">Its y, likewise, downwards.</param>
/// <param name="Look">Red, green, blue and glow, from the lowest byte.</param>
public readonly record struct ShownGrain(int Grain, ushort X, ushort Y, uint Look);

/// <summary>
/// Finds the grains that look other than when they were last told of, for somebody who shows the sand elsewhere. Only tiles in which
/// something happened are looked at; a change that nobody could see is not told.
/// </summary>
public sealed class SandChanges
{
    private const float Scale = 65536f / SandField.Cells;
    private const int LeastShift = 5; // 1/27 of a cell
    private const int LeastTone = 3; // of 255, in one of the channels

    private readonly RaceStage _stage;
    private readonly SandField _sand;
    private readonly ShownGrain[] _told;
    private readonly ShownGrain[] _news;

    /// <summary>Nothing was told yet.</summary>
    /// <param name="stage">The stage with the sand; nobody else may ask the sand what is stale.</param>
    public SandChanges(RaceStage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        _stage = stage;
        _sand = stage.Sand;
        _told = new ShownGrain[_sand.Count];
        _news = new ShownGrain[_sand.Count];
    }

    /// <summary>Radius of a grain in a picture, cells.</summary>
    public static float GrainRadius => SandLayer.GrainRadius;

    /// <summary>What a grain in full glow has more, cells.</summary>
    public static float GlowRadius => SandLayer.GlowRadius;

    /// <summary>Tells of all grains.</summary>
    /// <returns>Each of them; valid until the next call.</returns>
    public ReadOnlySpan<ShownGrain> All()
    {
        _sand.Light.Stale.Clear();
        for (int grain = 0; grain < _told.Length; grain++) _told[grain] = Show(grain);
        return _told;
    }

    /// <summary>Tells of the grains that have changed.</summary>
    /// <returns>Each of them; valid until the next call.</returns>
    public ReadOnlySpan<ShownGrain> Next()
    {
        int count = 0;
        Span<bool> stale = _sand.Light.Stale;
        for (int tile = 0; tile < stale.Length; tile++)
        {
            if (!stale[tile]) continue;
            stale[tile] = false;
            int left = tile % SandLight.Tiles * SandLight.TileCells, top = tile / SandLight.Tiles * SandLight.TileCells;
            for (int row = top; row < top + SandLight.TileCells; row++)
            {
                for (int cell = (row * SandField.Cells) + left; cell < (row * SandField.Cells) + left + SandLight.TileCells; cell++)
                {
                    foreach (int grain in _sand.GrainsIn(cell))
                    {
                        ShownGrain now = Show(grain);
                        if (!Differs(now, _told[grain])) continue;
                        _told[grain] = _news[count++] = now;
                    }
                }
            }
        }

        return _news.AsSpan(0, count);
    }

    private static bool Differs(in ShownGrain now, in ShownGrain before)
    {
        if (Math.Abs(now.X - before.X) >= LeastShift || Math.Abs(now.Y - before.Y) >= LeastShift) return true;
        uint a = now.Look, b = before.Look;
        if (a == b) return false;
        return Gap(a, b) >= LeastTone || Gap(a >> 8, b >> 8) >= LeastTone || Gap(a >> 16, b >> 16) >= LeastTone || Gap(a >> 24, b >> 24) >= LeastTone
            || (a >> 24 == 0) != (b >> 24 == 0);
    }

    private static int Gap(uint a, uint b) => Math.Abs((int)(a & 255) - (int)(b & 255));

    private ShownGrain Show(int grain)
    {
        uint colour = _sand.Light.ColourOf(_sand, grain, _stage.Colours); // alpha, red, green, blue from the highest byte
        uint look = ((colour >> 16) & 0xFF) | (colour & 0xFF00) | ((colour & 0xFF) << 16) | ((uint)MathF.Ceiling(_sand.Glows[grain] * 255) << 24);
        return new ShownGrain(grain, (ushort)(_sand.X[grain] * Scale), (ushort)(_sand.Y[grain] * Scale), look);
    }
}
