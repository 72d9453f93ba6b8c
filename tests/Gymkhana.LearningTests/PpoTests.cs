using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Ppo;

namespace Gymkhana.LearningTests;

/// <summary>Does PPO learn? Each lesson is the environment's default preset, whose budget is in updates; scores are means over test episodes, the random policy's beside.</summary>
[Trait("Category", "Learning")]
public sealed class PpoTests(ITestOutputHelper output)
{
    // 475 of 500 is where Gymnasium calls the task solved.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Train_CartPole_KeepsThePoleUp(ulong seed) => Learn(CartPole.Registration, seed, line: 500, chance: 50);

    // −100 is where Gymnasium calls it solved. Seeds 1 to 3 reach −85, −81 and −84.
    [Fact]
    public void Train_Acrobot_SwingsUp() => Learn(Acrobot.Registration, 1, line: -100, chance: -400);

    // −110 is where Gymnasium calls it solved. Seeds 1 to 3 reach −104, −106 and −109; a car that never gathers speed stays at −200.
    [Fact]
    public void Train_MountainCar_GathersSpeed() => Learn(MountainCar.Registration, 1, line: -120, chance: -195);

    // Seeds 1 to 3 reach −153, −152 and −153: standing all the time, −150 is about what swinging up costs.
    [Fact]
    public void Train_Pendulum_StandsByActionsThatAreNumbers() => Learn(Pendulum.Registration, 1, line: -200, chance: -900);

    [Fact]
    public void Train_PendulumWithABetaHead_Stands() => Learn(Pendulum.Registration, 1, line: -200, chance: -900, ("head", "beta"));

    private void Learn(EnvironmentRegistration environment, ulong seed, double line, double chance, params (string Key, string Value)[] more)
    {
        var algorithm = new PpoAlgorithm();
        Dictionary<string, string> settings = new(algorithm.PresetsFor(environment.Id).Single(p => p.Name == Preset.Default).Algorithm);
        foreach ((string key, string value) in more)
        {
            settings[key] = value;
        }

        var lesson = new Lesson { Algorithm = algorithm, Environment = environment, Settings = settings };
        ScoreSummary score = Show("return", lesson.Learn(seed, episodes: 100).Return);
        ScoreSummary random = Show("return at random", lesson.Score(new RandomPolicy(), episodes: 100).Return);
        Assert.True(score.Mean >= line, $"mean return {score.Mean}");
        Assert.True(random.MeanInterval.High < chance, $"the random policy's mean return is {random.Mean}");
    }

    private ScoreSummary Show(string name, ScoreSummary score)
    {
        output.WriteLine(FormattableString.Invariant(
            $"{name}: {score.Mean:F2}, 95 % interval {score.MeanInterval.Low:F2} to {score.MeanInterval.High:F2}, {score.Count} test episodes"));
        return score;
    }
}
