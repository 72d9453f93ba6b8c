namespace Gymkhana.Core.Simd;

/// <summary>
/// A bundle of double-precision lanes of one fixed width: for worlds that must follow an original computed in double. The rules are those
/// of <see cref="IWide{TSelf}"/>: only operations whose result IEEE 754 fixes to the last bit, no estimate, no fused multiply-add, no sum across lanes.
/// </summary>
/// <typeparam name="TSelf">The bundle itself.</typeparam>
public unsafe interface IWideDouble<TSelf>
    where TSelf : unmanaged, IWideDouble<TSelf>
{
    /// <summary>Number of lanes in one bundle (1, 2, 4 or 8).</summary>
    static abstract int Lanes { get; }

    /// <summary>All lanes set to <paramref name="value"/>.</summary>
    static abstract TSelf Broadcast(double value);

    /// <summary>Loads <see cref="Lanes"/> consecutive doubles; any alignment.</summary>
    static abstract TSelf Load(double* source);

    /// <summary>Stores <see cref="Lanes"/> consecutive doubles; any alignment.</summary>
    static abstract void Store(TSelf value, double* destination);

    /// <summary>Stores the lanes of two bundles rounded to single precision: 2 × <see cref="Lanes"/> consecutive floats, those of <paramref name="lower"/> first.</summary>
    static abstract void StoreAsSingles(TSelf lower, TSelf upper, float* destination);

    /// <summary>Lane-wise sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Lane-wise difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Lane-wise product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Lane-wise quotient, correctly rounded.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary><c>a × b + c</c> with the same c in every lane, rounded after the product and again after the sum (never fused).</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, double c);

    /// <summary><c>a × b</c> with the same b in every lane.</summary>
    static abstract TSelf Multiply(TSelf a, double b);

    /// <summary>Lane-wise bit and.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Lane-wise bit or.</summary>
    static abstract TSelf operator |(TSelf left, TSelf right);

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

    /// <summary>The sign bits of the lanes, lane 0 in bit 0; of a mask, which lanes are set.</summary>
    static abstract uint SignBits(TSelf value);

    /// <summary>Sum of the lanes' bits taken as 64-bit integers, wrapping.</summary>
    static abstract TSelf AddBits(TSelf left, TSelf right);

    /// <summary>The lanes' bits shifted left as 64-bit integers.</summary>
    static abstract TSelf ShiftBitsLeft(TSelf value, int count);
}
