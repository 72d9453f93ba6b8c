namespace Gymkhana.Tensors.Kernels;

/// <summary>Moves runs of elements.</summary>
internal static unsafe class Blocks
{
    /// <summary>to = from, or to += from.</summary>
    /// <param name="from">The elements; do not overlap <paramref name="to"/>.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="count">How many.</param>
    /// <param name="add">Whether they are added to what is there.</param>
    public static void Put(float* from, float* to, int count, bool add)
    {
        if (add)
        {
            Elementwise.Map(default(Same), from, to, count, add: true);
        }
        else
        {
            new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
        }
    }

    /// <summary>to = value in every element, or to += value.</summary>
    /// <param name="value">The number.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="count">How many elements.</param>
    /// <param name="add">Whether it is added to what is there.</param>
    public static void Fill(float value, float* to, int count, bool add)
    {
        if (add)
        {
            Elementwise.Map(new Plus(value), to, to, count, add: false);
        }
        else
        {
            new Span<float>(to, count).Fill(value);
        }
    }
}
