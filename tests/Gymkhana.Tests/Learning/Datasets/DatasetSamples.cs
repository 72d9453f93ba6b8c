using System.Runtime.InteropServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Files;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Datasets;

namespace Gymkhana.Tests.Learning.Datasets;

/// <summary>Small datasets.</summary>
internal static class DatasetSamples
{
    public static DatasetLayout Pictures { get; } = new([12, 10], 4, isPixels: true);

    public static CollectionPlan CartPolePlan(long transitions, params IPolicy[] policies) => new()
    {
        Environment = CartPole.Registration,
        Settings = CartPole.Registration.Schema.Defaults,
        Policies = [.. (policies.Length == 0 ? [new RandomPolicy()] : policies).Select(p => new ActingPolicy(p, 0))],
        Transitions = transitions,
        Seed = 7,
        Kind = "mixed",
        ShardBytes = 4000,
    };

    public static DatasetManifest Collect(CollectionPlan plan, string folder) => DatasetCollector.Open(plan, folder).Collect(_ => { }, CancellationToken.None);

    public static Dataset Open(string folder, DatasetOptions? options = null, List<string>? notes = null) =>
        Dataset.Open(folder, options ?? new DatasetOptions(), line => notes?.Add(line));

    /// <summary>An episode of pictures in which frame f is filled with the byte first + f, but for its first pixel.</summary>
    public static EpisodeBuffer Episode(DatasetLayout layout, int first, int length, bool terminated)
    {
        var episode = new EpisodeBuffer(layout);
        episode.Begin(Stack(layout, first, 0));
        for (int step = 1; step <= length; step++)
        {
            episode.Add(step % 3, step * 0.5, terminated && step == length, !terminated && step == length, Stack(layout, first, step));
        }

        return episode;
    }

    /// <summary>What is seen after a step of such an episode.</summary>
    public static byte[] Stack(DatasetLayout layout, int first, int step)
    {
        byte[] stack = new byte[layout.ObservationBytes];
        for (int place = 0; place < layout.Stack; place++)
        {
            byte value = (byte)(first + Math.Max(0, step - (layout.Stack - 1 - place)));
            Span<byte> frame = stack.AsSpan(place * layout.FrameBytes, layout.FrameBytes);
            frame.Fill(value);
            frame[0] ^= 0x80;
        }

        return stack;
    }

    /// <summary>A dataset of such episodes, several to a shard.</summary>
    public static DatasetManifest WritePictures(string folder, int episodes, int length = 9, int shardEpisodes = 4, bool compress = false)
    {
        DatasetLayout layout = Pictures;
        var manifest = new DatasetManifest
        {
            Format = 1,
            Environment = "CartPole-v1",
            EnvironmentSettings = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
            Kind = "mixed",
            Frame = layout.Frame,
            Stack = layout.Stack,
            ElementType = "uint8",
            Actions = 3,
            Seed = 1,
            Wanted = episodes * length,
            Complete = false,
            Transitions = 0,
            Episodes = 0,
            MeanReturn = 0,
            Behaviours = [new Behaviour("scripted", 0, 0, 0, 0)],
            Shards = [],
        };
        DatasetWriter writer = DatasetWriter.Create(folder, manifest, shardEpisodes * (length + 1) * layout.FrameBytes, compress);
        for (int episode = 0; episode < episodes; episode++)
        {
            writer.Append(Episode(layout, (episode * 11) % 200, length, episode % 2 == 0), 0);
        }

        return writer.Finish();
    }

    /// <summary>A folder of shards in the lecture's own form.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="shards">How many shards.</param>
    /// <param name="rows">Transitions of each.</param>
    /// <param name="floats">Whether pictures are floats x/128 − 1.</param>
    /// <param name="mask">Whether dones means not done.</param>
    public static void WriteLecture(string folder, int shards, int rows, bool floats, bool mask)
    {
        Directory.CreateDirectory(folder);
        var random = new KeyedStream(5, 0, 1000u);
        for (int shard = 0; shard < shards; shard++)
        {
            NpyArray Pictures()
            {
                byte[] bytes = new byte[rows * 4 * 6 * 6];
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)random.NextInt(256);
                }

                return floats ? NpyArray.Create<float>(Array.ConvertAll(bytes, b => (b / 128f) - 1), rows, 4, 6, 6) : NpyArray.Create<byte>(bytes, rows, 4, 6, 6);
            }

