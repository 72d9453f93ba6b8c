using System.CommandLine;
using System.Text.Json;
using Gymkhana.Cli.Exports;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Settings;
using Gymkhana.Evolution.Neat;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Cli.Commands;

/// <summary><c>export POLICY --out FILE.onnx</c>: writes a trained policy as an ONNX model.</summary>
internal static class ExportCommand
{
    private const int OldestOpset = 13;
    private const int NewestOpset = 18;
    private const int UsualOpset = 17;

    public static Command Build(Lazy<Rooms> rooms)
    {
        var policy = new Argument<string>("POLICY") { Description = "run folder or champion file" };
        var output = new Option<string>("--out") { Description = "file to write", HelpName = "FILE.onnx", Required = true };
        Option<int?> opset = SharedOptions.Number("--opset", "N", $"ONNX operator set, {OldestOpset} to {NewestOpset} (default: {UsualOpset})", OldestOpset);
        var action = new Option<bool>("--action") { Description = "choose a discrete action inside the graph too: output 'action'" };
        var pixels = new Option<string>("--pixels")
        {
            Description = "how pixels come in: bytes (uint8, as the environment gives them), scaled (float32, b/128 - 1), colour (uint8 RGB frames; the graph makes them grey)",
            HelpName = "FORM",
            DefaultValueFactory = _ => "bytes",
        };
        Option<string[]> set = SharedOptions.Set("the environment, as the model says that it is to be used");
        Option<bool> json = SharedOptions.Json();
        var command = new Command("export", "write a trained policy as an ONNX model") { policy, output, opset, action, pixels, set, json };
        command.SetAction(parsed =>
        {
            int version = parsed.GetValue(opset) ?? UsualOpset;
            if (version > NewestOpset)
            {
                throw new UsageException($"Option --opset expects {OldestOpset} to {NewestOpset}, got {version}.");
            }

            OnnxPolicyForm form = new(version, parsed.GetValue(action), Pixels(parsed.GetValue(pixels)!));
            string path = parsed.GetRequiredValue(output);
            string[] paths = Write(rooms.Value, parsed.GetRequiredValue(policy), path, form, parsed.GetValue(set) ?? []);

            // Read back: what is written is what a stranger's program will be given.
            OnnxModel[] models = [.. paths.Select(p => new OnnxSession(OnnxModel.Load(p, OnnxLimits.Default)).Model)];
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer => WriteJson(writer, paths, models));
            }
            else
            {
                for (int i = 0; i < paths.Length; i++)
                {
                    Print(paths[i], models[i]);
                }
            }

            return CommandLine.Done;
        });
        return command;
    }

    // One file, or one for each class of a team.
    private static string[] Write(Rooms rooms, string text, string path, OnnxPolicyForm form, string[] assignments)
    {
        ResolvedPolicy resolved = new PolicyResolver(rooms).Resolve(text);
        (string id, string algorithm) = resolved.Policy switch
        {
            GenomePolicy genome => (genome.Document.Environment, "neat"),
            _ when resolved.Run is not null => (resolved.Run.Environment, resolved.Run.Algorithm),
            IOnnxExportable { Origin: { } origin } => (origin.EnvironmentId, string.Empty),
            IOnnxTeam { Origin: { } origin } => (origin.EnvironmentId, string.Empty),
            _ => throw new UsageException($"'{text}' has no network to export. Give a run folder or a champion file."),
        };
        EnvironmentRegistration registration = rooms.Environments.Find(id);
        SettingValues settings = resolved.SettingsIn(registration, assignments);
        IEnvironment environment = registration.Create(settings, 1);
        IReadOnlyList<(int Group, OnnxGraphBuilder Model)> models = resolved.Policy switch
        {
            GenomePolicy genome => [(0, GenomeExport.Build(genome.Network, environment.Groups[0], form.Opset, form.WithAction))],
            IOnnxExportable exportable => [(0, exportable.ToOnnx(environment.Groups[0], form))],
            IOnnxTeam team => team.ToOnnx(environment, form),
            IPolicy other => throw new UsageException($"'{other.Name}' has no network to export. Give a run folder or a champion file."),
        };
        string[] paths = new string[models.Count];
        for (int i = 0; i < models.Count; i++)
        {
            (int group, OnnxGraphBuilder model) = models[i];
            paths[i] = models.Count == 1 ? path : Path.ChangeExtension(path, null) + "-" + environment.Groups[group].Name + ".onnx";
            PolicyMetadata.Add(model, algorithm, environment, settings, group);
            model.Write(paths[i], Core.Runs.TrainingRun.ProgramVersion());
        }

        return paths;
    }

    private static OnnxPixelForm Pixels(string word) => word switch
    {
        "bytes" => OnnxPixelForm.Bytes,
        "scaled" => OnnxPixelForm.Scaled,
        "colour" => OnnxPixelForm.Colour,
        _ => throw new UsageException($"Option --pixels expects bytes, scaled or colour, got '{word}'."),
    };

    private static void Print(string path, OnnxModel model)
    {
        Console.Out.WriteLine($"{path}: operator set {model.Opset}, {Readable.Count(model.WeightCount)} weights");
        foreach (OnnxValueSpec spec in model.Inputs)
        {
            Console.Out.WriteLine($"input   {spec}");
        }

        foreach (OnnxValueSpec spec in model.Outputs)
        {
            Console.Out.WriteLine($"output  {spec}");
        }

        if (!model.Metadata.ContainsKey(OnnxPolicyKeys.Group))
        {
            Console.Out.WriteLine($"Next: gymkhana evaluate {path} {model.Metadata[OnnxPolicyKeys.Environment]}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string[] paths, OnnxModel[] models)
    {
        json.WriteString("file", paths[0]);
        json.WriteString("environment", models[0].Metadata[OnnxPolicyKeys.Environment]);
        json.WriteNumber("opset", models[0].Opset);
        json.WriteNumber("weights", models.Sum(m => m.WeightCount));
        json.WriteStartArray("files");
        Array.ForEach(paths, json.WriteStringValue);
        json.WriteEndArray();
    }
}
