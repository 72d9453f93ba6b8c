using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>4 lanes in one <see cref="Vector128{T}"/>.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct Wide4(Vector128<float> value) : IWide<Wide4>
{
    private readonly Vector128<float> _value = value;

    /// <inheritdoc/>
    public static int Lanes => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Broadcast(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 BroadcastFrom(float* source) => new(Vector128.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide4 value, float* destination) => Vector128.Store(value._value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsDouble(Wide4 value, double* destination)
    {
        (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(value._value);
        Vector128.Store(lower, destination);
        Vector128.Store(upper, destination + Vector128<double>.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSumAsDouble(Wide4 a, Wide4 b, Wide4 c, Wide4 d, double* destination)
    {
        (Vector128<double> lowerA, Vector128<double> upperA) = Vector128.Widen(a._value);
        (Vector128<double> lowerB, Vector128<double> upperB) = Vector128.Widen(b._value);
        (Vector128<double> lowerC, Vector128<double> upperC) = Vector128.Widen(c._value);
        (Vector128<double> lowerD, Vector128<double> upperD) = Vector128.Widen(d._value);
        Vector128.Store(lowerA + lowerB + lowerC + lowerD, destination);
        Vector128.Store(upperA + upperB + upperC + upperD, destination + Vector128<double>.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator +(Wide4 left, Wide4 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator -(Wide4 left, Wide4 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator *(Wide4 left, Wide4 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator /(Wide4 left, Wide4 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 MultiplyAdd(Wide4 a, Wide4 b, Wide4 c) => new((a._value * b._value) + c._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 FusedMultiplyAdd(Wide4 a, Wide4 b, Wide4 c) => new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 MultiplyAdd(Wide4 a, Wide4 b, float c) => new((a._value * b._value) + Vector128.Create(c));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Multiply(Wide4 a, float b) => new(a._value * Vector128.Create(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Clamp(Wide4 value, float low, float high)
    {
        Vector128<float> lows = Vector128.Create(low), highs = Vector128.Create(high);
        Vector128<float> below = Vector128.ConditionalSelect(Vector128.LessThan(value._value, highs), value._value, highs);
        return new(Vector128.ConditionalSelect(Vector128.LessThan(lows, below), below, lows));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator -(Wide4 value) => new(value._value ^ Vector128.Create(-0f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator &(Wide4 left, Wide4 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator |(Wide4 left, Wide4 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 operator ^(Wide4 left, Wide4 right) => new(left._value ^ right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Sqrt(Wide4 value) => new(Vector128.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Abs(Wide4 value) => new(Vector128.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 LessThan(Wide4 left, Wide4 right) => new(Vector128.LessThan(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Equal(Wide4 left, Wide4 right) => new(Vector128.Equals(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Select(Wide4 mask, Wide4 whenTrue, Wide4 whenFalse) =>
        new(Vector128.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Min(Wide4 left, Wide4 right) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left._value, right._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 Max(Wide4 left, Wide4 right) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(right._value, left._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(Wide4 value) => (uint)Vector128.ExtractMostSignificantBits(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 ReciprocalSqrtSeed(Wide4 value) =>
        new((Vector128.Create(0x5F3759DF) - (value._value.AsInt32() >>> 1)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 AddBits(Wide4 left, Wide4 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 ShiftBitsLeft(Wide4 value, int count) => new((value._value.AsInt32() << count).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 ShiftBitsRight(Wide4 value, int count) => new((value._value.AsInt32() >>> count).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4 FromIntegers(Wide4 bits) => new(Vector128.ConvertToSingle(bits._value.AsInt32()));
}
