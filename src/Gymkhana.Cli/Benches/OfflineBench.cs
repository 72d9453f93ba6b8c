using System.Collections.Immutable;
using System.Diagnostics;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Offline;

namespace Gymkhana.Cli.Benches;

/// <summary>
/// What the data costs: updates of discrete BCQ as in <c>tensors/bcq-update-128</c> (128 stacks of four frames of 96 × 96 bytes, 25
/// actions), on one batch again and again, on a dataset that is in memory, and on one of ten times the memory it may take.
/// </summary>
internal sealed class OfflineBench : IBench
{
    private const int Batch = 128;
    private const int Actions = 25;
    private const int Turns = 4;
    private const int Shards = 20;
    private const long ShardBytes = 16L << 20;

    // Room for two shards, of which one is in use while the other is read.
    private const long LittleMemory = 2 * (ShardBytes + (2 << 20));
    private const long MuchMemory = 1L << 30;

    public string Name => "offline";

    public string Summary => "learning from datasets: BCQ updates per second, with and without reading";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("gymkhana-bench-").FullName;
        try
        {
            note($"offline, a dataset of {Shards * ShardBytes >> 20} MB");
            Write(folder, stop);
            Dataset dataset = Dataset.Open(folder, new DatasetOptions(), _ => { });
            List<BenchResult> results = [];
            int[] threadCounts = Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1];
            foreach (int threads in threadCounts)
            {
                results.AddRange(Measure(dataset, threads, seconds, note, stop));
            }

            return results;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<BenchResult> Measure(Dataset dataset, int threads, double seconds, Action<string> note, CancellationToken stop)
    {
        using TransitionStream resident = Open(dataset, MuchMemory), streamed = Open(dataset, LittleMemory);
        TransitionBatch batch = new(dataset.Layout, Batch);
        (string Name, Func<TransitionBatch> Next)[] ways =
        [
            ("offline/bcq-one-batch", () => batch),
            ("offline/bcq-resident", resident.Next),
            ("offline/bcq-streamed", streamed.Next),
        ];
        var settings = new OfflineSettings { Folder = dataset.Path, Reading = new DatasetOptions(), Batch = Batch };
        var network = new ActionNetwork(settings.Network(dataset.Layout, Actions, ActionHeads.Both), new KeyedStream(1, 0, StreamPurpose.Initialization));
        var learner = new DiscreteBcq(network, settings, threads);
        double[] figures = new double[learner.Figures.Count];
        double[] spent = new double[ways.Length];
        long[] updates = new long[ways.Length];

        // Turn by turn, so that other work on the machine hits all alike; the first is for the JIT.
        for (int turn = 0; turn <= Turns; turn++)
        {
            for (int way = 0; way < ways.Length; way++)
            {
                note($"{ways[way].Name}, {threads} threads, {(turn == 0 ? "warming up" : $"turn {turn} of {Turns}")}");
                long begin = Stopwatch.GetTimestamp();
                long done = 0;
                do
                {
                    stop.ThrowIfCancellationRequested();
                    learner.Update(ways[way].Next(), figures);
                    done++;
                }
                while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
                if (turn > 0)
                {
                    spent[way] += Stopwatch.GetElapsedTime(begin).TotalSeconds;
                    updates[way] += done;
                }
            }
        }

        return [.. ways.Select((way, i) => new BenchResult(way.Name, threads, updates[i] / spent[i], "updates/s"))];
    }

    private static TransitionStream Open(Dataset dataset, long memory) =>
        new(dataset, EpisodeSelection.Split(dataset, 1, 0).Learning, new StreamOptions(Batch, memory, 1, SkipDamaged: false), default, _ => { });

    // Frames of noise: what is in them costs nothing more or less.
    private static void Write(string folder, CancellationToken stop)
    {
        DatasetLayout layout = new([96, 96], 4, isPixels: true);
        var manifest = new DatasetManifest
        {
            Format = DatasetManifest.CurrentFormat,
            Environment = "none",
            EnvironmentSettings = ImmutableSortedDictionary<string, string>.Empty,
            Kind = "noise",
            Frame = layout.Frame,
            Stack = layout.Stack,
            ElementType = "uint8",
            Actions = Actions,
            Seed = 1,
            Wanted = 1,
            Complete = false,
            Transitions = 0,
            Episodes = 0,
            MeanReturn = 0,
            Behaviours = [new Behaviour("none", 0, 0, 0, 0)],
            Shards = [],
        };
        DatasetWriter writer = DatasetWriter.Create(folder, manifest, ShardBytes, compress: false);
        var random = new KeyedStream(1, 0, StreamPurpose.Sampling);
        var episode = new EpisodeBuffer(layout);
        byte[] stack = new byte[layout.ObservationBytes];
        while (writer.Manifest.Shards.Length < Shards)
        {
            stop.ThrowIfCancellationRequested();
            for (int step = 0; step <= 200; step++)
            {
                stack.AsSpan(layout.FrameBytes).CopyTo(stack);
                Span<byte> newest = stack.AsSpan(stack.Length - layout.FrameBytes);
                for (int i = 0; i < newest.Length; i++)
                {
                    newest[i] = (byte)random.NextUInt32();
                }

                if (step == 0)
                {
                    for (int place = 0; place < layout.Stack - 1; place++)
                    {
                        newest.CopyTo(stack.AsSpan(place * layout.FrameBytes));
                    }

                    episode.Begin(stack);
                }
                else
                {
                    episode.Add(random.NextInt(Actions), random.NextNormal(), false, step == 200, stack);
                }
            }

            writer.Append(episode, 0);
        }

        writer.Finish();
    }
}
