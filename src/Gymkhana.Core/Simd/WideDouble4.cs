using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>4 double-precision lanes in one <see cref="Vector256{T}"/>.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct WideDouble4(Vector256<double> value) : IWideDouble<WideDouble4>
{
    private readonly Vector256<double> _value = value;

    /// <inheritdoc/>
    public static int Lanes => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Broadcast(double value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Load(double* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideDouble4 value, double* destination) => Vector256.Store(value._value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSingles(WideDouble4 lower, WideDouble4 upper, float* destination) =>
        Vector256.Store(Vector256.Narrow(lower._value, upper._value), destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 operator +(WideDouble4 left, WideDouble4 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 operator -(WideDouble4 left, WideDouble4 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 operator *(WideDouble4 left, WideDouble4 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 operator /(WideDouble4 left, WideDouble4 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 MultiplyAdd(WideDouble4 a, WideDouble4 b, double c) => new((a._value * b._value) + Vector256.Create(c));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Multiply(WideDouble4 a, double b) => new(a._value * Vector256.Create(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 operator &(WideDouble4 left, WideDouble4 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 operator |(WideDouble4 left, WideDouble4 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Sqrt(WideDouble4 value) => new(Vector256.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Abs(WideDouble4 value) => new(value._value & Vector256.Create(long.MaxValue).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 LessThan(WideDouble4 left, WideDouble4 right) => new(Vector256.LessThan(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Equal(WideDouble4 left, WideDouble4 right) => new(Vector256.Equals(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Select(WideDouble4 mask, WideDouble4 whenTrue, WideDouble4 whenFalse) =>
        new(Vector256.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Min(WideDouble4 left, WideDouble4 right) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._value, right._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 Max(WideDouble4 left, WideDouble4 right) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(right._value, left._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(WideDouble4 value) => (uint)Vector256.ExtractMostSignificantBits(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 AddBits(WideDouble4 left, WideDouble4 right) => new((left._value.AsInt64() + right._value.AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble4 ShiftBitsLeft(WideDouble4 value, int count) => new(Vector256.ShiftLeft(value._value.AsInt64(), count).AsDouble());
}
