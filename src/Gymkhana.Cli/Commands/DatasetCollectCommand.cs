using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gymkhana.Cli.Reports;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Policies;

namespace Gymkhana.Cli.Commands;

/// <summary><c>dataset collect ENV</c>: plays policies and keeps what happened.</summary>
internal static class DatasetCollectCommand
{
    private const int DefaultSteps = 100000;
    private const int DefaultShard = 16;

    private static readonly string[] Kinds = ["mixed", "medium", "expert", "random"];

    public static Command Build(Lazy<Rooms> rooms)
    {
        var environment = new Argument<string>("ENV") { Description = "id of the environment" };
        var policy = new Option<string[]>("--policy")
        {
            Description = "what acts: run folder, champion or snapshot file, built-in name; several collect equal parts in turn",
            HelpName = "POLICY",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
        };
        var kind = new Option<string?>("--kind")
        {
            Description = "mixed: all snapshots of a run, as it learned; medium: the snapshot half way up; expert: the champion; random (default: expert, or random without --policy)",
            HelpName = "KIND",
        };
        Option<long?> until = SharedOptions.Number("--until", "N", "with --kind mixed: only snapshots up to this iteration, as if the learner had been stopped there", 1L);
        Option<long?> steps = SharedOptions.Number("--steps", "N", $"transitions to collect; episodes stay whole (default: {DefaultSteps})", 1L);
        Option<double?> epsilon = SharedOptions.Number("--epsilon", "E", "share of actions that are replaced by random ones (default: 0)", 0.0);
        Option<ulong?> seed = SharedOptions.Seed("seed of the collection (default: 1)");
        var output = new Option<string>("--out") { Description = "folder to make, or to go on with where a collection was stopped", HelpName = "DIR", Required = true };
        Option<string[]> set = SharedOptions.Set("the environment");
        Option<int?> shard = SharedOptions.Number("--shard-mb", "MB", $"frames of a shard (default: {DefaultShard})", 1);
        var compress = new Option<bool>("--compress") { Description = "pack the shards: smaller on disk, slower to read" };
        Option<int?> copies = SharedOptions.Number("--copies", "N", "copies of the environment that are stepped together (default: 8); changes no result", 1);
        Option<int?> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("collect", "play policies and keep what happened as a dataset")
        {
            environment, policy, kind, until, steps, epsilon, seed, output, set, shard, compress, copies, threads, json,
        };
        command.SetAction(parsed =>
        {
            EnvironmentRegistration registration = rooms.Value.Environments.Find(parsed.GetRequiredValue(environment));
            string[] names = parsed.GetValue(policy) ?? [];
            string what = parsed.GetValue(kind) ?? (names.Length == 0 ? "random" : "expert");
            double share = parsed.GetValue(epsilon) ?? 0;
            if (share > 1)
            {
                throw new UsageException($"Option --epsilon expects a share from 0 to 1, got {Readable.Measure(share)}.");
            }

            if (parsed.GetValue(until) is not null && what != "mixed")
            {
                throw new UsageException($"Option --until goes with --kind mixed, got --kind {what}. Leave it out.");
            }

            List<ResolvedPolicy> acting = Policies(rooms.Value, what, names, parsed.GetValue(until) ?? long.MaxValue);
            var plan = new CollectionPlan
            {
                Environment = registration,
                Settings = acting[0].SettingsIn(registration, parsed.GetValue(set) ?? []),
                Policies = [.. acting.Select(p => new ActingPolicy(p.Policy, share))],
                Transitions = parsed.GetValue(steps) ?? DefaultSteps,
                Seed = parsed.GetValue(seed) ?? 1,
                Kind = what,
                ShardBytes = (long)(parsed.GetValue(shard) ?? DefaultShard) << 20,
                Compress = parsed.GetValue(compress),
                Copies = parsed.GetValue(copies) ?? 8,
                Threads = parsed.GetValue(threads) ?? Environment.ProcessorCount,
            };
            return Collect(plan, parsed.GetRequiredValue(output), parsed.GetValue(json));
        });
        return command;
    }

    private static int Collect(CollectionPlan plan, string path, bool asJson)
    {
        TextWriter writer = asJson ? Console.Error : Console.Out;
        DatasetCollector collector = DatasetCollector.Open(plan, path);
        if (collector.Found > 0)
        {
            writer.WriteLine($"Going on with {path}: {collector.Found} of {plan.Transitions} transitions are there.");
        }

        var progress = new CollectionProgress(writer, plan.Transitions, collector.Found);
        DatasetManifest manifest;
        using (var stop = new StopSignal(() => Console.Error.WriteLine("\nStopping; the shards that are written stay.")))
        {
            try
            {
                manifest = collector.Collect(progress.Advanced, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"Stopped at {DatasetManifest.Read(path).Transitions} transitions on disk. The same command goes on from there.");
                return CommandLine.Failed;
            }
        }

        if (asJson)
        {
            JsonOutput.Write(json => WriteJson(json, path, manifest));
            return CommandLine.Done;
        }

        writer.WriteLine($"{path}: {Readable.Count(manifest.Transitions)} transitions in {Readable.Count(manifest.Episodes)} episodes of mean return {Readable.Measure(manifest.MeanReturn)}, {manifest.Shards.Length} shards of {Readable.Count(manifest.Shards.Sum(s => s.Bytes))}B");
        foreach (Behaviour behaviour in manifest.Behaviours)
        {
            writer.WriteLine($"  {behaviour.Policy,-40} {Readable.Count(behaviour.Transitions),8} transitions, mean return {Readable.Measure(behaviour.MeanReturn)}");
        }

        writer.WriteLine("Next:");
        writer.WriteLine($"  gymkhana dataset inspect {path}");
        writer.WriteLine($"  gymkhana train bcq {manifest.Environment} --data {path}");
        return CommandLine.Done;
    }

