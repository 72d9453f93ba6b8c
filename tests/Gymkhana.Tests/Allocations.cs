namespace Gymkhana.Tests;

/// <summary>Measures what a piece of work allocates once it is warm.</summary>
internal static class Allocations
{
    private const int Rounds = 8;

    /// <summary>
    /// The least that a round of the work allocated on this thread, bytes, after a round that does not count. The runtime itself
    /// may allocate when it puts better code in place, in one round or another; work that allocates does so in every one.
    /// </summary>
    /// <param name="work">One round; it does the same each time.</param>
    /// <returns>Bytes.</returns>
    public static long Least(Action work)
    {
        work();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
