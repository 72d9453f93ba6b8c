using System.Globalization;
using System.Text;

namespace Gymkhana.Core.Runs;

/// <summary>The command lines that belong to a run.</summary>
public static class RunCommands
{
    private const string Again = "runs/again";

    /// <summary>The commands that make the same run again: stopped where it was, whatever time that takes, by limits that leave its falling rates as they were.</summary>
    /// <param name="run">The run.</param>
    /// <param name="algorithm">Its algorithm.</param>
    /// <returns>A line for each command.</returns>
    public static string Repeat(RunManifest run, IAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(algorithm);
        RunStage[] stages = [.. run.EarlierStages ?? [], new(run.Progress.PlannedIterations, run.Progress.Iteration, run.Progress.AgentSteps)];
        bool countsSteps = run.Progress.AgentSteps > 0 || run.Progress.Iteration == 0;
        if (!countsSteps) stages = stages[^1..]; // without steps there is only the number of iterations to end it by
        var line = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"./gymkhana train {run.Algorithm} {run.Environment}"));
        Preset? preset = algorithm.PresetsFor(run.Environment).FirstOrDefault(p => p.Name == run.Preset);
        bool hasDefault = algorithm.PresetsFor(run.Environment).Any(p => p.Name == Preset.Default);
        if (preset is not null) line.Append(preset.Name == Preset.Default ? string.Empty : $" --preset {preset.Name}");
        else if (hasDefault) line.Append(" --preset ").Append(Preset.None);
        line.Append(CultureInfo.InvariantCulture, $" --seed {run.Seed}");
        Assign(line, run.AlgorithmSettings.Given, preset?.Algorithm.ToDictionary(), algorithm.Name, countsSteps ? string.Empty : algorithm.IterationsKey);
        Assign(line, run.EnvironmentSettings.Given, Environment(preset), "env", skipped: string.Empty);
        if (!countsSteps) line.Append(CultureInfo.InvariantCulture, $" --generations {run.Progress.Iteration}");
        else if (stages[0].Iteration > 0 && stages[0].Iteration != stages[0].PlannedIterations) line.Append(CultureInfo.InvariantCulture, $" --steps {stages[0].AgentSteps}");
        if (preset?.Minutes > 0) line.Append(" --minutes 10000");
        if (stages.Length > 1) line.Append(" --out ").Append(Again);
        foreach (RunStage stage in stages[1..])
        {
            line.Append(CultureInfo.InvariantCulture, $"\n./gymkhana resume {Again} --generations {stage.PlannedIterations} --steps {stage.AgentSteps}");
        }

        return line.ToString();
    }

    private static Dictionary<string, string>? Environment(Preset? preset)
    {
        if (preset is null) return null;
        var settings = new Dictionary<string, string>(preset.Interface);
        foreach ((string key, string value) in preset.Environment) settings[key] = value;
        return settings;
    }

    // What a preset brings with it need not be said.
    private static void Assign(StringBuilder line, IEnumerable<KeyValuePair<string, string>> given, Dictionary<string, string>? preset, string prefix, string skipped)
    {
        foreach ((string key, string value) in given)
        {
            if (key == skipped || (preset is not null && preset.TryGetValue(key, out string? usual) && usual == value)) continue;
            line.Append(CultureInfo.InvariantCulture, $" --set {prefix}.{key}={value}");
        }
    }
}
