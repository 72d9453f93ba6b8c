using System.Runtime.CompilerServices;

namespace Gymkhana.Core.Simd;

/// <summary>One double-precision lane: the plain path for processors without vector instructions, and the reference of the others.</summary>
/// <param name="value">The lane.</param>
public readonly unsafe struct WideDouble1(double value) : IWideDouble<WideDouble1>
{
    private readonly double _value = value;

    /// <summary>The lane.</summary>
    public double Value => _value;

    /// <inheritdoc/>
    public static int Lanes => 1;

    /// <inheritdoc/>
    public static WideDouble1 Broadcast(double value) => new(value);

    /// <inheritdoc/>
    public static WideDouble1 Load(double* source) => new(*source);

    /// <inheritdoc/>
    public static void Store(WideDouble1 value, double* destination) => *destination = value._value;

    /// <inheritdoc/>
    public static void StoreAsSingles(WideDouble1 lower, WideDouble1 upper, float* destination)
    {
        destination[0] = (float)lower._value;
        destination[1] = (float)upper._value;
    }

    /// <inheritdoc/>
    public static WideDouble1 operator +(WideDouble1 left, WideDouble1 right) => new(left._value + right._value);

    /// <inheritdoc/>
    public static WideDouble1 operator -(WideDouble1 left, WideDouble1 right) => new(left._value - right._value);

    /// <inheritdoc/>
    public static WideDouble1 operator *(WideDouble1 left, WideDouble1 right) => new(left._value * right._value);

    /// <inheritdoc/>
    public static WideDouble1 operator /(WideDouble1 left, WideDouble1 right) => new(left._value / right._value);

    /// <inheritdoc/>
    public static WideDouble1 MultiplyAdd(WideDouble1 a, WideDouble1 b, double c) => new((a._value * b._value) + c);

    /// <inheritdoc/>
    public static WideDouble1 Multiply(WideDouble1 a, double b) => new(a._value * b);

    /// <inheritdoc/>
    public static WideDouble1 operator &(WideDouble1 left, WideDouble1 right) => FromBits(left.Bits & right.Bits);

    /// <inheritdoc/>
    public static WideDouble1 operator |(WideDouble1 left, WideDouble1 right) => FromBits(left.Bits | right.Bits);

    /// <inheritdoc/>
    public static WideDouble1 Sqrt(WideDouble1 value) => new(Math.Sqrt(value._value));

    /// <inheritdoc/>
    public static WideDouble1 Abs(WideDouble1 value) => FromBits(value.Bits & long.MaxValue);

    /// <inheritdoc/>
    public static WideDouble1 LessThan(WideDouble1 left, WideDouble1 right) => FromBits(left._value < right._value ? -1 : 0);

    /// <inheritdoc/>
    public static WideDouble1 Equal(WideDouble1 left, WideDouble1 right) => FromBits(left._value == right._value ? -1 : 0);

    /// <inheritdoc/>
    public static WideDouble1 Select(WideDouble1 mask, WideDouble1 whenTrue, WideDouble1 whenFalse) =>
        FromBits((mask.Bits & whenTrue.Bits) | (~mask.Bits & whenFalse.Bits));

    /// <inheritdoc/>
    public static WideDouble1 Min(WideDouble1 left, WideDouble1 right) => left._value < right._value ? left : right;

    /// <inheritdoc/>
    public static WideDouble1 Max(WideDouble1 left, WideDouble1 right) => right._value < left._value ? left : right;

    /// <inheritdoc/>
    public static uint SignBits(WideDouble1 value) => (uint)(value.Bits >>> 63);

    /// <inheritdoc/>
    public static WideDouble1 AddBits(WideDouble1 left, WideDouble1 right) => FromBits(unchecked(left.Bits + right.Bits));

    /// <inheritdoc/>
    public static WideDouble1 ShiftBitsLeft(WideDouble1 value, int count) => FromBits(value.Bits << count);

    private long Bits => BitConverter.DoubleToInt64Bits(_value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WideDouble1 FromBits(long bits) => new(BitConverter.Int64BitsToDouble(bits));
}
