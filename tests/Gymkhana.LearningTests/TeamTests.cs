using Gymkhana.Core.Evaluations;
using Gymkhana.Environments.Particle;
using Gymkhana.Learning.MultiAgent;

namespace Gymkhana.LearningTests;

/// <summary>
/// Two hunters that see only themselves (A) and one that sees the prey too (B): A touches the prey if it learns to go where B's words send it, and B learns to say it.
/// </summary>
[Trait("Category", "Learning")]
public sealed class TeamTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_BlindHunters_LearnToListen(ulong seed)
    {
        ScoreSummary told = TouchesOfA("gatv2", seed), alone = TouchesOfA("none", seed);
        Assert.True(told.Mean >= 7, $"hunters that are told touch {told.Mean} times in 50 steps");
        Assert.True(told.MeanInterval.Low > 4 * alone.MeanInterval.High, $"hunters that are told touch {told.Mean} times, those that are not {alone.Mean}");
    }

    private ScoreSummary TouchesOfA(string messages, ulong seed)
    {
        var lesson = new Lesson
        {
            Algorithm = new MappoAlgorithm(TeamMethod.Mappo),
            Environment = SimpleTagEnvironment.Registration,
            Settings = new()
            {
                ["messages"] = messages,
                ["updates"] = "60",
                ["copies"] = "32",
                ["steps"] = "50",
                ["width"] = "32",
                ["learning-rate"] = "0.002",
                ["minibatch"] = "400",
                ["evaluate-every"] = "25",
            },
            Task = new()
            {
                ["classes"] = "A:self,B:self+prey",
                ["adversaries"] = "A:2,B:1",
                ["num_obstacles"] = "0",
                ["prey"] = "random",
                ["max_cycles"] = "50",
            },
            Practice = new() { ["distance_shaping"] = "true", ["hunter_rewards"] = "own" },
        };
        EvaluationReport report = lesson.Learn(seed, episodes: 200);
        ScoreSummary touches = report.Figures.Single(f => f.Figure.Name == "touchesA").Summary;
        output.WriteLine($"messages {messages}, seed {seed}: {touches.Mean:0.00} [{touches.MeanInterval.Low:0.00}, {touches.MeanInterval.High:0.00}] touches of A, return {report.Return.Mean:0.0}");
        return touches;
    }
}
