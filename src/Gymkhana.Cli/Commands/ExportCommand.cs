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
            Write(rooms.Value, parsed.GetRequiredValue(policy), path, form, parsed.GetValue(set) ?? []);

            // Read back: what is written is what a stranger's program will be given.
            OnnxModel model = new OnnxSession(OnnxModel.Load(path, OnnxLimits.Default)).Model;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer => WriteJson(writer, path, model));
            }
            else
            {
                Print(path, model);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Write(Rooms rooms, string text, string path, OnnxPolicyForm form, string[] assignments)
    {
        ResolvedPolicy resolved = new PolicyResolver(rooms).Resolve(text);
        (string id, string algorithm) = resolved.Policy switch
        {
            GenomePolicy genome => (genome.Document.Environment, "neat"),
            _ when resolved.Run is not null => (resolved.Run.Environment, resolved.Run.Algorithm),
            IOnnxExportable { Origin: { } origin } => (origin.EnvironmentId, string.Empty),
            _ => throw new UsageException($"'{text}' has no network to export. Give a run folder or a champion file."),
        };
        EnvironmentRegistration registration = rooms.Environments.Find(id);
        SettingValues settings = resolved.SettingsIn(registration, assignments);
        IEnvironment environment = registration.Create(settings, 1);
        AgentGroup group = environment.Groups[0];
        OnnxGraphBuilder builder = resolved.Policy switch
        {
            GenomePolicy genome => GenomeExport.Build(genome.Network, group, form.Opset, form.WithAction),
            IOnnxExportable exportable => exportable.ToOnnx(group, form),
            IPolicy other => throw new UsageException($"'{other.Name}' has no network to export. Give a run folder or a champion file."),
        };
        PolicyMetadata.Add(builder, algorithm, environment, settings);
        builder.Write(path, Core.Runs.TrainingRun.ProgramVersion());
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

        Console.Out.WriteLine($"Next: gymkhana evaluate {path} {model.Metadata[OnnxPolicyKeys.Environment]}");
    }

    private static void WriteJson(Utf8JsonWriter json, string path, OnnxModel model)
    {
        json.WriteString("file", path);
        json.WriteString("environment", model.Metadata[OnnxPolicyKeys.Environment]);
        json.WriteNumber("opset", model.Opset);
        json.WriteNumber("weights", model.WeightCount);
    }
}
