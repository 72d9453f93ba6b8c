using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Cli;

/// <summary>A policy that was found by what a person wrote.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Run">The manifest of the run it comes from, or null.</param>
internal sealed record ResolvedPolicy(IPolicy Policy, RunManifest? Run)
{
    /// <summary>
    /// The settings of an environment in which the policy is used: those it was scored with in its run, or says it was made for, where it is
    /// the same environment, and over them what a person gives.
    /// </summary>
    /// <param name="environment">The environment.</param>
    /// <param name="assignments">The words after <c>--set</c>.</param>
    /// <returns>The settings.</returns>
    public SettingValues SettingsIn(EnvironmentRegistration environment, IEnumerable<string> assignments)
    {
        IReadOnlyDictionary<string, string>? own = Run?.Environment == environment.Id ? Run.EvaluationSettings.Given
            : Policy.Origin?.EnvironmentId == environment.Id ? Policy.Origin.Settings
            : null;
        return SettingAssignments.Apply(assignments, own is null ? environment.Schema.Defaults : environment.Schema.Defaults.With(own));
    }
}

/// <summary>Finds the policy that a person means: a built-in name, a run folder (or <c>RUN@ITERATION</c>, an earlier champion of it), a champion file, or an ONNX model.</summary>
/// <param name="rooms">What the program is made of.</param>
internal sealed class PolicyResolver(Rooms rooms)
{
    /// <summary>Finds a policy.</summary>
    /// <param name="text">What the person wrote.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="RunNotFoundException">Nothing of that name.</exception>
    /// <exception cref="Core.GymkhanaException">It is damaged.</exception>
    public ResolvedPolicy Resolve(string text)
    {
        if (rooms.Policies.FirstOrDefault(p => p.Name == text) is IPolicy builtIn)
        {
            return new ResolvedPolicy(builtIn, Run: null);
        }

        if (Directory.Exists(text))
        {
            return FromRun(text, iteration: null);
        }

        if (Earlier(text) is (string run, long iteration))
        {
            return FromRun(run, iteration);
        }

        if (File.Exists(text))
        {
            return new ResolvedPolicy(FromFile(text), Run: null);
        }

        string names = string.Join(", ", rooms.Policies.Select(p => p.Name));
        throw new RunNotFoundException($"There is no policy '{text}': it is no run folder, no champion file, no ONNX model and no built-in name ({names}). Train one with 'gymkhana train', which prints its run folder.");
    }

    /// <summary>Finds a policy, and others that act for some groups of agents in its place.</summary>
    /// <param name="text">What the person wrote.</param>
    /// <param name="with">The words after <c>--with</c>: GROUP=POLICY.</param>
    /// <param name="messages">What becomes of the first policy's messages, or null.</param>
    /// <returns>One policy of them all.</returns>
    /// <exception cref="UsageException">Not of that form, or a group twice.</exception>
    public ResolvedPolicy Resolve(string text, IReadOnlyList<string> with, string? messages = null)
    {
        ResolvedPolicy resolved = Resolve(text);
        resolved = messages is null ? resolved : resolved with { Policy = MessageOption.Apply(resolved.Policy, messages) };
        var byGroup = new Dictionary<string, IPolicy>(StringComparer.Ordinal);
        foreach (string pair in with)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !byGroup.TryAdd(pair[..equals], Resolve(pair[(equals + 1)..]).Policy))
            {
                throw new UsageException($"--with expects GROUP=POLICY, each group once, got '{pair}'. Write for example --with agent=flee.");
            }
        }

        return byGroup.Count == 0 ? resolved : resolved with { Policy = new GroupPolicies(resolved.Policy, byGroup) };
    }

    // "runs/demo@300": the champion that a run had in an iteration.
    private static (string Run, long Iteration)? Earlier(string text)
    {
        int at = text.LastIndexOf('@');
        return at > 0 && Directory.Exists(text[..at]) && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long iteration)
            ? (text[..at], iteration)
            : null;
    }

    private ResolvedPolicy FromRun(string path, long? iteration)
    {
        using RunFolder folder = RunFolder.OpenToRead(path);
        RunManifest manifest = folder.ReadManifest();
        IAlgorithm algorithm = rooms.Algorithm(manifest.Algorithm);
        string champion = folder.PathOf(algorithm.ChampionFileName);
        if (!File.Exists(champion))
        {
            throw new RunException($"'{path}' has no champion yet ({algorithm.ChampionFileName} is missing). Train on with 'gymkhana resume {path}'.");
        }

        return iteration is long earlier
            ? new ResolvedPolicy(Load(algorithm, new ChampionHistory(path, algorithm.ChampionFileName).Find(earlier), string.Create(CultureInfo.InvariantCulture, $"{path}@{earlier}")), manifest)
            : new ResolvedPolicy(Load(algorithm, champion, path), manifest);
    }

    private IPolicy FromFile(string path)
    {
        string file = Path.GetFileName(path);
        if (file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return OnnxPolicy.Load(path);
        }

        IAlgorithm? algorithm = rooms.Algorithms.Where(a => file.EndsWith(Suffix(a), StringComparison.OrdinalIgnoreCase)).MaxBy(a => Suffix(a).Length);
        return algorithm is not null
            ? Load(algorithm, path, path)
            : throw new UsageException($"'{path}' is no champion file: its name should end with .onnx, {string.Join(" or ", rooms.Algorithms.Select(Suffix))}. Give the run folder or the champion file in it.");
    }

    // "champion.genome.json" → ".genome.json"
    private static string Suffix(IAlgorithm algorithm) =>
        algorithm.ChampionFileName[algorithm.ChampionFileName.IndexOf('.', StringComparison.Ordinal)..];

    private static IPolicy Load(IAlgorithm algorithm, string path, string name)
    {
        using FileStream source = File.OpenRead(path);
        return algorithm.LoadPolicy(source, name);
    }
}
