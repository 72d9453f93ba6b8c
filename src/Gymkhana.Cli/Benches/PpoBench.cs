using System.Diagnostics;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Ppo;
using Gymkhana.Learning.Training;

namespace Gymkhana.Cli.Benches;

/// <summary>How fast PPO steps CartPole-v1 while it learns there, and how soon it keeps the pole up: the preset default, seeds 1 to 5.</summary>
internal sealed class PpoBench : IBench
{
    private const int Seeds = 5;
    private const double Line = 475;
    private const double AimSeconds = 5;
    private const double LimitSeconds = 60;

    public string Name => "ppo";

    public string Summary => "environment steps/s of PPO while it trains on CartPole-v1, and how soon a mean return of 475 is reached";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        int threads = Environment.ProcessorCount;
        List<BenchResult> times = [];
        int solved = 0;
        double allSteps = 0, allSeconds = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            note($"ppo/cartpole, seed {seed} of {Seeds}");
            Outcome outcome = Train((ulong)seed, threads, stop);
            allSteps += outcome.Steps;
            allSeconds += outcome.Seconds;
            solved += outcome.SecondsTo475 <= AimSeconds ? 1 : 0;
            if (outcome.StepsTo475 > 0)
            {
                times.Add(new BenchResult($"ppo/cartpole/seconds-to-475/seed-{seed}", threads, outcome.SecondsTo475, "s, its start included"));
                times.Add(new BenchResult($"ppo/cartpole/steps-to-475/seed-{seed}", threads, outcome.StepsTo475, "environment steps"));
            }

            times.Add(new BenchResult($"ppo/cartpole/test-return/seed-{seed}", threads, outcome.TestReturn, $"mean over {ChampionScores.Episodes} held-out episodes"));
        }

        return [new BenchResult("ppo/cartpole", threads, allSteps / allSeconds, "environment steps/s while training"), new BenchResult("ppo/cartpole/solved", threads, solved, $"of {Seeds} seeds within {AimSeconds:0} s"), .. times];
    }

    private static Outcome Train(ulong seed, int threads, CancellationToken stop)
    {
        var algorithm = new PpoAlgorithm();
        SettingValues task = CartPole.Registration.Schema.Defaults;
        SettingValues settings = algorithm.Schema.Defaults.With(algorithm.PresetsFor(CartPole.Registration.Id)[0].Algorithm);
        long begin = Stopwatch.GetTimestamp();
        using var trainer = new PpoTrainer(new TrainingContext(CartPole.Registration, task, task, settings, seed, threads));
        double secondsTo475 = double.PositiveInfinity, stepsTo475 = 0, steps = 0;
        while (!trainer.IsFinished && Stopwatch.GetElapsedTime(begin).TotalSeconds < LimitSeconds)
        {
            stop.ThrowIfCancellationRequested();
            steps += trainer.Advance().AgentSteps;
            if (stepsTo475 == 0 && trainer.Episodes.Count == RecentEpisodes.Capacity && trainer.Episodes.MeanReturn >= Line)
            {
                (secondsTo475, stepsTo475) = (Stopwatch.GetElapsedTime(begin).TotalSeconds, steps);
            }
        }

        double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        EvaluationReport test = Evaluator.Evaluate(count => new CartPole(task, count), trainer.Champion, ChampionScores.TestSeeds(ChampionScores.Episodes), threads, stop);
        return new Outcome(steps, elapsed, secondsTo475, stepsTo475, test.Return.Mean);
    }

    private readonly record struct Outcome(double Steps, double Seconds, double SecondsTo475, double StepsTo475, double TestReturn);
}
