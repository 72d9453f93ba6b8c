using System.CommandLine;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Files;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli.Commands;

/// <summary><c>rollout ENV</c>: plays a policy and writes everything that happened as NumPy arrays.</summary>
internal static class RolloutCommand
{
    private const int DefaultSteps = 1000;

    public static Command Build(Lazy<Rooms> rooms)
    {
        var environment = new Argument<string>("ENV") { Description = "id of the environment" };
        var policy = new Option<string[]>("--policy")
        {
            Description = "run folder, champion file, ONNX file, built-in name, or ACTIONS.npy with one action a row; one for all groups of agents, or one for each",
            HelpName = "POLICY",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        Option<ulong?> seed = SharedOptions.Seed("seed of the first episode (default: 1); copy i has seed S + i");
        Option<int?> steps = SharedOptions.Number("--steps", "N", $"how many steps (default: the rows of ACTIONS.npy, or {DefaultSteps})", 1);
        Option<int?> copies = SharedOptions.Number("--copies", "N", "how many copies of the environment (default: 1, and then no axis for them)", 1);
        var output = new Option<string>("--out") { Description = "file to write", HelpName = "FILE.npz", Required = true };
        Option<string[]> set = SharedOptions.Set("the environment");
        Option<bool> json = SharedOptions.Json();
        var command = new Command("rollout", "play a policy and keep observations, actions, rewards and state as NumPy arrays")
        {
            environment, policy, seed, steps, copies, output, set, json,
        };
        command.SetAction(parsed =>
        {
            EnvironmentRegistration registration = rooms.Value.Environments.Find(parsed.GetRequiredValue(environment));
            ResolvedPolicy[] resolved = [.. parsed.GetRequiredValue(policy).Select(text => Find(rooms.Value, text))];
            SettingValues settings = resolved[0].SettingsIn(registration, parsed.GetValue(set) ?? []);
            IEnvironment world = registration.Create(settings, parsed.GetValue(copies) ?? 1);
            IPolicy[] policies = ForEachGroup(world, resolved);
            int count = Steps(parsed.GetValue(steps), policies);
            ulong first = parsed.GetValue(seed) ?? 1;
            using var stop = new StopSignal(() => { });
            IReadOnlyList<(string Name, NpyArray Array)> arrays = Rollout.Record(world, policies, first, count, stop.Token);
            string path = parsed.GetRequiredValue(output);
            NpzFile.Write(path, arrays, compress: false);
            if (parsed.GetValue(json))
            {
                WriteJson(path, registration.Id, policies, first, count, arrays);
            }
            else
            {
                Print(path, count, arrays);
            }

            return CommandLine.Done;
        });
        return command;
    }

    // One policy alone acts for all groups.
    private static IPolicy[] ForEachGroup(IEnvironment world, ResolvedPolicy[] resolved) =>
        resolved.Length == 1 ? [.. world.Groups.Select(_ => resolved[0].Policy)] : [.. resolved.Select(r => r.Policy)];

    private static ResolvedPolicy Find(Rooms rooms, string text) => text.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)
        ? new ResolvedPolicy(RecordedActions.Read(text), Run: null)
        : new PolicyResolver(rooms).Resolve(text);

    private static int Steps(int? asked, IPolicy[] policies)
    {
        foreach (RecordedActions actions in policies.OfType<RecordedActions>())
        {
            if (asked > actions.Length)
            {
                throw new UsageException($"'{actions.Name}' has actions for {actions.Length} steps, fewer than --steps {asked}. Ask for at most {actions.Length}.");
            }
        }

        return asked ?? policies.OfType<RecordedActions>().Select(a => a.Length).DefaultIfEmpty(DefaultSteps).Min();
    }

    private static void Print(string path, int steps, IReadOnlyList<(string Name, NpyArray Array)> arrays)
    {
        Console.Out.WriteLine($"{steps} steps in {path}:");
        foreach ((string name, NpyArray array) in arrays)
        {
            Console.Out.WriteLine($"  {name,-28} {array}");
        }
    }

    private static void WriteJson(string path, string environment, IPolicy[] policies, ulong seed, int steps, IReadOnlyList<(string Name, NpyArray Array)> arrays) =>
        JsonOutput.Write(json =>
        {
            json.WriteString("file", path);
            json.WriteString("environment", environment);
            json.WriteString("policy", string.Join(" + ", policies.Distinct().Select(p => p.Name)));
            json.WriteNumber("seed", seed);
            json.WriteNumber("steps", steps);
            json.WriteStartObject("arrays");
            foreach ((string name, NpyArray array) in arrays)
            {
                json.WriteStartObject(name);
                json.WriteString("type", array.Type.ToString());
                json.WriteStartArray("shape");
                foreach (long axis in array.Shape)
                {
                    json.WriteNumberValue(axis);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
}
