using System.Runtime.CompilerServices;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>The pool of threads behind the kernels.</summary>
public sealed unsafe class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyJobsOfAnySize_DoesEachPartOnce(int threads)
    {
        var workers = new Workers(threads);
        int[] counts = GC.AllocateArray<int>(100, pinned: true);
        fixed (int* start = counts)
        {
            for (int job = 0; job < 3000; job++)
            {
                int parts = job % 100;
                counts.AsSpan().Clear();
                workers.Run(new Counting(start, threads), parts);
                for (int part = 0; part < counts.Length; part++)
                {
                    Assert.Equal(part < parts ? 1 : 0, counts[part]);
                }
            }
        }
    }

    [Fact]
    public void Run_JobAfterTheThreadsFellAsleep_IsDone()
    {
        var workers = new Workers(3);
        int[] counts = GC.AllocateArray<int>(8, pinned: true);
        fixed (int* start = counts)
        {
            for (int job = 0; job < 5; job++)
            {
                // Longer than the threads watch; whether they sleep by then changes nothing that is asserted.
                var clock = System.Diagnostics.Stopwatch.StartNew();
                while (clock.ElapsedMilliseconds < 2)
                {
                    Thread.Yield();
                }

                workers.Run(new Counting(start, 3), 8);
            }
        }

        Assert.All(counts, c => Assert.Equal(5, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_PartThatThrows_ReachesTheCallerAndTheNextJobWorks(int threads)
    {
        var workers = new Workers(threads);
        int[] counts = GC.AllocateArray<int>(50, pinned: true);
        fixed (int* start = counts)
        {
            float* at = (float*)start;
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => workers.Run(new Failing(), 50));
            Assert.Equal("part 7", thrown.Message);
            workers.Run(new Counting((int*)at, threads), 50);
        }

        Assert.All(counts, c => Assert.Equal(1, c));
    }

    [Fact]
    public void Run_AfterTheFirst_AllocatesNothing()
    {
        var workers = new Workers(2);
        int[] counts = GC.AllocateArray<int>(8, pinned: true);
        int* start = (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref counts[0]);
        long bytes = Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                workers.Run(new Counting(start, 2), 8);
            }
        });
        Assert.Equal(0, bytes);
        GC.KeepAlive(counts);
    }

    [Fact]
    public void Workers_NobodyHoldsThem_AreCollected()
    {
        WeakReference left = Abandoned();
        for (int i = 0; i < 20 && left.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(left.IsAlive);
    }

    [Fact]
    public void Constructor_NoThread_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Abandoned()
    {
        var workers = new Workers(2);
        int count = 0;
        workers.Run(new Counting(&count, 2), 1);
        return new WeakReference(workers);
    }

    private readonly struct Counting(int* counts, int workers) : IJob
    {
        public void Execute(int part, int worker)
        {
            if ((uint)worker < (uint)workers)
            {
                Interlocked.Increment(ref counts[part]);
            }
        }
    }

    private readonly struct Failing : IJob
    {
        public void Execute(int part, int worker)
        {
            if (part == 7)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }
}
