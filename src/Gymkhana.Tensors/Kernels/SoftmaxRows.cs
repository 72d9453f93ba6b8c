using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// Softmax and its logarithm over rows, by way of the row's largest element. Rows of up to 16 elements are done sixteen at a
/// time, a row in each lane; their sums are folded in the order of <see cref="LaneSums"/>, so that the bits are those of any
/// other way.
/// </summary>
internal static unsafe class SoftmaxRows
{
    private const int Group = RowSums.Short;

    /// <summary>y = softmax x, or its logarithm.</summary>
    /// <param name="x">[rows, count]; may be <paramref name="y"/>.</param>
    /// <param name="y">[rows, count].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="logarithm">Whether the logarithm is wanted.</param>
    /// <param name="maxima">[rows], receives the largest elements, or null.</param>
    /// <param name="sums">[rows], receives Σ e^(x − largest), or null.</param>
    public static void Forward(float* x, float* y, int rows, int count, bool logarithm, float* maxima = null, float* sums = null)
    {
        if (count is > 0 and <= Group)
        {
            Width.Run(new ShortForward(x, y, rows, count, logarithm, maxima, sums));
            return;
        }

        for (int row = 0; row < rows && count > 0; row++)
        {
            float* from = x + ((nint)row * count);
            float* to = y + ((nint)row * count);
            float max = LaneSums.Max(from, count);
            float shift = float.IsNegativeInfinity(max) ? 0 : max;
            Elementwise.Map(new Shifted(shift), from, to, count, add: false);
            float sum;
            if (logarithm)
            {
                sum = LaneSums.Sum(default(ExponentialOfFirst), to, 1, to, 1, count);
                Elementwise.Map(new Shifted(TensorMath.Log(new Wide1(sum)).Value), to, to, count, add: false);
            }
            else
            {
                Elementwise.Map(default(Exponential), to, to, count, add: false);
                sum = LaneSums.Sum(to, count);
                Elementwise.Map(new DividedBy(sum), to, to, count, add: false);
            }

            if (maxima != null)
            {
                maxima[row] = shift;
            }

            if (sums != null)
            {
                sums[row] = sum;
            }
        }
    }

    /// <summary>
    /// y = softmax of the elements of each row where the mask is not 0, and 0 elsewhere; all 0 in a row where nothing is allowed.
    /// </summary>
    /// <param name="x">[blocks, rows, count]; may be <paramref name="y"/>.</param>
    /// <param name="mask">[rows, count], the same for each block.</param>
    /// <param name="y">[blocks, rows, count].</param>
    /// <param name="blocks">Blocks.</param>
    /// <param name="rows">Rows of a block.</param>
    /// <param name="count">Elements of a row.</param>
    public static void Masked(float* x, float* mask, float* y, int blocks, int rows, int count)
    {
        int size = rows * count;
        for (int block = 0; block < blocks; block++)
        {
            nint start = (nint)block * size;
            Elementwise.Map(default(Hide), x + start, 1, mask, 1, y + start, size, add: false);
        }

        Forward(y, y, blocks * rows, count, logarithm: false);
        for (int block = 0; block < blocks; block++)
        {
            // Where nothing was allowed this was 0 ÷ 0.
            float* to = y + ((nint)block * size);
            Elementwise.Map(default(ZeroWhereHidden), to, 1, mask, 1, to, size, add: false);
        }
    }

    /// <summary>gradient = y (upstream − Σ y · upstream), or for the logarithm upstream − e^y Σ upstream.</summary>
    /// <param name="y">[rows, count], what <see cref="Forward"/> gave.</param>
    /// <param name="upstream">[rows, count].</param>
    /// <param name="gradient">[rows, count].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="logarithm">Whether y is the logarithm.</param>
    /// <param name="add">Whether the gradient is added to what is there.</param>
    public static void Backward(float* y, float* upstream, float* gradient, int rows, int count, bool logarithm, bool add)
    {
        if (count is > 0 and <= Group)
        {
            Width.Run(new ShortBackward(y, upstream, gradient, rows, count, logarithm, add));
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            nint start = (nint)row * count;
            if (logarithm)
            {
                Elementwise.Map(new LogarithmSlope(LaneSums.Sum(upstream + start, count)), y + start, 1, upstream + start, 1, gradient + start, count, add);
            }
            else
            {
                Elementwise.Map(new Slope(LaneSums.Dot(y + start, upstream + start, count)), y + start, 1, upstream + start, 1, gradient + start, count, add);
            }
        }
    }

