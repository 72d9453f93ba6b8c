using System.Diagnostics;
using Gymkhana.Core.Settings;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Cli.Benches;

/// <summary>
/// NEAT on SharpNEAT's two binary tasks, one thread: evaluations per second of the whole of evolution (scoring, species,
/// breeding), and how reliably and soon the tasks are solved. Population and fitness are SharpNEAT's.
/// </summary>
internal sealed class NeatBench : IBench
{
    private const int Seeds = 5;
    private const int Repetitions = 10;
    private const double XorLimit = 1;
    private const double MultiplexerLimit = 100;
    private const int FixedHidden = 10;

    // Where SharpNEAT's tasks say nothing, or its variation works otherwise, bench/README.md tells the difference.
    private static readonly (string Key, string Value)[] Common =
    [
        ("generations", "10000000"),
        ("activations", "leaky-relu"),
        ("output-activation", "leaky-relu"),
        ("start", "some"),
    ];

    private static readonly (string Key, string Value)[] XorSettings =
    [
        .. Common, ("population", "150"), ("species", "4"), ("crossover", "0.1"), ("elites", "0.05"), ("mutate-weights", "0"),
        ("add-node", "0.02"), ("add-connection", "0.04"), ("delete-connection", "0.03"), ("delete-node", "0"), ("toggle", "0"), ("change-activation", "0"),
    ];

    private static readonly (string Key, string Value)[] MultiplexerSettings =
        [.. Common, ("population", "600"), ("species", "4"), ("survival", "0.15"), ("delete-connection", "0.15"), ("delete-node", "0.05")];

    // Structure stands still: full connection through some hidden nodes, weights alone change.
    private static readonly (string Key, string Value)[] FixedSettings =
    [
        .. MultiplexerSettings, ("start", "full"), ("start-hidden", $"{FixedHidden}"), ("add-node", "0"), ("add-connection", "0"),
        ("delete-node", "0"), ("delete-connection", "0"), ("toggle", "0"),
    ];

    public string Name => "neat";

    public string Summary => "evaluations/s of NEAT on XOR and the 11-multiplexer, and how soon they are solved";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        List<BenchResult> results = [];
        note("neat/xor");
        CaseTask xor = CaseTask.Xor();
        results.Add(new BenchResult("neat/xor", 1, BestRate(Settings(XorSettings), xor, seconds, stop), "evaluations/s"));
        Solve("neat/xor", Settings(XorSettings), xor, XorLimit, results, note, stop);

        CaseTask multiplexer = CaseTask.Multiplexer(3);
        int connections = (12 * (FixedHidden + 1)) + FixedHidden;
        note($"neat/multiplexer-11-connections-{connections}");
        double fixedRate = BestRate(Settings(FixedSettings), multiplexer, seconds, stop);
        double rate = Solve("neat/multiplexer-11", Settings(MultiplexerSettings), multiplexer, MultiplexerLimit, results, note, stop);
        results.Add(new BenchResult("neat/multiplexer-11", 1, rate, "evaluations/s"));
        results.Add(new BenchResult($"neat/multiplexer-11-connections-{connections}", 1, fixedRate, "evaluations/s"));
        return results;
    }

    private static NeatSettings Settings((string Key, string Value)[] given)
    {
        SettingValues values = NeatSettings.Schema.Defaults;
        foreach ((string key, string value) in given)
        {
            values = values.With(key, value);
        }

        return NeatSettings.From(values);
    }

    /// <summary>Runs one after another until each is solved, seed after seed; the best of several repetitions.</summary>
    private static double BestRate(NeatSettings settings, CaseTask task, double seconds, CancellationToken stop)
    {
        double best = 0;
        ulong seed = 0;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            long evaluations = 0;
            long begin = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds / Repetitions)
            {
                double left = (seconds / Repetitions) - Stopwatch.GetElapsedTime(begin).TotalSeconds;
                evaluations += Evolve(settings, task, ++seed, left, stop).Evaluations;
            }

            best = Math.Max(best, evaluations / Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return best;
    }

    /// <summary>Several seeds until solved or out of time; returns evaluations per second over all of them.</summary>
    private static double Solve(string name, NeatSettings settings, CaseTask task, double limit, List<BenchResult> results, Action<string> note, CancellationToken stop)
    {
        List<Outcome> outcomes = [];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            note($"{name}, solving with seed {seed} of {Seeds}");
            outcomes.Add(Evolve(settings, task, (ulong)seed, limit, stop));
        }

        double[] generations = [.. outcomes.Where(o => o.Solved).Select(o => (double)o.Generations).Order()];
        double[] seconds = [.. outcomes.Where(o => o.Solved).Select(o => o.Seconds).Order()];
        results.Add(new BenchResult($"{name}/solved", 1, generations.Length, $"of {Seeds} seeds within {limit:0} s"));
        if (generations.Length > 0)
        {
            results.Add(new BenchResult($"{name}/generations-to-solve", 1, generations[generations.Length / 2], "generations, median of the solved"));
            results.Add(new BenchResult($"{name}/seconds-to-solve", 1, seconds[seconds.Length / 2], "s, median of the solved"));
        }

        results.Add(new BenchResult($"{name}/connections", 1, outcomes.Average(o => o.Connections), "connections, mean genome at the end"));
        return outcomes.Sum(o => o.Evaluations) / outcomes.Sum(o => o.Seconds);
    }

    private static Outcome Evolve(NeatSettings settings, CaseTask task, ulong seed, double limit, CancellationToken stop)
    {
        long begin = Stopwatch.GetTimestamp();
        var evolution = new NeatEvolution(settings, task, seed, 1);
        long evaluations = 0;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            evaluations += evolution.Evaluate([], keepScores: true) / task.Cases;
            bool solved = evolution.Scores[evolution.Ranking[0]].Fitness >= task.SolvedFitness;
            double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (solved || elapsed >= limit)
            {
                return new Outcome(solved, evolution.Generation + 1, elapsed, evaluations, evolution.Population.Average(g => g.ConnectionCount));
            }

            evolution.Breed();
        }
    }

    private readonly record struct Outcome(bool Solved, long Generations, double Seconds, long Evaluations, double Connections);
}
