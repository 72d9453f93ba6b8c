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
        List<long> offsets = new(bySize.Length);
        long length = 0;
        foreach (Operand operand in bySize)
        {
            // `placed` is in the order of offsets: the first gap wide enough is the lowest.
            long offset = 0;
            foreach (Operand other in placed)
            {
                if (other.Offset >= offset + Padded(operand))
                {
                    break;
                }

                if (other.FirstStep <= operand.LastStep && operand.FirstStep <= other.LastStep)
                {
                    offset = Math.Max(offset, other.Offset + Padded(other));
                }
            }

            operand.Offset = offset;
            length = Math.Max(length, offset + Padded(operand));
            int place = offsets.BinarySearch(offset);
            place = place < 0 ? ~place : place;
            offsets.Insert(place, offset);
            placed.Insert(place, operand);
        }

        return length;
    }

    private static long Padded(Operand operand) => (operand.ByteCount + Alignment - 1) / Alignment * Alignment + Alignment;
}
