using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Gymkhana.Tensors.Kernels;

/// <summary>The threads behind <see cref="Workers"/>, which know nothing of it, so that it can be collected while they sleep.</summary>
internal sealed unsafe class Crew
{
    // State: number of the job in the high half, Open, and below it how many threads are inside the job.
    private const long OneJob = 1L << 32;
    private const long Open = 1L << 31;
    private static readonly long WatchTicks = Stopwatch.Frequency / 20_000;

    private readonly object _bell = new();
    private long _state;
    private int _asleep;
    private int _next;
    private int _parts;
    private void* _job;
    private delegate*<void*, int, int, void> _call;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _dismissed;

    public Crew(int threads)
    {
        for (int worker = 1; worker < threads; worker++)
        {
            var thread = new Thread(Work, 1 << 20) { IsBackground = true, Name = $"kernels {worker}" };
            thread.Start(worker);
        }
    }

    /// <summary>Calls a job that lies at an address.</summary>
    public static void Call<TJob>(void* job, int part, int worker)
        where TJob : struct, IJob => System.Runtime.CompilerServices.Unsafe.AsRef<TJob>(job).Execute(part, worker);

    /// <summary>Does all parts together with the caller, who is worker 0.</summary>
    public void Run(void* job, delegate*<void*, int, int, void> call, int parts)
    {
        Debug.Assert((Volatile.Read(ref _state) & (Open | (Open - 1))) == 0, "one job at a time");
        _job = job;
        _call = call;
        _parts = parts;
        _next = 0;

        // A full fence: whoever goes to sleep after this sees the job, and whoever slept before is counted in _asleep.
        Interlocked.Exchange(ref _state, (Volatile.Read(ref _state) & -OneJob) + OneJob + Open);
        if (Volatile.Read(ref _asleep) > 0)
        {
            Ring();
        }

        TakeParts(0);

        // Nobody may enter any more; wait for those inside.
        Interlocked.And(ref _state, ~Open);
        var wait = default(SpinWait);
        while ((Volatile.Read(ref _state) & (Open - 1)) != 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        _job = null;
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dismiss()
    {
        _dismissed = true;
        Ring();
    }

    private void Work(object? number)
    {
        int worker = (int)number!;  // Given by the constructor.
        long done = 0;
        while (!_dismissed)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Open) == 0 || (state & -OneJob) == done)
            {
                Wait(done);
                continue;
            }

            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state)
            {
                done = state & -OneJob;
                TakeParts(worker);
                Interlocked.Decrement(ref _state);
            }
        }
    }

    private void TakeParts(int worker)
    {
        try
        {
            int part;
            while ((part = Interlocked.Increment(ref _next) - 1) < _parts)
            {
                _call(_job, part, worker);
            }
        }
        catch (Exception thrown) when (Keep(thrown))
        {
        }
    }

    // Keeps the first failure for the caller and leaves the parts that nobody has begun.
    private bool Keep(Exception thrown)
    {
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(thrown), null);
        Interlocked.Exchange(ref _next, _parts);
        return true;
    }

    private bool HasWork(long done)
    {
        long state = Volatile.Read(ref _state);
        return ((state & Open) != 0 && (state & -OneJob) != done) || _dismissed;
    }

    private void Wait(long done)
    {
        long until = Stopwatch.GetTimestamp() + WatchTicks;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                if (HasWork(done))
                {
                    return;
                }

                Thread.SpinWait(8);
            }
        }
        while (Stopwatch.GetTimestamp() < until);

        lock (_bell)
        {
            Interlocked.Increment(ref _asleep);
            while (!HasWork(done))
            {
                Monitor.Wait(_bell);
            }

            Interlocked.Decrement(ref _asleep);
        }
    }

    private void Ring()
    {
        lock (_bell)
        {
            Monitor.PulseAll(_bell);
        }
    }
}
