namespace Gymkhana.Tensors.Onnx.Planning;

/// <summary>
/// Gives each operand a place in one arena, such that operands alive at the same step do not overlap: largest first, each at the lowest
/// offset that is free for the whole of its life.
/// </summary>
internal static class ArenaLayout
{
    private const int Alignment = 64;

    /// <summary>Sets the offsets.</summary>
    /// <param name="operands">Roots with their first and last steps.</param>
    /// <returns>Bytes of the arena.</returns>
    public static long Place(IReadOnlyList<Operand> operands)
    {
        // A stable order: by size, then as they came.
        Operand[] bySize = [.. operands.Select((o, i) => (Operand: o, Index: i)).OrderByDescending(p => p.Operand.ByteCount).ThenBy(p => p.Index).Select(p => p.Operand)];
        List<Operand> placed = new(bySize.Length);
        List<(long Start, long End)> taken = [];
        long length = 0;
        foreach (Operand operand in bySize)
        {
            taken.Clear();
            foreach (Operand other in placed)
            {
                if (other.FirstStep <= operand.LastStep && operand.FirstStep <= other.LastStep)
                {
                    taken.Add((other.Offset, other.Offset + Padded(other)));
                }
            }

            taken.Sort();
            long offset = 0;
            foreach ((long start, long end) in taken)
            {
                if (offset + Padded(operand) <= start)
                {
                    break;
                }

                offset = Math.Max(offset, end);
            }

            operand.Offset = offset;
            length = Math.Max(length, offset + Padded(operand));
            placed.Add(operand);
        }

        return length;
    }

    private static long Padded(Operand operand) => (operand.ByteCount + Alignment - 1) / Alignment * Alignment + Alignment;
}
