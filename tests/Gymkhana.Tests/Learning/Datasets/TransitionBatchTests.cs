using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Offline;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Learning.Datasets;

public sealed class TransitionBatchTests
{
    private const int Length = 9;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Set_SeveralSteps_SumsRewardsAndLooksBehindThem(int steps)
    {
        const double Discount = 0.9;
        using var folder = new TemporaryFolder();
        DatasetSamples.WritePictures(folder["d"], 2, Length);
        Dataset dataset = DatasetSamples.Open(folder["d"]);
        ShardContent content = dataset.Shards[0].Load();
        var batch = new TransitionBatch(dataset.Layout, 1);
        for (int transition = 0; transition < 2 * Length; transition++)
        {
            (int episode, int step) = Math.DivRem(transition, Length);
            batch.Set(0, content, transition, steps, Discount);
            int spanned = Math.Min(steps, Length - step);
            double reward = 0;
            for (int later = 0; later < spanned; later++)
            {
                reward += Math.Pow(Discount, later) * 0.5 * (step + later + 1);
            }

            bool terminated = episode == 0 && step + spanned == Length; // the second episode ends at a time limit
            Assert.Equal(reward, batch.Rewards[0], 1e-5);
            Assert.Equal(terminated ? 0 : Math.Pow(Discount, spanned - 1), batch.NotDone[0], 6);
            Assert.Equal((step + 1) % 3, batch.Actions[0]);
            Assert.Equal(DatasetSamples.Stack(dataset.Layout, 11 * episode, step), batch.StatePixels.ToArray());
            Assert.Equal(DatasetSamples.Stack(dataset.Layout, 11 * episode, step + spanned), batch.NextPixels.ToArray());
        }
    }

    [Fact]
    public void Train_SeveralStepsOfTheLecturesForm_IsRefusedInOneLine()
    {
        using var folder = new TemporaryFolder();
        DatasetSamples.WriteLecture(folder["d"], 1, 40, floats: false, mask: false);
        OfflineAlgorithm bcq = OfflineAlgorithm.All.Single(a => a.Name == "bcq");
        EnvironmentRegistration world = CartPole.Registration;
        var context = new TrainingContext(
            world, world.Schema.Defaults, world.Schema.Defaults, bcq.Schema.Defaults.With("data", folder["d"]).With("no-world", "true").With("n-step", "3"), 1, 1);
        GymkhanaException refused = Assert.Throws<DatasetException>(() => bcq.Start(context));
        Assert.Contains("n-step=3 needs whole episodes", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
