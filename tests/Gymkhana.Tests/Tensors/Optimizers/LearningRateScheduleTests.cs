using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Tests.Tensors.Optimizers;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Linear_BeginningMiddleEndAndBeyond_LieOnTheLine()
    {
        Assert.Equal(0.4, LearningRateSchedule.Linear(0.4, 0, 0, 10));
        Assert.Equal(0.2, LearningRateSchedule.Linear(0.4, 0, 5, 10), 1e-15);
        Assert.Equal(0.1, LearningRateSchedule.Linear(0.4, 0.1, 10, 10));
        Assert.Equal(0.1, LearningRateSchedule.Linear(0.4, 0.1, 99, 10));
    }

    [Fact]
    public void Cosine_EveryStep_IsTheCosine()
    {
        for (int step = 0; step <= 20; step++)
        {
            double expected = 0.1 + (0.3 * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, step / 16.0))));
            Assert.Equal(expected, LearningRateSchedule.Cosine(0.4, 0.1, step, 16), 0.3 * 2e-7); // the stated error
        }

        Assert.Equal(0.1, LearningRateSchedule.Cosine(0.4, 0.1, 16, 16));
    }

    [Fact]
    public void Steps_EveryTen_DropsByTheFactor()
    {
        Assert.Equal(1, LearningRateSchedule.Steps(1, 0.5, 10, 9));
        Assert.Equal(0.5, LearningRateSchedule.Steps(1, 0.5, 10, 10));
        Assert.Equal(0.125, LearningRateSchedule.Steps(1, 0.5, 10, 39));
    }

    [Fact]
    public void WarmUp_OverFour_RisesToOne()
    {
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(s => LearningRateSchedule.WarmUp(s, 4)));
        Assert.Equal(1, LearningRateSchedule.WarmUp(0, 0));
    }

    [Fact]
    public void Schedules_StepsThatAreNone_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear(1, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(1, 0, -1, 5));
    }
}
