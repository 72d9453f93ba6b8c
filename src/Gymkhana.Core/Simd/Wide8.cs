using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>8 lanes in one <see cref="Vector256{T}"/>.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct Wide8(Vector256<float> value) : IWide<Wide8>
{
    private readonly Vector256<float> _value = value;

    /// <inheritdoc/>
    public static int Lanes => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Broadcast(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 BroadcastFrom(float* source) => new(Vector256.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide8 value, float* destination) => Vector256.Store(value._value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsDouble(Wide8 value, double* destination)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(value._value);
        Vector256.Store(lower, destination);
        Vector256.Store(upper, destination + Vector256<double>.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSumAsDouble(Wide8 a, Wide8 b, Wide8 c, Wide8 d, double* destination)
    {
        (Vector256<double> lowerA, Vector256<double> upperA) = Vector256.Widen(a._value);
        (Vector256<double> lowerB, Vector256<double> upperB) = Vector256.Widen(b._value);
        (Vector256<double> lowerC, Vector256<double> upperC) = Vector256.Widen(c._value);
        (Vector256<double> lowerD, Vector256<double> upperD) = Vector256.Widen(d._value);
        Vector256.Store(lowerA + lowerB + lowerC + lowerD, destination);
        Vector256.Store(upperA + upperB + upperC + upperD, destination + Vector256<double>.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator +(Wide8 left, Wide8 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator -(Wide8 left, Wide8 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator *(Wide8 left, Wide8 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator /(Wide8 left, Wide8 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 MultiplyAdd(Wide8 a, Wide8 b, Wide8 c) => new((a._value * b._value) + c._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 FusedMultiplyAdd(Wide8 a, Wide8 b, Wide8 c) => new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 MultiplyAdd(Wide8 a, Wide8 b, float c) => new((a._value * b._value) + Vector256.Create(c));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Multiply(Wide8 a, float b) => new(a._value * Vector256.Create(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Clamp(Wide8 value, float low, float high)
    {
        Vector256<float> lows = Vector256.Create(low), highs = Vector256.Create(high);
        Vector256<float> below = Vector256.ConditionalSelect(Vector256.LessThan(value._value, highs), value._value, highs);
        return new(Vector256.ConditionalSelect(Vector256.LessThan(lows, below), below, lows));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator -(Wide8 value) => new(value._value ^ Vector256.Create(-0f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator &(Wide8 left, Wide8 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator |(Wide8 left, Wide8 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 operator ^(Wide8 left, Wide8 right) => new(left._value ^ right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Sqrt(Wide8 value) => new(Vector256.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Abs(Wide8 value) => new(Vector256.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 LessThan(Wide8 left, Wide8 right) => new(Vector256.LessThan(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Equal(Wide8 left, Wide8 right) => new(Vector256.Equals(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Select(Wide8 mask, Wide8 whenTrue, Wide8 whenFalse) =>
        new(Vector256.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Min(Wide8 left, Wide8 right) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._value, right._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 Max(Wide8 left, Wide8 right) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(right._value, left._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(Wide8 value) => (uint)Vector256.ExtractMostSignificantBits(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 ReciprocalSqrtSeed(Wide8 value) =>
        new((Vector256.Create(0x5F3759DF) - (value._value.AsInt32() >>> 1)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 AddBits(Wide8 left, Wide8 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 ShiftBitsLeft(Wide8 value, int count) => new((value._value.AsInt32() << count).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 ShiftBitsRight(Wide8 value, int count) => new((value._value.AsInt32() >>> count).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide8 FromIntegers(Wide8 bits) => new(Vector256.ConvertToSingle(bits._value.AsInt32()));
}
