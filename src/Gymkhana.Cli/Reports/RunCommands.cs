using System.Globalization;
using System.Text;
using Gymkhana.Core.Runs;

namespace Gymkhana.Cli.Reports;

/// <summary>The command lines that belong to a run.</summary>
internal static class RunCommands
{
    /// <summary>The command that makes the same run again: as many iterations as it did, whatever time that takes.</summary>
    /// <param name="run">The run.</param>
    /// <param name="algorithm">Its algorithm.</param>
    /// <returns>One line.</returns>
    public static string Repeat(RunManifest run, IAlgorithm algorithm)
    {
        var line = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"./gymkhana train {run.Algorithm} {run.Environment}"));
        Preset? preset = algorithm.PresetsFor(run.Environment).FirstOrDefault(p => p.Name == run.Preset);
        bool hasDefault = algorithm.PresetsFor(run.Environment).Any(p => p.Name == Preset.Default);
        if (preset is not null) line.Append(preset.Name == Preset.Default ? string.Empty : $" --preset {preset.Name}");
        else if (hasDefault) line.Append(" --preset ").Append(Preset.None);
        line.Append(CultureInfo.InvariantCulture, $" --seed {run.Seed}");
        bool counts = algorithm.Schema.Has(algorithm.IterationsKey);
        Assign(line, run.AlgorithmSettings.Given, preset?.Algorithm.ToDictionary(), algorithm.Name, counts ? algorithm.IterationsKey : string.Empty);
        Assign(line, run.EnvironmentSettings.Given, Environment(preset), "env", skipped: string.Empty);
        if (counts) line.Append(CultureInfo.InvariantCulture, $" --generations {run.Progress.Iteration}");
        else line.Append(CultureInfo.InvariantCulture, $" --steps {run.Progress.AgentSteps}");
        if (preset?.Minutes > 0) line.Append(" --minutes 10000");
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
