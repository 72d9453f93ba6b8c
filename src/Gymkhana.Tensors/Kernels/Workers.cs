using System.Runtime.CompilerServices;

namespace Gymkhana.Tensors.Kernels;

/// <summary>
/// A fixed number of threads that share out the parts of a job; the caller is one of them. Threads split outputs, never a
/// sum, so that results do not depend on their number. Not for two callers at once, nor from within a job.
/// </summary>
/// <remarks>
/// A call allocates nothing. Between jobs the other threads watch for the next one for some tens of microseconds, because
/// the next layer usually follows at once, and then sleep. They end with the process, or when this object is collected.
/// </remarks>
internal sealed unsafe class Workers
{
    /// <summary>Products of fewer multiply-adds than this are done by the caller alone: waking others costs as much.</summary>
    public const long WorthSharing = 1 << 18;

    private readonly Crew? _crew;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">At least 1, the caller included.</param>
    public Workers(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Count = threads;
        Scratch = new Scratch(threads);
        _crew = threads > 1 ? new Crew(threads) : null;
    }

    /// <summary>Lets the threads go.</summary>
    ~Workers() => _crew?.Dismiss();

    /// <summary>Number of threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Memory of each worker, for the kernels that run on these threads.</summary>
    public Scratch Scratch { get; }

    /// <summary>Does all parts of a job, on all threads when it is large enough.</summary>
    /// <typeparam name="TJob">The kind of job.</typeparam>
    /// <param name="job">The job; copied, so it hands results back through pointers.</param>
    /// <param name="parts">Number of parts, at least 0.</param>
    /// <param name="work">Number of multiply-adds in all.</param>
    public void Share<TJob>(TJob job, int parts, long work)
        where TJob : struct, IJob
    {
        if (work >= WorthSharing)
        {
            Run(job, parts);
            return;
        }

        for (int part = 0; part < parts; part++)
        {
            job.Execute(part, 0);
        }
    }

    /// <summary>Does all parts of a job and returns when they are done.</summary>
    /// <typeparam name="TJob">The kind of job.</typeparam>
    /// <param name="job">The job; copied, so it hands results back through pointers.</param>
    /// <param name="parts">Number of parts, at least 0.</param>
    /// <exception cref="Exception">The first thing that a part threw; parts not yet begun are left out.</exception>
    public void Run<TJob>(TJob job, int parts)
        where TJob : struct, IJob
    {
        if (_crew is null || parts <= 1)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Execute(part, 0);
            }

            return;
        }

        // `job` is a local of this frame: it does not move, and its references stay reported until the crew is back.
        _crew.Run(Unsafe.AsPointer(ref job), &Crew.Call<TJob>, parts);
        GC.KeepAlive(this);
    }
}
