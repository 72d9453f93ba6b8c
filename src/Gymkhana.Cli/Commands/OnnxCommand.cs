using System.CommandLine;
using System.Text.Json;
using Gymkhana.Core;
using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Cli.Commands;

/// <summary><c>onnx inspect MODEL</c> and <c>onnx run MODEL</c>: looks into a model file, and runs it on arrays.</summary>
internal static class OnnxCommand
{
    public static Command Build() => new("onnx", "look into an ONNX model, or run it on NumPy arrays") { Inspect(), RunModel() };

    private static Command Inspect()
    {
        var model = new Argument<string>("MODEL") { Description = "the .onnx file" };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("inspect", "show a model's inputs, outputs, operators, weights and operations, or why it is refused") { model, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model);
            if (!parsed.GetValue(json))
            {
                Print(OnnxSession.Load(path, OnnxLimits.Default));
                return CommandLine.Done;
            }

            try
            {
                OnnxSession session = OnnxSession.Load(path, OnnxLimits.Default);
                JsonOutput.Write(writer => WriteJson(writer, session));
                return CommandLine.Done;
            }
            catch (GymkhanaException refusal)
            {
                JsonOutput.Write(writer =>
                {
                    writer.WriteBoolean("ok", false);
                    writer.WriteString("reason", refusal.Message);
                });
                return CommandLine.Failed;
            }
        });
        return command;
    }

    private static Command RunModel()
    {
        var model = new Argument<string>("MODEL") { Description = "the .onnx file" };
        var input = new Option<string>("--input") { Description = "arrays named like the model's inputs", HelpName = "X.npz", Required = true };
        var output = new Option<string>("--output") { Description = "file to write the outputs to, by name", HelpName = "Y.npz", Required = true };
        var command = new Command("run", "run a model on NumPy arrays") { model, input, output };
        command.SetAction(parsed =>
        {
            OnnxSession session = OnnxSession.Load(parsed.GetRequiredValue(model), OnnxLimits.Default);
            IReadOnlyDictionary<string, OnnxTensor> results = session.Run(Read(parsed.GetRequiredValue(input)));
            NpzFile.Write(parsed.GetRequiredValue(output), session.Model.Outputs.Select(o => (o.Name, ToArray(results[o.Name]))), compress: false);
            foreach (OnnxValueSpec spec in session.Model.Outputs)
            {
                Console.Out.WriteLine($"{Clean(spec.Name)}  {TypeName(spec.Type)} [{string.Join(", ", results[spec.Name].Shape)}]");
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static Dictionary<string, OnnxTensor> Read(string path)
    {
        using NpzReader reader = new(path);
        return reader.Names.ToDictionary(n => n, n => ToTensor(reader.Read(n), $"{path} ({n})"), StringComparer.Ordinal);
    }

    private static OnnxTensor ToTensor(NpyArray array, string origin)
    {
        if (array.Shape.Any(s => s > int.MaxValue))
        {
            throw new GymkhanaException($"{origin}: an axis is longer than {int.MaxValue}. Split the array.");
        }

        int[] shape = [.. array.Shape.Select(s => (int)s)];
        return (array.Type.Kind, array.Type.Size) switch
        {
            (NpyKind.Real, 4) => OnnxTensor.Create(array.AsSpan<float>(), shape),
            (NpyKind.Real, 8) => OnnxTensor.Create(array.AsSpan<double>(), shape),
            (NpyKind.Whole, 4) => OnnxTensor.Create(array.AsSpan<int>(), shape),
            (NpyKind.Whole, 8) => OnnxTensor.Create(array.AsSpan<long>(), shape),
            (NpyKind.Natural, 1) => OnnxTensor.Create(array.AsSpan<byte>(), shape),
            (NpyKind.Boolean, _) => OnnxTensor.Create(array.AsSpan<bool>(), shape),
            _ => throw new GymkhanaException($"{origin}: the array is {array.Type}, expected float32, float64, int32, int64, uint8 or bool. Convert it, for example with astype('float32')."),
        };
    }

    private static NpyArray ToArray(OnnxTensor tensor)
    {
        long[] shape = [.. tensor.Shape.Select(s => (long)s)];
        return tensor.Type switch
        {
            OnnxElementType.Float32 => NpyArray.Create(tensor.AsSpan<float>(), shape),
            OnnxElementType.Float64 => NpyArray.Create(tensor.AsSpan<double>(), shape),
            OnnxElementType.Int32 => NpyArray.Create(tensor.AsSpan<int>(), shape),
            OnnxElementType.Int64 => NpyArray.Create(tensor.AsSpan<long>(), shape),
            OnnxElementType.UInt8 => NpyArray.Create(tensor.AsSpan<byte>(), shape),
            _ => NpyArray.Create(tensor.AsSpan<bool>(), shape),
        };
    }

    private static void Print(OnnxSession session)
    {
        OnnxModel model = session.Model;
        Console.Out.WriteLine($"operator set {model.Opset}{(model.Producer.Length > 0 ? $", written by {Clean(model.Producer)}" : string.Empty)}");
        foreach (OnnxValueSpec spec in model.Inputs)
        {
            Console.Out.WriteLine($"input      {Clean(spec.ToString())}");
        }

        foreach (OnnxValueSpec spec in model.Outputs)
        {
            Console.Out.WriteLine($"output     {Clean(spec.ToString())}");
        }

        Console.Out.WriteLine($"operators  {string.Join(", ", model.Operators.Select(o => o.Value == 1 ? o.Key : $"{o.Key} x{o.Value}"))}");
        Console.Out.WriteLine($"weights    {model.WeightCount}");
        Console.Out.WriteLine($"FLOPs      {(session.OperationsPerSample is { } work ? $"{work} for one sample" : "depend on the values of the inputs")}");
        foreach ((string key, string value) in model.Metadata)
        {
            Console.Out.WriteLine($"metadata   {Clean(key)}: {Clean(value.Replace("\n", ", ", StringComparison.Ordinal))}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, OnnxSession session)
    {
        OnnxModel model = session.Model;
        json.WriteBoolean("ok", true);
        WriteSpecs(json, "inputs", model.Inputs);
        WriteSpecs(json, "outputs", model.Outputs);
        json.WriteStartObject("operators");
        foreach ((string name, int count) in model.Operators)
        {
            json.WriteNumber(name, count);
        }

        json.WriteEndObject();
        json.WriteNumber("weights", model.WeightCount);
        if (session.OperationsPerSample is { } work)
        {
            json.WriteNumber("flops", work);
        }
        else
        {
            json.WriteNull("flops");
        }

        json.WriteNumber("opset", model.Opset);
        json.WriteStartObject("metadata");
        foreach ((string key, string value) in model.Metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteSpecs(Utf8JsonWriter json, string name, IEnumerable<OnnxValueSpec> specs)
    {
        json.WriteStartArray(name);
        foreach (OnnxValueSpec spec in specs)
        {
            json.WriteStartObject();
            json.WriteString("name", spec.Name);
            json.WriteString("type", TypeName(spec.Type));
            if (spec.Shape is { } shape)
            {
                json.WriteStartArray("shape");
                foreach (OnnxDimension dimension in shape)
                {
                    if (dimension.IsFixed)
                    {
                        json.WriteNumberValue(dimension.Size);
                    }
                    else
                    {
                        json.WriteStringValue(dimension.ToString());
                    }
                }

                json.WriteEndArray();
            }
            else
            {
                json.WriteNull("shape");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string TypeName(OnnxElementType type) => type switch
    {
        OnnxElementType.Boolean => "bool",
        _ => type.ToString().ToLowerInvariant(),
    };

    // A stranger's text goes to a terminal without its control characters.
    private static string Clean(string text) => string.Concat(text.Where(c => !char.IsControl(c)));
}
