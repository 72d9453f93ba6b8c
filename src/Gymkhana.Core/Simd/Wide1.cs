using System.Runtime.CompilerServices;

namespace Gymkhana.Core.Simd;

/// <summary>One lane: the plain path for processors without vector instructions, and the reference of the others.</summary>
/// <param name="value">The lane.</param>
public readonly unsafe struct Wide1(float value) : IWide<Wide1>
{
    private readonly float _value = value;

    /// <summary>The lane.</summary>
    public float Value => _value;

    /// <inheritdoc/>
    public static int Lanes => 1;

    /// <inheritdoc/>
    public static Wide1 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    public static Wide1 BroadcastFrom(float* source) => new(*source);

    /// <inheritdoc/>
    public static Wide1 Load(float* source) => new(*source);

    /// <inheritdoc/>
    public static void Store(Wide1 value, float* destination) => *destination = value._value;

    /// <inheritdoc/>
    public static void StoreAsDouble(Wide1 value, double* destination) => *destination = value._value;

    /// <inheritdoc/>
    public static void StoreSumAsDouble(Wide1 a, Wide1 b, Wide1 c, Wide1 d, double* destination) =>
        *destination = (double)a._value + b._value + c._value + d._value;

    /// <inheritdoc/>
    public static Wide1 operator +(Wide1 left, Wide1 right) => new(left._value + right._value);

    /// <inheritdoc/>
    public static Wide1 operator -(Wide1 left, Wide1 right) => new(left._value - right._value);

    /// <inheritdoc/>
    public static Wide1 operator *(Wide1 left, Wide1 right) => new(left._value * right._value);

    /// <inheritdoc/>
    public static Wide1 operator /(Wide1 left, Wide1 right) => new(left._value / right._value);

    /// <inheritdoc/>
    public static Wide1 MultiplyAdd(Wide1 a, Wide1 b, Wide1 c) => new((a._value * b._value) + c._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide1 FusedMultiplyAdd(Wide1 a, Wide1 b, Wide1 c) => new(MathF.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    public static Wide1 MultiplyAdd(Wide1 a, Wide1 b, float c) => new((a._value * b._value) + c);

    /// <inheritdoc/>
    public static Wide1 Multiply(Wide1 a, float b) => new(a._value * b);

    /// <inheritdoc/>
    public static Wide1 Clamp(Wide1 value, float low, float high)
    {
        float below = value._value < high ? value._value : high;
        return new(low < below ? below : low);
    }

    /// <inheritdoc/>
    public static Wide1 operator -(Wide1 value) => FromBits(value.Bits ^ int.MinValue);

    /// <inheritdoc/>
    public static Wide1 operator &(Wide1 left, Wide1 right) => FromBits(left.Bits & right.Bits);

    /// <inheritdoc/>
    public static Wide1 operator |(Wide1 left, Wide1 right) => FromBits(left.Bits | right.Bits);

    /// <inheritdoc/>
    public static Wide1 operator ^(Wide1 left, Wide1 right) => FromBits(left.Bits ^ right.Bits);

    /// <inheritdoc/>
    public static Wide1 Sqrt(Wide1 value) => new(MathF.Sqrt(value._value));

    /// <inheritdoc/>
    public static Wide1 Abs(Wide1 value) => FromBits(value.Bits & int.MaxValue);

    /// <inheritdoc/>
    public static Wide1 LessThan(Wide1 left, Wide1 right) => FromBits(left._value < right._value ? -1 : 0);

    /// <inheritdoc/>
    public static Wide1 Equal(Wide1 left, Wide1 right) => FromBits(left._value == right._value ? -1 : 0);

    /// <inheritdoc/>
    public static Wide1 Select(Wide1 mask, Wide1 whenTrue, Wide1 whenFalse) =>
        FromBits((mask.Bits & whenTrue.Bits) | (~mask.Bits & whenFalse.Bits));

    /// <inheritdoc/>
    public static Wide1 Min(Wide1 left, Wide1 right) => left._value < right._value ? left : right;

    /// <inheritdoc/>
    public static Wide1 Max(Wide1 left, Wide1 right) => right._value < left._value ? left : right;

    /// <inheritdoc/>
    public static uint SignBits(Wide1 value) => (uint)value.Bits >> 31;

    /// <inheritdoc/>
    public static Wide1 ReciprocalSqrtSeed(Wide1 value) => FromBits(0x5F3759DF - (value.Bits >>> 1));

    /// <inheritdoc/>
    public static Wide1 AddBits(Wide1 left, Wide1 right) => FromBits(unchecked(left.Bits + right.Bits));

    /// <inheritdoc/>
    public static Wide1 ShiftBitsLeft(Wide1 value, int count) => FromBits(value.Bits << count);

    private int Bits => BitConverter.SingleToInt32Bits(_value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Wide1 FromBits(int bits) => new(BitConverter.Int32BitsToSingle(bits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide1 ShiftBitsRight(Wide1 value, int count) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value.Value) >>> count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide1 FromIntegers(Wide1 bits) => new(BitConverter.SingleToInt32Bits(bits.Value));
}
