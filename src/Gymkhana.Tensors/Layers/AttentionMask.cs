namespace Gymkhana.Tensors.Layers;

/// <summary>Masks for attention: 1 where a place may look at another, 0 where it may not.</summary>
public static class AttentionMask
{
    /// <summary>Each place looks at itself and those before it.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="places">Places of a sequence, S.</param>
    /// <returns>[S, S].</returns>
    public static Tensor Causal(Tape tape, int places)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Tensor mask = tape.Filled(new Shape(places, places), 0);
        Span<float> values = mask.Node.Span;
        for (int i = 0; i < places; i++)
        {
            values.Slice(i * places, i + 1).Fill(1);
        }

        tape.SetExact(mask.Node);
        return mask;
    }

    /// <summary>Nobody looks at padding.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="isPadding">Whether place j of sequence b is padding, [B, T] row-major.</param>
    /// <param name="batch">Sequences, B.</param>
    /// <param name="queries">Places that look, S; those of the sequence itself in self-attention.</param>
    /// <param name="causal">Whether in addition each place looks only at itself and those before it.</param>
    /// <returns>[B, S, T].</returns>
    /// <exception cref="ArgumentException">The marks are not a multiple of the batch.</exception>
    public static Tensor Keys(Tape tape, ReadOnlySpan<bool> isPadding, int batch, int queries, bool causal = false)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (batch < 1 || isPadding.Length % batch != 0)
        {
            throw new ArgumentException($"marks of padding are [B, T]: a multiple of the {batch} sequences, got {isPadding.Length}.", nameof(isPadding));
        }

        int keys = isPadding.Length / batch;
        Tensor mask = tape.Filled(new Shape(batch, queries, keys), 0);
        Span<float> values = mask.Node.Span;
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int key) = Math.DivRem(i, keys);
            (int sequence, int query) = Math.DivRem(row, queries);
            values[i] = isPadding[(sequence * keys) + key] || (causal && key > query) ? 0 : 1;
        }

        tape.SetExact(mask.Node);
        return mask;
    }
}
