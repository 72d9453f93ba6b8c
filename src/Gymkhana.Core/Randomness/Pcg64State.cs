namespace Gymkhana.Core.Randomness;

/// <summary>
/// The whole state of a <see cref="Pcg64"/>, for checkpoints; the same four numbers as NumPy's
/// <c>bit_generator.state</c> (<c>state</c>, <c>inc</c>, <c>has_uint32</c>, <c>uinteger</c>).
/// </summary>
/// <param name="State">The 128-bit position of the generator.</param>
/// <param name="Increment">The 128-bit stream; always odd.</param>
/// <param name="HasHalf">Whether half of a 64-bit draw is kept for the next 32-bit draw (NumPy: <c>has_uint32</c>).</param>
/// <param name="Half">That half (NumPy: <c>uinteger</c>); it may hold a stale word when <paramref name="HasHalf"/> is false.</param>
public sealed record Pcg64State(UInt128 State, UInt128 Increment, bool HasHalf, uint Half);
