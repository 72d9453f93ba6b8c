using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Spaces;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Tests.Learning.Buffers;

public sealed class RolloutCollectorTests
{
    private const int Copies = 5;
    private const int Steps = 12;
    private const ulong Seed = 3;
    private static readonly BoxSpace Seen = new(-9, 9, 3);
    private static readonly BoxSpace Acts = new(-1, 1, 2);

    [Fact]
    public void Collect_NoiseWorld_IsWhatOneCopyAfterTheOtherDoes()
    {
        ActorCritic network = Network();
        RolloutCollector collector = Collector(network, threads: 2);
        collector.Collect(0);
        RolloutBuffer b = collector.Buffer;
        var acting = new ActingNetwork(network, 1);
        int truncations = 0;
        for (int copy = 0; copy < Copies; copy++)
        {
            var world = new SpaceEnvironment(Seen, Acts, 1);
            var tracker = new EpisodeTracker(world);
            var row = new ObservationRows(network.Description, 1);
            KeyedStream[] stream = [new KeyedStream(Seed, (ulong)copy, StreamPurpose.Acting)];
            float[] outputs = new float[2], drawn = new float[2], value = new float[1];
            world.Reset([EpisodeSeeds.Train(Seed, 0, copy)]);
            for (int t = 0; t < Steps; t++)
            {
                int at = (t * Copies) + copy;
                row.Read(world.Groups[0].Observations, 0);
                acting.Run(row, 0, 1, outputs, value);
                acting.Draw(outputs, stream, drawn);
                network.Head.Write(drawn, world.Groups[0].Actions, 0, 0);
                world.Step();
                tracker.Observe();
                Assert.Equal(row.Numbers(0, 1).ToArray(), b.Observations.Numbers(at, 1).ToArray());
                Assert.Equal(drawn, b.Drawn[(at * 2)..((at * 2) + 2)]);
                Assert.Equal((value[0], (float)world.Groups[0].Rewards[0, 0, 0]), (b.Values[at], b.Rewards[at]));
                Assert.Equal((world.Groups[0].Terminated[0, 0, 0], world.Groups[0].Truncated[0, 0, 0]), (b.Terminated[at], b.Truncated[at]));
                Assert.Equal(tracker.Ended[0] ? tracker.Lengths[0] : 0, b.EpisodeLengths[at]);
                if (tracker.Ended[0])
                {
                    Assert.Equal(tracker.Returns()[0], b.EpisodeReturns[at]);
                }

                if (b.Truncated[at])
                {
                    truncations++;
                    row.Read(world.Groups[0].FinalObservations, 0);
                    acting.Run(row, 0, 1, [], value);
                    Assert.Equal(value[0], b.FinalValues[at]);
                }
            }

            row.Read(world.Groups[0].Observations, 0);
            acting.Run(row, 0, 1, [], value);
            Assert.Equal(value[0], b.NextValues[copy]);
        }

        Assert.True(truncations > 0, "no episode was truncated: the seed tests nothing");
    }

    [Fact]
    public void Load_BetweenTwoRestarts_GoesOnWithTheSameEpisodes()
    {
        ActorCritic network = Network();
        RolloutCollector whole = Collector(network, threads: 1);
        for (int update = 0; update < 7; update++)
        {
            whole.Collect(update);
            using var memory = new MemoryStream();
            using var writer = new BinaryWriter(memory);
            whole.Save(writer);
            writer.Flush();
            memory.Position = 0;
            RolloutCollector resumed = Collector(network, threads: 2);
            using var reader = new BinaryReader(memory);
            resumed.Load(reader, update + 1);
            RolloutCollector witness = Collector(network, threads: 1);
            for (int u = 0; u <= update + 1; u++)
            {
                witness.Collect(u);
            }

            resumed.Collect(update + 1);
            Assert.Equal(witness.Buffer.Observations.Numbers(0, Steps * Copies).ToArray(), resumed.Buffer.Observations.Numbers(0, Steps * Copies).ToArray());
            Assert.Equal(witness.Buffer.EpisodeReturns, resumed.Buffer.EpisodeReturns);
            Assert.Equal(witness.Buffer.EpisodeLengths, resumed.Buffer.EpisodeLengths);
        }
    }

    [Fact]
    public void Recorder_AnyThreads_SeesEveryEpisodeToItsEnd()
    {
        ActorCritic network = Network();
        var one = new Notes();
        var three = new Notes();
        foreach ((Notes notes, int threads) in new[] { (one, 1), (three, 3) })
        {
            RolloutCollector collector = Collector(network, threads);
            collector.Recorder = notes;
            for (int update = 0; update < 6; update++)
            {
                collector.Collect(update);
            }
        }

        Assert.Equal(one.Lines, three.Lines);
        Assert.Equal(6 * Steps * Copies, one.Lines.Count);
        Assert.True(one.CutOffs == 2 * Copies - one.EndedInTime && one.Finals > one.CutOffs, $"{one.CutOffs} cut off, {one.Finals} final observations");
    }

    private static ActorCritic Network() =>
        new(NetworkDescription.For(Seen, Acts, HeadKind.Gaussian) with { Hidden = [8] }, new KeyedStream(2, 0, StreamPurpose.Initialization));

    // A restart after every third rollout.
    private static RolloutCollector Collector(ActorCritic network, int threads) =>
        new(count => new SpaceEnvironment(Seen, Acts, count), network, Steps, Copies, (2 * Steps) + 1, Seed, threads);

    private sealed class Notes : ITransitionRecorder
    {
        public List<string> Lines { get; } = [];

        public int CutOffs { get; private set; }

        public int Finals { get; private set; }

        /// <summary>Episodes that ended just when all copies were restarted.</summary>
        public int EndedInTime { get; private set; }

        public void Record(in Transition transition)
        {
            bool ended = transition.Terminated || transition.Truncated;
            Assert.Equal(ended || transition.CutOff, !transition.FinalNumbers.IsEmpty);
            Assert.False(ended && transition.CutOff);
            CutOffs += transition.CutOff ? 1 : 0;
            Finals += transition.FinalNumbers.IsEmpty ? 0 : 1;
            bool last = transition.Update % 3 == 2 && Lines.Count % (Steps * Copies) >= (Steps - 1) * Copies;
            EndedInTime += last && ended ? 1 : 0;
            Lines.Add(FormattableString.Invariant(
                $"{transition.Update} {transition.Copy} {string.Join(' ', transition.Numbers.ToArray())} {string.Join(' ', transition.Action.ToArray())} {transition.Reward} {transition.Terminated} {transition.Truncated} {transition.CutOff} {string.Join(' ', transition.FinalNumbers.ToArray())}"));
        }
    }
}
