using System.Numerics;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Tests.Film;

public sealed class SandFieldTests
{
    private const int Grains = 20_000;

    [Fact]
    public void Step_SameSeedAndPushes_SameGrains()
    {
        SandField a = Disturbed(seed: 3, frames: 90), b = Disturbed(seed: 3, frames: 90), c = Disturbed(seed: 4, frames: 90);

        Assert.Equal(a.X, b.X);
        Assert.Equal(a.Y, b.Y);
        Assert.NotEqual(a.X.ToArray(), c.X.ToArray());
    }

    [Fact]
    public void Step_AfterPushesAndBurstsEverywhere_GrainsStayFiniteAndInside()
    {
        var sand = new SandField(1, Grains);
        for (int frame = 0; frame < 120; frame++)
        {
            Vector2 at = new(frame * 10 % 1000, frame * 37 % 1000);
            sand.Push(at, 1);
            if (frame % 20 == 0) sand.Burst(at, 0);
            sand.Push(new Vector2(float.NaN, 0), 1);
            sand.Push(new Vector2(-5000, 1e30f), 1);
            sand.Step();
        }

        Assert.All(sand.X.ToArray(), x => Assert.InRange(x, 2, 478));
        Assert.All(sand.Y.ToArray(), y => Assert.InRange(y, 2, 478));
    }

    [Fact]
    public void Push_FullGrip_ClearsTheGroundUnderTheFootAndSleepsAgain()
    {
        var sand = new SandField(1, SandField.DefaultCount);
        Vector2 foot = new(500, 500);
        int before = Within(sand, foot, 12);
        for (int frame = 0; frame < 40; frame++)
        {
            sand.Push(foot, 1);
            sand.Step();
        }

        Assert.True(before > 30);
        Assert.True(Within(sand, foot, 12) < before / 10);
        for (int frame = 0; frame < 120; frame++) sand.Step();
        Assert.Equal(0, sand.AwakeCount);
    }

    [Fact]
    public void Step_UntouchedSand_DoesNotMove()
    {
        var sand = new SandField(1, SandField.DefaultCount);
        float[] before = sand.X.ToArray();
        for (int frame = 0; frame < 60; frame++) sand.Step();

        int moved = sand.X.ToArray().Zip(before).Count(pair => pair.First != pair.Second);
        Assert.InRange(moved, 0, SandField.DefaultCount / 100);
    }

    [Fact]
    public void Step_WhileGrainsMove_AllocatesNothing()
    {
        SandField sand = Disturbed(seed: 1, frames: 30);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int frame = 0; frame < 30; frame++)
            {
                sand.Push(new Vector2(400 + frame, 500), 0.9f);
                sand.Burst(new Vector2(600, 600), 1);
                sand.Step();
            }
        }));
    }

    private static SandField Disturbed(ulong seed, int frames)
    {
        var sand = new SandField(seed, Grains);
        for (int frame = 0; frame < frames; frame++)
        {
            sand.Push(new Vector2(300 + (4 * frame), 500), 1);
            if (frame == 20) sand.Burst(new Vector2(700, 300), 0);
            sand.Step();
        }

        return sand;
    }

    private static int Within(SandField sand, Vector2 centre, float units)
    {
        int count = 0;
        for (int grain = 0; grain < sand.Count; grain++)
        {
            var at = new Vector2(sand.X[grain], sand.Y[grain]) * (1000f / SandField.Cells);
            count += Vector2.Distance(at, centre) < units ? 1 : 0;
        }

        return count;
    }
}
