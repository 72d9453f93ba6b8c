using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>Largest or smallest elements along the middle axis of [outer, count, inner], with inner elements side by side in lanes.</summary>
internal static unsafe class ExtremeColumns
{
    /// <summary>y[o, i] = the extreme of x[o, :, i]; of equals the first. A NaN wins, and nothing wins against it.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="x">[outer, count, inner], count at least 1.</param>
    /// <param name="size">outer, count and inner.</param>
    /// <param name="isMax">Largest or smallest.</param>
    /// <param name="y">[outer, inner].</param>
    /// <param name="places">Receives where each was found along the axis, [outer, inner], as numbers that a float holds.</param>
    public static void Find(Workers workers, float* x, (int Outer, int Count, int Inner) size, bool isMax, float* y, float* places) =>
        RowBlocks.Run(workers, new Search(x, size.Count, size.Inner, isMax, y, places), size.Outer, size.Count * size.Inner);

    /// <summary>Gives each gradient to the element that was found.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="upstream">[outer, inner].</param>
    /// <param name="places">Where each was found.</param>
    /// <param name="size">outer, count and inner.</param>
    /// <param name="gradient">[outer, count, inner].</param>
    /// <param name="add">Whether it is added to what is there; otherwise all is written.</param>
    public static void Spread(Workers workers, float* upstream, float* places, (int Outer, int Count, int Inner) size, float* gradient, bool add) =>
        RowBlocks.Run(workers, new Gradients(upstream, places, size.Count, size.Inner, gradient, add), size.Outer, size.Count * size.Inner);

    private readonly struct Search(float* x, int count, int inner, bool isMax, float* y, float* places) : IRowKernel
    {
        public void Rows(int first, int rows, int worker) => Width.Run(new SearchRows(x, (count, inner), isMax, y, places, (first, rows)));
    }

    private readonly struct SearchRows(float* x, (int Count, int Inner) size, bool isMax, float* y, float* places, (int First, int Count) rows) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            int whole = size.Inner - (size.Inner % TWide.Lanes);
            for (int row = rows.First; row < rows.First + rows.Count; row++)
            {
                float* from = x + ((nint)row * size.Count * size.Inner);
                nint to = (nint)row * size.Inner;
                Columns<TWide>(from, to, 0, whole);
                Columns<Wide1>(from, to, whole, size.Inner);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns<TWide>(float* from, nint to, int first, int end)
            where TWide : unmanaged, IWide<TWide>
        {
            for (int i = first; i < end; i += TWide.Lanes)
            {
                TWide best = TWide.Load(from + i), place = default;
                for (int r = 1; r < size.Count; r++)
                {
                    TWide value = TWide.Load(from + ((nint)r * size.Inner) + i);
                    TWide stays = TWide.Equal(value, best) | (isMax ? TWide.LessThan(value, best) : TWide.LessThan(best, value));

                    // What does not equal itself is NaN, and stays.
                    TWide isNumber = TWide.Equal(best, best);
                    place = TWide.Select(isNumber, TWide.Select(stays, place, TWide.Broadcast(r)), place);
                    best = TWide.Select(isNumber, TWide.Select(stays, best, value), best);
                }

                TWide.Store(best, y + to + i);
                TWide.Store(place, places + to + i);
            }
        }
    }

    private readonly struct Gradients(float* upstream, float* places, int count, int inner, float* gradient, bool add) : IRowKernel
    {
        public void Rows(int first, int rows, int worker) => Width.Run(new GradientRows(upstream, places, (count, inner), gradient, add, (first, rows)));
    }

    private readonly struct GradientRows(float* upstream, float* places, (int Count, int Inner) size, float* gradient, bool add, (int First, int Count) rows) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            int whole = size.Inner - (size.Inner % TWide.Lanes);
            for (int row = rows.First; row < rows.First + rows.Count; row++)
            {
                float* to = gradient + ((nint)row * size.Count * size.Inner);
                nint from = (nint)row * size.Inner;
                Columns<TWide>(from, to, 0, whole);
                Columns<Wide1>(from, to, whole, size.Inner);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns<TWide>(nint from, float* to, int first, int end)
            where TWide : unmanaged, IWide<TWide>
        {
            for (int i = first; i < end; i += TWide.Lanes)
            {
                TWide arrived = TWide.Load(upstream + from + i), place = TWide.Load(places + from + i);
                for (int r = 0; r < size.Count; r++)
                {
                    float* at = to + ((nint)r * size.Inner) + i;
                    TWide share = TWide.Select(TWide.Equal(place, TWide.Broadcast(r)), arrived, default);
                    TWide.Store(add ? TWide.Load(at) + share : share, at);
                }
            }
        }
    }
}
