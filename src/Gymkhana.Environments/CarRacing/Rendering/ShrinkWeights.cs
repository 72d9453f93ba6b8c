namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>
/// How a line of pixels is made shorter: each result is the weighted sum of a first pixel, whole ones, and a last pixel that is the next
/// result's first, times a reciprocal. Weights and reciprocal are whole numbers and every product is rounded down, as in SDL's
/// smooth scaling, which is why white comes out as 253.
/// </summary>
internal sealed class ShrinkWeights
{
    /// <summary>The weight of a whole pixel is 1 shifted left by this.</summary>
    public const int Places = 14;

    private const int One = 1 << Places;

    /// <summary>Weights from one length to a shorter one.</summary>
    /// <param name="from">Pixels of the line.</param>
    /// <param name="to">Pixels of the result, fewer.</param>
    public ShrinkWeights(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(to, from);
        int space = One * from / to;
        Reciprocal = (uint)((One << 16) / space);
        First = new int[to + 1];
        FirstWeight = new uint[to];
        LastWeight = new uint[to];
        FirstWeight[0] = One;
        for (int i = 0; i < to; i++)
        {
            // Pixel `last` is the one in which the sum of weights reaches (i + 1) · space.
            long end = (long)(i + 1) * space;
            int last = (int)((end + One - 1) / One) - 1;
            LastWeight[i] = (uint)(end - ((long)last * One));
            First[i + 1] = last;
            if (i + 1 < to)
            {
                FirstWeight[i + 1] = One - LastWeight[i];
            }
        }
    }

    /// <summary>The first pixel of each result, and at the end the last pixel of the last; a result's last pixel is the next one's first.</summary>
    public int[] First { get; }

    /// <summary>Weight of each result's first pixel.</summary>
    public uint[] FirstWeight { get; }

    /// <summary>Weight of each result's last pixel.</summary>
    public uint[] LastWeight { get; }

    /// <summary>What a weighted sum is multiplied by before 16 places are cut off.</summary>
    public uint Reciprocal { get; }

    /// <summary>What becomes of a line that has the same value everywhere.</summary>
    /// <param name="result">Which pixel of the result.</param>
    /// <param name="value">0–255.</param>
    /// <returns>0–255.</returns>
    public byte OfConstant(int result, uint value)
    {
        uint whole = (uint)(First[result + 1] - First[result] - 1) * value;
        return (byte)(((((value * FirstWeight[result]) >> Places) + whole + ((value * LastWeight[result]) >> Places)) * Reciprocal) >> 16);
    }
}
