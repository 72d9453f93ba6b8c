namespace Gymkhana.Core.Simd;

/// <summary>
/// A bundle of single-precision lanes of one fixed width. Kernels are written once against this contract and
/// compiled by the JIT for each width, so that the same source serves AVX-512, AVX2, SSE/NEON and plain processors.
/// </summary>
/// <remarks>
/// Only operations whose result IEEE 754 fixes to the last bit are here (add, subtract, multiply, divide, square root,
/// fused multiply-add, comparisons, bit operations): every lane therefore gives the same bits at every width and on every
/// processor. There is deliberately no estimate, and no sum across lanes. A kernel chooses between <c>MultiplyAdd</c>, which
/// rounds twice, and <c>FusedMultiplyAdd</c>, which rounds once, and keeps to its choice at every width: their bits differ.
/// A mask is a bundle whose lanes are all ones or all zeros.
/// </remarks>
/// <typeparam name="TSelf">The bundle itself.</typeparam>
public unsafe interface IWide<TSelf>
    where TSelf : unmanaged, IWide<TSelf>
{
    /// <summary>Number of lanes in one bundle (1, 4, 8 or 16).</summary>
    static abstract int Lanes { get; }

    /// <summary>All lanes set to <paramref name="value"/>.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>All lanes set to the float at <paramref name="source"/>.</summary>
    static abstract TSelf BroadcastFrom(float* source);

    /// <summary>Loads <see cref="Lanes"/> consecutive floats; any alignment.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Stores <see cref="Lanes"/> consecutive floats; any alignment.</summary>
    static abstract void Store(TSelf value, float* destination);

    /// <summary>Stores the lanes widened to double, <see cref="Lanes"/> consecutive doubles.</summary>
    static abstract void StoreAsDouble(TSelf value, double* destination);

    /// <summary>Stores the lanes' sums a + b + c + d, added in double in that order, <see cref="Lanes"/> consecutive doubles.</summary>
    static abstract void StoreSumAsDouble(TSelf a, TSelf b, TSelf c, TSelf d, double* destination);

    /// <summary>Lane-wise sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Lane-wise difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Lane-wise product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Lane-wise quotient, correctly rounded.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>
    /// <c>a × b + c</c>, rounded after the product and again after the sum (never fused). One call where two operators would
    /// do: it keeps large kernels below the JIT's limit of 512 locals, beyond which it stops inlining.
    /// </summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>
    /// <c>a × b + c</c>, rounded once. One instruction where the processor has it; elsewhere it is computed exactly, slowly.
    /// </summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary><c>a × b + c</c> with the same c in every lane, rounded twice.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, float c);

    /// <summary><c>a × b</c> with the same b in every lane.</summary>
    static abstract TSelf Multiply(TSelf a, float b);

    /// <summary><c>Max(Min(value, high), low)</c>; NaN becomes <paramref name="high"/>.</summary>
    static abstract TSelf Clamp(TSelf value, float low, float high);

    /// <summary>Lane-wise negation (sign bit flipped).</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary>Lane-wise bit and.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Lane-wise bit or.</summary>
    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Lane-wise bit exclusive or.</summary>
    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>Lane-wise square root, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>Lane-wise absolute value (sign bit cleared).</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>Mask of the lanes where <paramref name="left"/> is less than <paramref name="right"/> (false for NaN).</summary>
    static abstract TSelf LessThan(TSelf left, TSelf right);

    /// <summary>Mask of the lanes where both are equal (false for NaN).</summary>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>Takes <paramref name="whenTrue"/> where the mask is set, <paramref name="whenFalse"/> elsewhere.</summary>
    static abstract TSelf Select(TSelf mask, TSelf whenTrue, TSelf whenFalse);

    /// <summary><c>left &lt; right ? left : right</c>, lane by lane; the right one where either is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary><c>right &lt; left ? left : right</c>, lane by lane; the right one where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The sign bits of the lanes, lane 0 in bit 0.</summary>
    static abstract uint SignBits(TSelf value);

    /// <summary>A first guess at 1/√value for a positive value, within 3.5 %: 0x5F3759DF minus half the bits, as integers.</summary>
    static abstract TSelf ReciprocalSqrtSeed(TSelf value);

    /// <summary>Sum of the lanes' bits taken as 32-bit integers, wrapping.</summary>
    static abstract TSelf AddBits(TSelf left, TSelf right);

    /// <summary>The lanes' bits shifted left as 32-bit integers.</summary>
    static abstract TSelf ShiftBitsLeft(TSelf value, int count);

    /// <summary>The lanes' bits shifted right as 32-bit integers, zeros coming in.</summary>
    static abstract TSelf ShiftBitsRight(TSelf value, int count);

    /// <summary>The lanes' bits taken as signed 32-bit integers and converted to the nearest float.</summary>
    static abstract TSelf FromIntegers(TSelf bits);
}
