using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>8 double-precision lanes in one <see cref="Vector512{T}"/>.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct WideDouble8(Vector512<double> value) : IWideDouble<WideDouble8>
{
    private readonly Vector512<double> _value = value;

    /// <inheritdoc/>
    public static int Lanes => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Broadcast(double value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Load(double* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideDouble8 value, double* destination) => Vector512.Store(value._value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSingles(WideDouble8 lower, WideDouble8 upper, float* destination) =>
        Vector512.Store(Vector512.Narrow(lower._value, upper._value), destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 operator +(WideDouble8 left, WideDouble8 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 operator -(WideDouble8 left, WideDouble8 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 operator *(WideDouble8 left, WideDouble8 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 operator /(WideDouble8 left, WideDouble8 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 MultiplyAdd(WideDouble8 a, WideDouble8 b, double c) => new((a._value * b._value) + Vector512.Create(c));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Multiply(WideDouble8 a, double b) => new(a._value * Vector512.Create(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 operator &(WideDouble8 left, WideDouble8 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 operator |(WideDouble8 left, WideDouble8 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Sqrt(WideDouble8 value) => new(Vector512.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Abs(WideDouble8 value) => new(value._value & Vector512.Create(long.MaxValue).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 LessThan(WideDouble8 left, WideDouble8 right) => new(Vector512.LessThan(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Equal(WideDouble8 left, WideDouble8 right) => new(Vector512.Equals(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Select(WideDouble8 mask, WideDouble8 whenTrue, WideDouble8 whenFalse) =>
        new(Vector512.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Min(WideDouble8 left, WideDouble8 right) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._value, right._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 Max(WideDouble8 left, WideDouble8 right) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(right._value, left._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(WideDouble8 value) => (uint)Vector512.ExtractMostSignificantBits(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 AddBits(WideDouble8 left, WideDouble8 right) => new((left._value.AsInt64() + right._value.AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble8 ShiftBitsLeft(WideDouble8 value, int count) => new(Vector512.ShiftLeft(value._value.AsInt64(), count).AsDouble());
}
