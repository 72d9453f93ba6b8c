namespace Gymkhana.Tests;

/// <summary>Measures what a piece of work allocates once it is warm.</summary>
internal static class Allocations
{
    private const int Rounds = 8;
    private const int MostRounds = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The least that a round of the work allocated on this thread, bytes, after a round that does not count. The runtime itself
    /// may allocate when it puts better code in place, and until then code allocates that will not later; on a busy machine that
    /// takes a while. Work that allocates does so in every round.
    /// </summary>
    /// <param name="work">One round; it does the same each time.</param>
    /// <param name="enough">Bytes below which it need not be tried any further.</param>
    /// <returns>Bytes.</returns>
    public static long Least(Action work, long enough = 0)
    {
        work();
        long least = long.MaxValue;
        for (int round = 0; round < MostRounds && least > enough; round++)
        {
            if (round >= Rounds) Thread.Sleep(Pause); // leaves the processor to the compiler, which works on a thread of its own
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
