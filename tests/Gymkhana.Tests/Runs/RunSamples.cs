using System.Text;
using System.Text.Json.Nodes;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Runs;

/// <summary>Small runs of the test algorithm.</summary>
internal static class RunSamples
{
    /// <summary>The walker with episodes of two seconds as its standard, so that final scores take no time.</summary>
    public static EnvironmentRegistration ShortWalker { get; } = WalkerEnvironment.Registration with
    {
        Schema = new SettingSchema([.. WalkerEnvironment.Registration.Schema.Settings.Select(s => s.Key == "episode-seconds" ? s with { Default = "2" } : s)]),
    };

    public static TrainingPlan Plan(int generations = 12, int threads = 1, TrainingBudget? budget = null, ulong seed = 5)
    {
        var algorithm = new LinearSearch();
        EnvironmentRegistration environment = ShortWalker;
        return new TrainingPlan
        {
            Algorithm = algorithm,
            Environment = environment,
            AlgorithmSettings = algorithm.Schema.Defaults.With("generations", $"{generations}"),
            EnvironmentSettings = environment.Schema.Defaults.With("energy-price", "0.5"),
            EvaluationSettings = environment.Schema.Defaults,
            Seed = seed,
            Threads = threads,
            Budget = budget ?? new TrainingBudget(null, null),
        };
    }

    /// <summary>The metrics of a run without the keys that tell of time.</summary>
    public static string TimelessMetrics(string folder)
    {
        var text = new StringBuilder();
        foreach (string line in File.ReadAllLines(Path.Combine(folder, MetricsLog.FileName)))
        {
            JsonObject json = JsonNode.Parse(line)!.AsObject();
            foreach (string key in MetricsLog.TimeKeys)
            {
                Assert.True(json.Remove(key), $"the line has no {key}");
            }

            text.AppendLine(json.ToJsonString());
        }

        return text.ToString();
    }

    /// <summary>The champions that a run has kept: names and content.</summary>
    public static string[] Champions(string folder) =>
    [
        .. Directory.GetFiles(Path.Combine(folder, ChampionHistory.FolderName)).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}"),
    ];

    public static byte[] Champion(string folder) => File.ReadAllBytes(Directory.GetFiles(folder, "champion.*").Single());
}

/// <summary>Keeps what a training says; can end it as a killed process would, between two iterations.</summary>
internal sealed class Witness(long killAfter = long.MaxValue) : ITrainingObserver
{
    public List<string> Notes { get; } = [];

    public List<TrainingProgress> Progress { get; } = [];

    public void Note(string line) => Notes.Add(line);

    public void Advanced(TrainingProgress progress)
    {
        Progress.Add(progress);
        if (progress.Report.Iteration >= killAfter)
        {
            throw new KilledException();
        }
    }

    public void Scoring()
    {
    }
}

internal sealed class KilledException : Exception;
