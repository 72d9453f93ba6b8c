using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gymkhana.Core.Simd;

/// <summary>2 double-precision lanes in one <see cref="Vector128{T}"/>.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct WideDouble2(Vector128<double> value) : IWideDouble<WideDouble2>
{
    private readonly Vector128<double> _value = value;

    /// <inheritdoc/>
    public static int Lanes => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Broadcast(double value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Load(double* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideDouble2 value, double* destination) => Vector128.Store(value._value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSingles(WideDouble2 lower, WideDouble2 upper, float* destination) =>
        Vector128.Store(Vector128.Narrow(lower._value, upper._value), destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 operator +(WideDouble2 left, WideDouble2 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 operator -(WideDouble2 left, WideDouble2 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 operator *(WideDouble2 left, WideDouble2 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 operator /(WideDouble2 left, WideDouble2 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 MultiplyAdd(WideDouble2 a, WideDouble2 b, double c) => new((a._value * b._value) + Vector128.Create(c));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Multiply(WideDouble2 a, double b) => new(a._value * Vector128.Create(b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 operator &(WideDouble2 left, WideDouble2 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 operator |(WideDouble2 left, WideDouble2 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Sqrt(WideDouble2 value) => new(Vector128.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Abs(WideDouble2 value) => new(value._value & Vector128.Create(long.MaxValue).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 LessThan(WideDouble2 left, WideDouble2 right) => new(Vector128.LessThan(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Equal(WideDouble2 left, WideDouble2 right) => new(Vector128.Equals(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Select(WideDouble2 mask, WideDouble2 whenTrue, WideDouble2 whenFalse) =>
        new(Vector128.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Min(WideDouble2 left, WideDouble2 right) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left._value, right._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 Max(WideDouble2 left, WideDouble2 right) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(right._value, left._value), left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignBits(WideDouble2 value) => (uint)Vector128.ExtractMostSignificantBits(value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 AddBits(WideDouble2 left, WideDouble2 right) => new((left._value.AsInt64() + right._value.AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideDouble2 ShiftBitsLeft(WideDouble2 value, int count) => new(Vector128.ShiftLeft(value._value.AsInt64(), count).AsDouble());
}
