using System.Diagnostics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Walker;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Cli.Benches;

/// <summary>
/// Agent-steps per second of Walker-v0, network, physics and reward together: with a network that has no connections, and
/// with one of the size of the original's champion. Each thread runs a batch of its own, as training does.
/// </summary>
internal sealed class WalkerBench : IBench
{
    private const int Copies = 128;
    private const int FewCopies = 32;
    private const int Hidden = 12;
    private const int Connections = 71;
    private const int Repetitions = 8;

    public string Name => "walker";

    public string Summary => "agent-steps/s of Walker-v0, network included";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        int[] threadCounts = Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1];
        List<Cell> cells = [];
        foreach (int threads in threadCounts)
        {
            cells.Add(new Cell("walker/empty", RandomNetwork(0, 0), Copies, threads));
            cells.Add(new Cell("walker/network-71", RandomNetwork(Hidden, Connections), Copies, threads));
            cells.Add(new Cell($"walker/network-71-copies-{FewCopies}", RandomNetwork(Hidden, Connections), FewCopies, threads));
        }

        // Turn by turn and the best of several, so that other work on the machine hits all alike and counts as little as it
        // can; the first turns also let the JIT reach its last tier.
        for (int repetition = 1; repetition <= Repetitions; repetition++)
        {
            note($"walker, turn {repetition} of {Repetitions}");
            foreach (Cell cell in cells)
            {
                stop.ThrowIfCancellationRequested();
                cell.Best = Math.Max(cell.Best, RunAll(cell.Rigs, seconds / Repetitions));
            }
        }

        return [.. cells.OrderBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.Rigs.Length).Select(c => new BenchResult(c.Name, c.Rigs.Length, c.Best, "agent-steps/s"))];
    }

    private static double RunAll(Rig[] rigs, double seconds)
    {
        long[] steps = new long[rigs.Length];
        long ticks = (long)(seconds * Stopwatch.Frequency);
        using var ready = new Barrier(rigs.Length);
        long begin = 0;
        var workers = new Thread[rigs.Length];
        for (int i = 0; i < rigs.Length; i++)
        {
            int mine = i;
            workers[i] = new Thread(() =>
            {
                ready.SignalAndWait();
                Interlocked.CompareExchange(ref begin, Stopwatch.GetTimestamp(), 0);
                steps[mine] = rigs[mine].RunUntil(Interlocked.Read(ref begin) + ticks);
            });
            workers[i].Start();
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        return steps.Sum() / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>A feed-forward network with random weights: inputs to hidden nodes to outputs until the number of connections is reached.</summary>
    private static NetworkGraph RandomNetwork(int hidden, int connections)
    {
        int inputs = WalkerPage.ObservationSpace.Size, outputs = WalkerPage.ActionSpace.Size;
        var rng = new KeyedStream(71, 0, StreamPurpose.Initialization);
        var nodes = new GraphNode[hidden + outputs];
        var sources = new List<int>[nodes.Length];
        for (int node = 0; node < nodes.Length; node++)
        {
            nodes[node] = new GraphNode((float)rng.NextNormal(), node < hidden ? Activation.Relu : Activation.Tanh);
            sources[node] = [];
        }

        for (int made = 0; made < connections;)
        {
            int node = rng.NextInt(nodes.Length);
            int source = rng.NextInt(inputs + Math.Min(node, hidden));
            if (!sources[node].Contains(source))
            {
                sources[node].Add(source);
                made++;
            }
        }

        int[] first = new int[nodes.Length + 1];
        for (int node = 0; node < nodes.Length; node++)
        {
            first[node + 1] = first[node] + sources[node].Count;
        }

        float[] weights = new float[connections];
        foreach (ref float weight in weights.AsSpan())
        {
            weight = (float)rng.NextNormal();
        }

        return new NetworkGraph(inputs, nodes, [.. Enumerable.Range(inputs + hidden, outputs)], first, [.. sources.SelectMany(s => s)], weights);
    }

    /// <summary>One number to measure.</summary>
    private sealed class Cell(string name, NetworkGraph network, int copies, int threads)
    {
        public string Name { get; } = name;

        public Rig[] Rigs { get; } = [.. Enumerable.Range(0, threads).Select(thread => new Rig(network, copies, thread))];

        public double Best { get; set; }
    }

    /// <summary>A batch with its network.</summary>
    private sealed class Rig
    {
        private const int StepsBetweenLooks = 64;
        private readonly IEnvironment _environment;
        private readonly NetworkActor _actor;

        public Rig(NetworkGraph network, int copies, int number)
        {
            SettingValues settings = WalkerEnvironment.Registration.Schema.Defaults;
            _environment = WalkerEnvironment.Registration.Create(settings, copies);
            _actor = new NetworkActor(_environment, 0);
            _actor.Load(network);
            ulong[] seeds = new ulong[copies];
            for (int i = 0; i < copies; i++)
            {
                seeds[i] = EpisodeSeeds.Train((ulong)number, 0, i);
            }

            _environment.Reset(seeds);
        }

        /// <summary>Steps until the clock says so; returns the agent-steps.</summary>
        public long RunUntil(long end)
        {
            long steps = 0;
            do
            {
                for (int i = 0; i < StepsBetweenLooks; i++)
                {
                    _actor.Act();
                    _environment.Step();
                }

                steps += StepsBetweenLooks * _environment.Count;
            }
            while (Stopwatch.GetTimestamp() < end);
            return steps;
        }
    }
}
