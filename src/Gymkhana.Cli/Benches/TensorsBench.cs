using System.Diagnostics;
using Gymkhana.Cli.Benches.Tensors;

namespace Gymkhana.Cli.Benches;

/// <summary>
/// The tensor engine at the work that learners give it, on one thread and on all. bench/peers/pytorch times the same works with
/// PyTorch; each number is the median of its runs, as there.
/// </summary>
internal sealed class TensorsBench : IBench
{
    private const int Turns = 4;

    public string Name => "tensors";

    public string Summary => "the tensor engine: products, updates and acting per second";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        int[] threadCounts = Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1];
        List<Cell> cells = [];
        foreach (int threads in threadCounts)
        {
            foreach (ITensorWork work in Works(threads))
            {
                cells.Add(new Cell(work, threads));
            }
        }

        // Turn by turn, so that other work on the machine hits all alike; the first turn is for the JIT and is not counted.
        for (int turn = 0; turn <= Turns; turn++)
        {
            note(turn == 0 ? "tensors, warming up" : $"tensors, turn {turn} of {Turns}");
            foreach (Cell cell in cells)
            {
                stop.ThrowIfCancellationRequested();
                cell.Measure(seconds / Turns, counts: turn > 0);
            }
        }

        return [.. cells.Select(c => new BenchResult(c.Work.Name, c.Threads, c.Rate, c.Work.Unit))];
    }

    private static IEnumerable<ITensorWork> Works(int threads)
    {
        yield return new MatrixProduct(threads);
        yield return new BcqUpdate(threads);
        yield return new MlpStep(threads);
        if (threads == 1)
        {
            yield return new Acting();
        }

        yield return new TransformerStep(threads);
        yield return new GraphStep(threads);
    }

    private sealed class Cell(ITensorWork work, int threads)
    {
        private readonly List<double> _seconds = [];

        public ITensorWork Work => work;

        public int Threads => threads;

        public double Rate
        {
            get
            {
                _seconds.Sort();
                return work.Amount / _seconds[_seconds.Count / 2];
            }
        }

        public void Measure(double seconds, bool counts)
        {
            long begin = Stopwatch.GetTimestamp();
            do
            {
                long start = Stopwatch.GetTimestamp();
                work.Run();
                if (counts)
                {
                    _seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        }
    }
}
