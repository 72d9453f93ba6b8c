using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Walker;

public sealed class TargetSequenceTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Target_Disc_IsUniformInTheDisc()
    {
        TargetSequence sequence = new();
        double distance = 0, x = 0, y = 0;
        int inner = 0;
        for (int i = 1; i <= Draws; i++)
        {
            (float tx, float ty) = sequence.Target(11, i / 1000, 1 + (i % 1000), TargetRule.Disc, 1000);
            double d = Math.Sqrt(((tx - 500.0) * (tx - 500)) + ((ty - 500.0) * (ty - 500)));
            Assert.InRange(d, 0, 500.001);
            distance += d / Draws;
            x += tx / Draws;
            y += ty / Draws;
            inner += d < 250 ? 1 : 0;
        }

        // Two thirds of the radius; bounds are about four standard errors (118/√20000 and 250/√20000 units).
        Assert.Equal(1000.0 / 3, distance, 3.4);
        Assert.Equal(500, x, 7.1);
        Assert.Equal(500, y, 7.1);
        Assert.Equal(0.25, (double)inner / Draws, 0.0125);
    }

    [Fact]
    public void Target_Square_IsUniformWithinTheMargin()
    {
        TargetSequence sequence = new();
        double x = 0, squares = 0;
        for (int i = 0; i < Draws; i++)
        {
            (float tx, float ty) = sequence.Target(12, 0, i, TargetRule.Square, 1000);
            Assert.InRange(tx, 50f, 950f);
            Assert.InRange(ty, 50f, 950f);
            x += tx / Draws;
            squares += (tx - 500.0) * (ty - 500.0) / Draws;
        }

        Assert.Equal(500, x, 7.4);
        Assert.Equal(0, squares, 1920.0); // Independent axes: the standard error is 260²/√20000.
    }

    [Fact]
    public void Target_AskedAgainOutOfOrder_IsTheSame()
    {
        TargetSequence one = new(), other = new();
        (float X, float Y)[] forwards = [.. Enumerable.Range(0, 50).Select(i => one.Target(5, 2, i, TargetRule.Disc, 1000))];
        for (int i = 49; i >= 0; i--)
        {
            Assert.Equal(forwards[i], other.Target(5, 2, i, TargetRule.Disc, 1000));
        }

        Assert.NotEqual(forwards[1], one.Target(5, 3, 1, TargetRule.Disc, 1000));
        Assert.NotEqual(forwards[1], one.Target(6, 2, 1, TargetRule.Disc, 1000));
    }

    [Fact]
    public void Target_LargerWorld_IsTheSamePlaceScaledFromTheCentre()
    {
        TargetSequence sequence = new();
        (float x, float y) = sequence.Target(5, 0, 3, TargetRule.Disc, 1000);
        (float farX, float farY) = sequence.Target(5, 0, 3, TargetRule.Disc, 4000);
        Assert.Equal(4 * (x - 500), farX - 500, 1e-2f);
        Assert.Equal(4 * (y - 500), farY - 500, 1e-2f);
        Assert.Equal(-500f, sequence.Target(5, 0, 0, TargetRule.Disc, 4000).Y);
    }
}
