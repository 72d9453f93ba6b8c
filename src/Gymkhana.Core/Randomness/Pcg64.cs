using System.Numerics;

namespace Gymkhana.Core.Randomness;

/// <summary>
/// PCG64 (XSL-RR 128/64) with the same words as NumPy's <c>PCG64</c> for the same seed. Source: M. E. O'Neill, "PCG: A Family of Simple
/// Fast Space-Efficient Statistically Good Algorithms for Random Number Generation" (2014). Not safe for several threads at once.
/// </summary>
public sealed class Pcg64 : IWordSource
{
    private static readonly UInt128 Multiplier = new(0x2360ed051fc65da4, 0x4385df649fccf645);

    // The distance of one jump: 2^128 over the golden ratio, odd, as in NumPy.
    private static readonly UInt128 JumpDistance = new(0x9e3779b97f4a7c15, 0xf39cc0605cedc835);

    private UInt128 _state;
    private UInt128 _increment;
    private bool _hasHalf;
    private uint _half;

    /// <summary>Makes the generator from a 64-bit seed, as <c>PCG64(seed)</c>.</summary>
    /// <param name="seed">The seed; any value.</param>
    public Pcg64(ulong seed)
        : this(new SeedSequence(seed))
    {
    }

    /// <summary>Makes the generator from a seed sequence, as <c>PCG64(SeedSequence(...))</c>.</summary>
    /// <param name="seeds">The sequence; it is read, not changed.</param>
    public Pcg64(SeedSequence seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ulong[] words = seeds.GenerateState64(4);
        _increment = (new UInt128(words[2], words[3]) << 1) | UInt128.One;
        Step();
        _state += new UInt128(words[0], words[1]);
        Step();
    }

    /// <summary>Makes the generator at a recorded state.</summary>
    /// <param name="state">The state, from <see cref="State"/> or from NumPy.</param>
    /// <exception cref="ArgumentException">The increment is even.</exception>
    public Pcg64(Pcg64State state)
    {
        State = state;
    }

    /// <summary>The whole state; reading makes a copy, writing continues exactly from there.</summary>
    /// <exception cref="ArgumentException">The increment is even.</exception>
    public Pcg64State State
    {
        get => new(_state, _increment, _hasHalf, _half);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if ((value.Increment & UInt128.One) == UInt128.Zero)
            {
                throw new ArgumentException(
                    $"A Pcg64 state expects an odd increment, got {value.Increment}. Take the state from Pcg64.State or from NumPy.",
                    nameof(value));
            }

            _state = value.State;
            _increment = value.Increment;
            _hasHalf = value.HasHalf;
            _half = value.Half;
        }
    }

    /// <summary>The next 64-bit word.</summary>
    /// <returns>Any value, all equally likely.</returns>
    public ulong NextUInt64()
    {
        Step();
        ulong high = (ulong)(_state >> 64);
        return BitOperations.RotateRight(high ^ (ulong)_state, (int)(high >> 58));
    }

    /// <summary>
    /// The next 32-bit word: the low half of a 64-bit word, then its high half. Draws of 64 bits in between leave the kept half
    /// alone, as in NumPy.
    /// </summary>
    /// <returns>Any value, all equally likely.</returns>
    public uint NextUInt32()
    {
        if (_hasHalf)
        {
            _hasHalf = false;
            return _half;
        }

        ulong word = NextUInt64();
        _hasHalf = true;
        _half = (uint)(word >> 32);
        return (uint)word;
    }

    /// <summary>A double in [0, 1): 53 bits of the next 64-bit word.</summary>
    /// <returns>A multiple of 2^-53.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Moves on as if that many 64-bit words had been drawn, and drops a kept half, as <c>advance(delta)</c>.</summary>
    /// <param name="delta">How many 64-bit words; the period is 2^128, so large values move back.</param>
    public void Advance(UInt128 delta)
    {
        // Composes the affine step with itself by squaring (Brown, "Random Number Generation with Arbitrary Strides", 1994).
        UInt128 multiplier = Multiplier;
        UInt128 addend = _increment;
        UInt128 totalMultiplier = UInt128.One;
        UInt128 totalAddend = UInt128.Zero;
        while (delta != UInt128.Zero)
        {
            if ((delta & UInt128.One) != UInt128.Zero)
            {
                totalMultiplier *= multiplier;
                totalAddend = (totalAddend * multiplier) + addend;
            }

            addend = (multiplier + UInt128.One) * addend;
            multiplier *= multiplier;
            delta >>= 1;
        }

        _state = (totalMultiplier * _state) + totalAddend;
        _hasHalf = false;
        _half = 0;
    }

    /// <summary>A new generator far ahead in the same stream, as <c>jumped(jumps)</c>; this one does not move.</summary>
    /// <param name="jumps">How many jumps of about 2^127.3 words.</param>
    /// <returns>The new generator.</returns>
    public Pcg64 Jumped(uint jumps)
    {
        Pcg64 ahead = new(State);
        ahead.Advance(JumpDistance * jumps);
        return ahead;
    }

    private void Step() => _state = (_state * Multiplier) + _increment;
}
