namespace Gymkhana.Tests.Walker;

public sealed class ReferenceWalkerTests
{
    // The record prints six decimals: a reference that agrees in every bit differs by half of the last at most.
    private const float PrintedDigit = 1e-6f;

    [Fact]
    public void Step_OpenLoop_IsWhereTheOriginalIs()
    {
        ReferenceWalker walker = new(WalkerQuirks.Training);
        float[] actions = new float[6];
        int k = 0;
        foreach ((int steps, float[] points) in WalkerGolden.OpenLoop)
        {
            for (; k < steps; k++)
            {
                WalkerGolden.OpenLoopActions(k, actions);
                walker.Step(actions);
            }

            AssertNear(points, walker.Points, PrintedDigit, steps);
        }

        Assert.Equal(1200, k);
    }

    [Fact]
    public void Step_DriftingGait_IsWhereTheOriginalIs()
    {
        ReferenceWalker walker = new(WalkerQuirks.Training);
        float[] actions = new float[6];
        int k = 0;
        foreach (float[] head in WalkerGolden.DriftHeads)
        {
            for (int i = 0; i < 2 * WalkerGolden.DriftPhase; i++, k++)
            {
                WalkerGolden.DriftActions(k, actions);
                walker.Step(actions);
            }

            AssertNear(head, [walker.HeadX, walker.HeadY], PrintedDigit, k);
        }

        Assert.Equal(600, k);
    }

    [Fact]
    public void Observe_TrainingAndPlaying_DelayTheBodySensesByOneStepOrNone()
    {
        ReferenceWalker training = new(WalkerQuirks.Training), playing = new(WalkerQuirks.Playing);
        float[] delayed = new float[9], present = new float[9];
        training.Observe(500, 250, delayed);
        playing.Observe(500, 250, present);
        Assert.Equal([0, 0, 0, 0, 0, 0], delayed[3..]);
        Assert.Equal([0, 0, 0, 0, -2.5f, -2.5f], present[3..]);
        Assert.Equal([0.2f, 1f, 0f], delayed[..3]);

        float[] actions = [1, 1, -1, -1, 1, -1];
        training.Step(actions);
        training.Observe(500, 250, delayed);
        Assert.Equal([0, 0, 0, 0, -2.5f, -2.5f], delayed[3..]);

        // The next episode's first observation shows the last one's body: the ring is not cleared.
        training.Begin();
        training.Observe(500, 250, delayed);
        AssertNear([0.5f, 0.5f, 0.05f, 0.05f], delayed.AsSpan(3, 4), PrintedDigit, 1);
    }

    internal static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, int step)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                MathF.Abs(expected[i] - actual[i]) <= tolerance,
                $"Step {step}, number {i}: expected {expected[i]:R}, got {actual[i]:R}, which differ by more than {tolerance}.");
        }
    }
}
