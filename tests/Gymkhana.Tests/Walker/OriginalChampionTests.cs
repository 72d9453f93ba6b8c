using Gymkhana.Environments.Walker;
using Gymkhana.Examples.Original;

namespace Gymkhana.Tests.Walker;

/// <summary>
/// The genome that the original program ships, replayed. It belongs to others and is not in this repository: these tests
/// look for shared/golden/walker/reference-champion.bin in the folders above and say so when they do not find it.
/// </summary>
public sealed class OriginalChampionTests
{
    private const int Lists = 192;

    [Fact]
    public void Replay_TrainingRules_ReachesAsManyTargetsAsTheOriginal() => ReplayReaches(OriginalReplay.Training, 28.7, 0.5);

    [Fact]
    public void Replay_PlayingRules_ReachesAsManyTargetsAsTheOriginal() => ReplayReaches(OriginalReplay.Playing, 18.6, 0.6);

    [Fact]
    public void Depths_ShippedGenome_AreTheSavedOnes()
    {
        if (Champion() is { } genome)
        {
            Assert.Equal(genome.Nodes.Select(n => n.SavedDepth), new OriginalNetwork(genome).Depths);
        }
    }

    [Fact]
    public void Activate_ClosedLoop_DoesWhatTheOriginalDid()
    {
        if (Champion() is not { } genome)
        {
            return;
        }

        OriginalNetwork network = new(genome);
        ReferenceWalker walker = new(WalkerQuirks.Playing);
        Dictionary<int, ClosedLoopStep> recorded = WalkerGolden.ClosedLoop.ToDictionary(s => s.Step);
        float[] observation = new float[9], output = new float[6];
        int step = 0;
        do
        {
            step++;
            walker.Observe(800, 300, observation);
            network.Activate(observation, output);
            walker.Step(output);
            if (recorded.Remove(step, out ClosedLoopStep? truth))
            {
                // The hyperbolic tangent is not the original's C library's, so that rounding differs from step 20 or so on; it changes
                // the poses by 1.3e-3 units at most, the outputs by 1.2e-4 and the observations by 1.2e-5.
                ReferenceWalkerTests.AssertNear(truth.Observation, observation, 1e-4f, step);
                ReferenceWalkerTests.AssertNear(truth.Output, output, 1e-3f, step);
                ReferenceWalkerTests.AssertNear(truth.Points, walker.Points, 5e-3f, step);
                ReferenceWalkerTests.AssertNear(truth.Friction, walker.Friction, 1e-3f, step);
            }
        }
        while (Distance(walker) >= 20 && step < 1000);

        Assert.Equal(WalkerGolden.ClosedLoopReach, step);
        Assert.Empty(recorded);
    }

    private static float Distance(ReferenceWalker walker) =>
        MathF.Sqrt(((800 - walker.HeadX) * (800 - walker.HeadX)) + ((300 - walker.HeadY) * (300 - walker.HeadY)));

    private static void ReplayReaches(WalkerOptions rules, double expected, double tolerance)
    {
        if (Champion() is not { } genome)
        {
            return;
        }

        double[] targets = OriginalReplay.CountTargets(new OriginalPolicy("reference-champion", genome), rules, Lists, seed: 1);
        double mean = targets.Average(), deviation = Math.Sqrt(targets.Sum(t => (t - mean) * (t - mean)) / (Lists - 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{mean:F2} targets per 100 s over {Lists} lists, deviation {deviation:F2}, expected {expected} ± {tolerance}.");
        Assert.Equal(expected, mean, tolerance);
    }

    private static OriginalGenome? Champion()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "golden", "walker", "reference-champion.bin");
            if (File.Exists(path))
            {
                return OriginalGenome.Read(path);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"No shared/golden/walker/reference-champion.bin above {AppContext.BaseDirectory}: the shipped genome was not replayed.");
        return null;
    }
}
