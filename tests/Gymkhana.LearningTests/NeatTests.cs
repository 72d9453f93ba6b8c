using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Walker;
using Gymkhana.Evolution.Neat;

namespace Gymkhana.LearningTests;

/// <summary>Does NEAT learn? Scores are means over test episodes, with 95 % intervals; the random policy's score on the same episodes stands beside.</summary>
[Trait("Category", "Learning")]
public sealed class NeatTests(ITestOutputHelper output)
{
    [Fact]
    public void Train_CartPole_KeepsThePoleUp()
    {
        var lesson = new Lesson
        {
            Algorithm = new NeatAlgorithm(),
            Environment = CartPole.Registration,
            Settings = new()
            {
                ["population"] = "50",
                ["generations"] = "12",
                ["lists"] = "16",
                ["validation-lists"] = "64",
            },
        };

        // 475 of 500 is where Gymnasium calls the task solved. Seeds 1, 2 and 3 reach 500.
        ScoreSummary score = Show("return", lesson.Learn(seed: 1, episodes: 100).Return);
        ScoreSummary chance = Show("return at random", lesson.Score(new RandomPolicy(), episodes: 100).Return);
        Assert.True(score.Mean >= 475, $"mean return {score.Mean}");
        Assert.True(chance.MeanInterval.High < 50, $"the random policy's mean return is {chance.Mean}");
    }

    [Fact]
    public void Train_Acrobot_SwingsUp()
    {
        var lesson = new Lesson
        {
            Algorithm = new NeatAlgorithm(),
            Environment = Acrobot.Registration,
            Settings = new()
            {
                ["population"] = "50",
                ["generations"] = "10",
                ["lists"] = "16",
                ["validation-lists"] = "32",
            },
        };

        // −100 is where Gymnasium calls the task solved. Seeds 1, 2 and 3 reach −82, −89 and −82.
        ScoreSummary score = Show("return", lesson.Learn(seed: 1, episodes: 100).Return);
        ScoreSummary chance = Show("return at random", lesson.Score(new RandomPolicy(), episodes: 100).Return);
        Assert.True(score.Mean >= -100, $"mean return {score.Mean}");
        Assert.True(chance.MeanInterval.High < -400, $"the random policy's mean return is {chance.Mean}");
    }

    [Fact]
    public void Train_WalkerWithRefinement_WalksToTargets()
    {
        var lesson = new Lesson
        {
            Algorithm = new NeatAlgorithm(),
            Environment = WalkerEnvironment.Registration,
            Settings = new()
            {
                ["population"] = "100",
                ["generations"] = "200",
                ["lists"] = "16",
                ["validation-lists"] = "32",
                ["start-hidden"] = "8",
                ["weight-limit"] = "30",
                ["refine-after"] = "6",
                ["islands"] = "4",
                ["halving"] = "25",
                ["offspring"] = "24",
            },
            Practice = new()
            {
                ["episode-seconds"] = "20",
                ["stall-seconds"] = "8",
            },
        };

        // Seeds 1, 2 and 3 reach 22.5, 25.0 and 23.9; the line is where learning, not luck, has long been at work.
        ScoreSummary score = Show("targets in 100 s", lesson.Learn(seed: 1, episodes: 64).Figures[0].Summary);
        ScoreSummary chance = Show("targets in 100 s at random", lesson.Score(new RandomPolicy(), episodes: 64).Figures[0].Summary);
        Assert.True(score.Mean >= 15, $"{score.Mean} targets in 100 s");
        Assert.True(chance.MeanInterval.High < 1, $"the random policy reaches {chance.Mean} targets in 100 s");
    }

    private ScoreSummary Show(string name, ScoreSummary score)
    {
        output.WriteLine(FormattableString.Invariant(
            $"{name}: {score.Mean:F2}, 95 % interval {score.MeanInterval.Low:F2} to {score.MeanInterval.High:F2}, {score.Count} test episodes"));
        return score;
    }
}