    private static void WriteJson(Utf8JsonWriter json, string path, DatasetManifest manifest)
    {
        json.WriteString("dataset", path);
        json.WriteString("environment", manifest.Environment);
        json.WriteString("kind", manifest.Kind);
        json.WriteNumber("transitions", manifest.Transitions);
        json.WriteNumber("episodes", manifest.Episodes);
        json.WriteNumber("meanReturn", manifest.MeanReturn);
        json.WriteNumber("shards", manifest.Shards.Length);
        json.WriteNumber("bytes", manifest.Shards.Sum(s => s.Bytes));
    }

    private static List<ResolvedPolicy> Policies(Rooms rooms, string kind, string[] names, long until)
    {
        if (!Kinds.Contains(kind))
        {
            throw new UsageException($"Option --kind expects {string.Join(", ", Kinds)}, got '{kind}'.");
        }

        if (names.Length == 0)
        {
            return kind == "random"
                ? [new ResolvedPolicy(new RandomPolicy(), Run: null)]
                : throw new UsageException($"A dataset of kind {kind} needs --policy: {(kind == "expert" ? "a run folder or champion file" : "a run folder with snapshots ('gymkhana train ppo ... --set snapshot-every=N' keeps them)")}.");
        }

        var resolver = new PolicyResolver(rooms);
        return [.. names.SelectMany(name => kind switch
        {
            "mixed" when Directory.Exists(name) => Snapshots(rooms, name, all => UpTo(name, all, until)),
            "medium" when Directory.Exists(name) => Snapshots(rooms, name, all => [HalfWay(name, all)]),
            "mixed" or "medium" => [Exploring(resolver.Resolve(name))],
            _ => [resolver.Resolve(name)],
        })];
    }

    private static List<ResolvedPolicy> Snapshots(Rooms rooms, string run, Func<IEnumerable<(long Iteration, string Path)>, List<(long Iteration, string Path)>> choose)
    {
        using RunFolder folder = RunFolder.OpenToRead(run);
        RunManifest manifest = folder.ReadManifest();
        IAlgorithm algorithm = rooms.Algorithm(manifest.Algorithm);
        IReadOnlyList<(long Iteration, string Path)> all = new SnapshotFolder(run, algorithm).List();
        if (all.Count == 0)
        {
            throw new UsageException($"'{run}' kept no snapshots of how it learned. Train it anew with --set snapshot-every=N, or give several policies.");
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run)));
        List<ResolvedPolicy> policies = [];
        foreach ((long iteration, string path) in choose(all))
        {
            using FileStream source = File.OpenRead(path);
            IPolicy policy = algorithm.LoadPolicy(source, string.Create(CultureInfo.InvariantCulture, $"{name}@{iteration}"));
            policies.Add(Exploring(new ResolvedPolicy(policy, manifest)));
        }

        return policies;
    }

    private static List<(long Iteration, string Path)> UpTo(string run, IEnumerable<(long Iteration, string Path)> all, long until)
    {
        List<(long Iteration, string Path)> some = [.. all.Where(s => s.Iteration <= until)];
        return some.Count > 0 ? some : throw new UsageException($"'{run}' has no snapshot up to iteration {until}; its first is of iteration {all.First().Iteration}. Give a later --until.");
    }

    // What a learner does while it learns.
    private static ResolvedPolicy Exploring(ResolvedPolicy resolved) =>
        resolved.Policy is NetworkPolicy network ? resolved with { Policy = network.With(isStochastic: true) } : resolved;

    // The first snapshot whose episodes of training were half way between the run's first and best mean return.
    private static (long Iteration, string Path) HalfWay(string run, IEnumerable<(long Iteration, string Path)> all)
    {
        using RunFolder folder = RunFolder.OpenToRead(run);
        double[] returns = RunHistory.Read(folder).Column("return") ?? [];
        double[] known = [.. returns.Where(double.IsFinite)];
        if (known.Length == 0)
        {
            throw new UsageException($"'{run}' has no mean return in its metrics to find its middle by. Give one of its snapshots as --policy.");
        }

        double middle = (known[0] + known.Max()) / 2;
        return all.FirstOrDefault(s => s.Iteration <= returns.Length && returns[s.Iteration - 1] >= middle, all.Last());
    }
}
