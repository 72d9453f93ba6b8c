using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>Arithmetic of two tensors, with the shapes broadcast as NumPy does.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>a + b.</summary>
    /// <param name="left">a.</param>
    /// <param name="right">b, of a shape that goes with a's.</param>
    public static Tensor operator +(Tensor left, Tensor right) => Binary<AddFunction>.Of(left, right);

    /// <summary>a − b.</summary>
    /// <param name="left">a.</param>
    /// <param name="right">b, of a shape that goes with a's.</param>
    public static Tensor operator -(Tensor left, Tensor right) => Binary<SubtractFunction>.Of(left, right);

    /// <summary>a × b, element by element.</summary>
    /// <param name="left">a.</param>
    /// <param name="right">b, of a shape that goes with a's.</param>
    public static Tensor operator *(Tensor left, Tensor right) => Binary<MultiplyFunction>.Of(left, right);

    /// <summary>a ÷ b, element by element.</summary>
    /// <param name="left">a.</param>
    /// <param name="right">b, of a shape that goes with a's.</param>
    public static Tensor operator /(Tensor left, Tensor right) => Binary<DivideFunction>.Of(left, right);

    /// <summary>The larger of each pair; the gradient goes to it, and half to each where both are equal.</summary>
    /// <param name="other">Another tensor, of a shape that goes with this one's.</param>
    /// <returns>The larger elements.</returns>
    public Tensor Maximum(Tensor other) => Binary<MaximumFunction>.Of(this, other);

    /// <summary>The smaller of each pair; the gradient goes to it, and half to each where both are equal.</summary>
    /// <param name="other">Another tensor, of a shape that goes with this one's.</param>
    /// <returns>The smaller elements.</returns>
    public Tensor Minimum(Tensor other) => Binary<MinimumFunction>.Of(this, other);

    private readonly struct AddFunction : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => upstream;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => upstream;

        public string Operator => "Add";

        public double Exact(double a, double b) => a + b;
    }

    private readonly struct SubtractFunction : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => upstream;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => -upstream;

        public string Operator => "Sub";

        public double Exact(double a, double b) => a - b;
    }

    private readonly struct MultiplyFunction : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a * b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => upstream * b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => upstream * a;

        public string Operator => "Mul";

        public double Exact(double a, double b) => a * b;
    }

    private readonly struct DivideFunction : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => a / b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => upstream / b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => -(upstream / b * (a / b));

        public string Operator => "Div";

        public double Exact(double a, double b) => a / b;
    }

    private readonly struct MaximumFunction : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => TWide.Max(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => Share(b, a, upstream);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => Share(a, b, upstream);

        public string Operator => "Max";

        public double Exact(double a, double b) => Math.Max(a, b);
    }

    private readonly struct MinimumFunction : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => TWide.Min(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsA<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => Share(a, b, upstream);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide TowardsB<TWide>(TWide a, TWide b, TWide upstream)
            where TWide : unmanaged, IWide<TWide> => Share(b, a, upstream);

        public string Operator => "Min";

        public double Exact(double a, double b) => Math.Min(a, b);
    }

    // All where low < high, half where they are equal, nothing otherwise.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Share<TWide>(TWide low, TWide high, TWide upstream)
        where TWide : unmanaged, IWide<TWide> =>
        (TWide.LessThan(low, high) & upstream) | (TWide.Equal(low, high) & TWide.Multiply(upstream, 0.5f));
}