            long[] actions = [.. Enumerable.Range(0, rows).Select(_ => (long)random.NextInt(5))];
            double[] rewards = [.. Enumerable.Range(0, rows).Select(i => (double)i)];
            bool[] dones = [.. Enumerable.Range(0, rows).Select(i => (i % 8 == 7) != mask)];
            NpzFile.Write(
                Path.Combine(folder, $"part{shard}.npz"),
                [
                    ("states", Pictures()),
                    ("actions", NpyArray.Create<long>(actions, rows, 1)),
                    ("next_states", Pictures()),
                    ("rewards", NpyArray.Create<double>(rewards, rows)),
                    ("dones", NpyArray.Create<bool>(dones, rows, 1)),
                ],
                compress: shard % 2 == 1);
        }
    }

    /// <summary>A batch of transitions of three numbers and two actions, all with the same reward, the last one terminal.</summary>
    public static TransitionBatch Numbers(int count, float reward)
    {
        var layout = new DatasetLayout([3], 1, isPixels: false);
        var random = new KeyedStream(9, 0, 1001u);
        float[] numbers = [.. Enumerable.Range(0, 6 * count).Select(_ => random.NextSingle() - 0.5f)];
        byte[] Bytes(int first) => MemoryMarshal.AsBytes(numbers.AsSpan(first, 3 * count)).ToArray();
        int[] actions = [.. Enumerable.Range(0, count).Select(i => i % 2)];
        float[] rewards = [.. Enumerable.Repeat(reward, count)];
        bool[] terminated = [.. Enumerable.Range(0, count).Select(i => i == count - 1)];
        var content = new PairContent(layout.ObservationBytes, Bytes(0), Bytes(3 * count), actions, rewards, terminated);
        var batch = new TransitionBatch(layout, count);
        for (int i = 0; i < count; i++)
        {
            batch.Set(i, content, i);
        }

        return batch;
    }

    public static byte[] ContentOf(TransitionBatch batch) =>
    [
        .. batch.StatePixels.Span, .. batch.NextPixels.Span, .. MemoryMarshal.AsBytes(batch.States), .. MemoryMarshal.AsBytes(batch.NextStates),
        .. MemoryMarshal.AsBytes<int>(batch.Actions), .. MemoryMarshal.AsBytes<float>(batch.Rewards), .. MemoryMarshal.AsBytes<float>(batch.NotDone),
    ];
}

/// <summary>Balances the pole of CartPole-v1, or with some probability does the opposite.</summary>
internal sealed class BalancingScript(double wrong) : IPolicy
{
    public string Name => $"script-{wrong}";

    public IActor CreateActor(IEnvironment environment, int group = 0) => new Actor(environment.Groups[group], wrong);

    private sealed class Actor(AgentGroup group, double wrong) : IActor
    {
        private readonly KeyedStream[] _streams = [.. Enumerable.Range(0, group.Actions.Count).Select(i => new KeyedStream((ulong)i, 0, StreamPurpose.Acting))];

        public void Reset(ReadOnlySpan<ulong> seeds)
        {
            for (int copy = 0; copy < seeds.Length; copy++)
            {
                _streams[copy].Rekey(seeds[copy], 0, StreamPurpose.Acting);
            }
        }

        public void Act()
        {
            Batch<float> seen = group.Observations.As<float>();
            for (int copy = 0; copy < _streams.Length; copy++)
            {
                float lean = seen[0, 2, copy] + (0.5f * seen[0, 3, copy]) + (0.05f * seen[0, 0, copy]) + (0.1f * seen[0, 1, copy]);
                int right = lean > 0 ? 1 : 0;
                group.Actions.Write(0, 0, copy, _streams[copy].NextBool(wrong) ? 1 - right : right);
            }
        }

        public void EpisodeEnded(int copy)
        {
        }
    }
}
