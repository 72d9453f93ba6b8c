namespace Gymkhana.Environments.Drawing;

/// <summary>
/// The coverage of small discs, worked out once: for each radius in steps of 1/8 pixel and each of 8×8 places of the centre
/// within its pixel, the smallest block that holds it, in rows of 4 pixels (radius up to 1.5) or 8 (up to 2).
/// </summary>
internal sealed class GrainMasks
{
    /// <summary>Places of the centre within a pixel, each way.</summary>
    internal const int Places = 8;

    private const int StepsPerPixel = 8;
    private const int FirstLevel = 2;
    private const int LastLevel = 16;
    private const int Chords = 16;

    private static readonly GrainMasks[] Levels = MakeLevels();

    private readonly uint[] _coverages;

    private GrainMasks(int level)
    {
        float radius = level / (float)StepsPerPixel;
        Reach = radius;

        // The centre lies within one pixel, so the disc reaches over at most 1 + 2·r pixels from the block's corner.
        Rows = (int)MathF.Ceiling(2 * radius) + 1;
        Side = Rows <= 4 ? 4 : 8;
        _coverages = new uint[Places * Places * Side * Rows];
        int at = 0;
        for (int placeY = 0; placeY < Places; placeY++)
        {
            for (int placeX = 0; placeX < Places; placeX++)
            {
                // The centre, measured from the block's corner: `Reach` further than the corner of the place, plus half a step.
                float x = Reach + ((placeX + 0.5f) / Places), y = Reach + ((placeY + 0.5f) / Places);
                for (int row = 0; row < Rows; row++)
                {
                    for (int column = 0; column < Side; column++)
                    {
                        uint coverage = (uint)(int)((DiscArea(column - x, row - y, radius) * 255) + 0.5f);
                        _coverages[at++] = coverage | coverage << 16;
                    }
                }
            }
        }
    }

    /// <summary>Pixels in a stored row of a block: 4 or 8.</summary>
    internal int Side { get; }

    /// <summary>Rows of a block.</summary>
    internal int Rows { get; }

    /// <summary>The block's corner is the centre less this, rounded down.</summary>
    internal float Reach { get; }

    /// <summary>All blocks [placeY, placeX, row, column]; the coverage stands in both halves of each word.</summary>
    internal ReadOnlySpan<uint> Coverages => _coverages;

    /// <summary>The masks for the stored radius nearest to <paramref name="radius"/> (0.25-2 pixels).</summary>
    internal static GrainMasks For(float radius) =>
        Levels[(int)Math.Clamp((radius * StepsPerPixel) + 0.5f, FirstLevel, LastLevel) - FirstLevel];

    /// <summary>
    /// The share (0-1) of the unit square with its corner at (<paramref name="x"/>, <paramref name="y"/>) that a disc around the
    /// origin covers: exact along x, the mean of sixteen lines along y.
    /// </summary>
    internal static float DiscArea(float x, float y, float radius)
    {
        float area = 0;
        for (int line = 0; line < Chords; line++)
        {
            float dy = y + ((line + 0.5f) / Chords);
            float square = (radius * radius) - (dy * dy);
            if (square <= 0) continue;
            float chord = MathF.Sqrt(square);
            area += MathF.Max(0, MathF.Min(x + 1, chord) - MathF.Max(x, -chord));
        }

        return MathF.Min(1, area / Chords);
    }

    private static GrainMasks[] MakeLevels()
    {
        var levels = new GrainMasks[LastLevel - FirstLevel + 1];
        for (int level = FirstLevel; level <= LastLevel; level++) levels[level - FirstLevel] = new GrainMasks(level);
        return levels;
    }
}
