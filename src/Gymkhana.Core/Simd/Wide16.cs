using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>16 lanes in one <see cref="Vector512{T}"/>.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct Wide16(Vector512<float> value) : IWide<Wide16>
{
    private readonly Vector512<float> _value = value;

    /// <inheritdoc/>
    public static int Lanes => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Broadcast(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 BroadcastFrom(float* source) => new(Vector512.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide16 value, float* destination) => Vector512.Store(value._value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsDouble(Wide16 value, double* destination)
    {
        (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(value._value);
        Vector512.Store(lower, destination);
        Vector512.Store(upper, destination + Vector512<double>.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSumAsDouble(Wide16 a, Wide16 b, Wide16 c, Wide16 d, double* destination)
    {
        (Vector512<double> lowerA, Vector512<double> upperA) = Vector512.Widen(a._value);
        (Vector512<double> lowerB, Vector512<double> upperB) = Vector512.Widen(b._value);
        (Vector512<double> lowerC, Vector512<double> upperC) = Vector512.Widen(c._value);
        (Vector512<double> lowerD, Vector512<double> upperD) = Vector512.Widen(d._value);
        Vector512.Store(lowerA + lowerB + lowerC + lowerD, destination);
        Vector512.Store(upperA + upperB + upperC + upperD, destination + Vector512<double>.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator +(Wide16 left, Wide16 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator -(Wide16 left, Wide16 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator *(Wide16 left, Wide16 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator /(Wide16 left, Wide16 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 MultiplyAdd(Wide16 a, Wide16 b, Wide16 c) => new((a._value * b._value) + c._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 FusedMultiplyAdd(Wide16 a, Wide16 b, Wide16 c) => new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 MultiplyAdd(Wide16 a, Wide16 b, float c) => new((a._value * b._value) + Vector512.Create(c));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Multiply(Wide16 a, float b) => new(a._value * Vector512.Create(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Clamp(Wide16 value, float low, float high)
    {
        Vector512<float> lows = Vector512.Create(low), highs = Vector512.Create(high);
        Vector512<float> below = Vector512.ConditionalSelect(Vector512.LessThan(value._value, highs), value._value, highs);
        return new(Vector512.ConditionalSelect(Vector512.LessThan(lows, below), below, lows));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator -(Wide16 value) => new(value._value ^ Vector512.Create(-0f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator &(Wide16 left, Wide16 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator |(Wide16 left, Wide16 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 operator ^(Wide16 left, Wide16 right) => new(left._value ^ right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Sqrt(Wide16 value) => new(Vector512.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Abs(Wide16 value) => new(Vector512.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 LessThan(Wide16 left, Wide16 right) => new(Vector512.LessThan(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Equal(Wide16 left, Wide16 right) => new(Vector512.Equals(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Select(Wide16 mask, Wide16 whenTrue, Wide16 whenFalse) =>
        new(Vector512.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Min(Wide16 left, Wide16 right) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._value, right._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 Max(Wide16 left, Wide16 right) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(right._value, left._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(Wide16 value) => (uint)Vector512.ExtractMostSignificantBits(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 ReciprocalSqrtSeed(Wide16 value) =>
        new((Vector512.Create(0x5F3759DF) - (value._value.AsInt32() >>> 1)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 AddBits(Wide16 left, Wide16 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 ShiftBitsLeft(Wide16 value, int count) => new((value._value.AsInt32() << count).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 ShiftBitsRight(Wide16 value, int count) => new((value._value.AsInt32() >>> count).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide16 FromIntegers(Wide16 bits) => new(Vector512.ConvertToSingle(bits._value.AsInt32()));
}