    private readonly struct ShortForward(float* x, float* y, int rows, int count, bool logarithm, float* maxima, float* sums) : IWideAction
    {
        [SkipLocalsInit]
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            float* columns = stackalloc float[Group * Group];
            float* folded = stackalloc float[Group * Group];
            float* shifts = stackalloc float[Group];
            float* totals = stackalloc float[Group];
            for (int row = 0; row < rows; row += Group)
            {
                int present = Math.Min(Group, rows - row);
                RowSums.Take(x + ((nint)row * count), present, count, columns);
                for (int lane = 0; lane < Group; lane += TWide.Lanes)
                {
                    Lanes<TWide>(columns + lane, folded + lane, shifts + lane, totals + lane);
                }

                Transposition.Copy(columns, Group, count, present, y + ((nint)row * count), count);
                Keep(shifts, maxima, row, present);
                Keep(totals, sums, row, present);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Lanes<TWide>(float* columns, float* folded, float* shifts, float* totals)
            where TWide : unmanaged, IWide<TWide>
        {
            var max = TWide.Load(columns);
            for (int c = 1; c < count; c++)
            {
                max = TWide.Max(max, TWide.Load(columns + (c * Group)));
            }

            max = TWide.Select(TWide.Equal(max, TWide.Broadcast(float.NegativeInfinity)), default, max);
            for (int c = 0; c < count; c++)
            {
                TWide shifted = TWide.Load(columns + (c * Group)) - max;
                TWide power = TensorMath.ExpOfNegative(shifted);
                TWide.Store(power, folded + (c * Group));
                TWide.Store(logarithm ? shifted : power, columns + (c * Group));
            }

            TWide sum = RowSums.Fold<TWide>(folded, count);
            TWide last = logarithm ? TensorMath.Log(sum) : sum;
            for (int c = 0; c < count; c++)
            {
                var value = TWide.Load(columns + (c * Group));
                TWide.Store(logarithm ? value - last : value / last, columns + (c * Group));
            }

            TWide.Store(max, shifts);
            TWide.Store(sum, totals);
        }

        private static void Keep(float* from, float* to, int row, int present)
        {
            if (to != null)
            {
                new ReadOnlySpan<float>(from, present).CopyTo(new Span<float>(to + row, present));
            }
        }
    }

    private readonly struct ShortBackward(float* y, float* upstream, float* gradient, int rows, int count, bool logarithm, bool add) : IWideAction
    {
        [SkipLocalsInit]
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            float* values = stackalloc float[Group * Group];
            float* upstreams = stackalloc float[Group * Group];
            float* folded = stackalloc float[Group * Group];
            for (int row = 0; row < rows; row += Group)
            {
                int present = Math.Min(Group, rows - row);
                nint start = (nint)row * count;
                RowSums.Take(y + start, present, count, values);
                RowSums.Take(upstream + start, present, count, upstreams);
                for (int lane = 0; lane < Group; lane += TWide.Lanes)
                {
                    Lanes<TWide>(values + lane, upstreams + lane, folded + lane);
                }

                if (add)
                {
                    Transposition.Copy(values, Group, count, present, upstreams, count);
                    Blocks.Put(upstreams, gradient + start, present * count, add: true);
                }
                else
                {
                    Transposition.Copy(values, Group, count, present, gradient + start, count);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Lanes<TWide>(float* values, float* upstreams, float* folded)
            where TWide : unmanaged, IWide<TWide>
        {
            for (int c = 0; c < count * Group; c += Group)
            {
                var up = TWide.Load(upstreams + c);
                TWide.Store(logarithm ? up : TWide.Load(values + c) * up, folded + c);
            }

            TWide sum = RowSums.Fold<TWide>(folded, count);
            for (int c = 0; c < count * Group; c += Group)
            {
                TWide value = TWide.Load(values + c), up = TWide.Load(upstreams + c);
                TWide.Store(logarithm ? up - (TensorMath.ExpOfNegative(value) * sum) : value * (up - sum), values + c);
            }
        }
    }

    private readonly struct Hide : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(b, default), TWide.Broadcast(float.NegativeInfinity), a);
    }

    private readonly struct ZeroWhereHidden : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(b, default), default, a);
    }

    private readonly struct Shifted(float shift) : IUnaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x - TWide.Broadcast(shift);
    }

    private readonly struct Exponential : IUnaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.ExpOfNegative(x);
    }

    private readonly struct ExponentialOfFirst : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => TensorMath.ExpOfNegative(a);
    }

    private readonly struct Slope(float dot) : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a * (b - TWide.Broadcast(dot));
    }

    private readonly struct LogarithmSlope(float sum) : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => b - TWide.Multiply(TensorMath.ExpOfNegative(a), sum);
    }
}
