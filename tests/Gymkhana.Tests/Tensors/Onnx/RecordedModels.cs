using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>Models exported from PyTorch with inputs and the outputs they gave there (tests/golden/onnx).</summary>
internal static class RecordedModels
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "golden", "onnx");

    public static IEnumerable<string> Names() => Directory.GetFiles(Folder, "*.onnx").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, name + ".onnx");

    /// <summary>The batches recorded for a model: inputs and expected outputs by name.</summary>
    public static IEnumerable<(Dictionary<string, OnnxTensor> Inputs, Dictionary<string, NpyArray> Outputs)> Batches(OnnxModel model, string name)
    {
        using NpzReader reader = new(Path.Combine(Folder, name + ".npz"));
        for (int batch = 0; ; batch++)
        {
            string suffix = batch == 0 ? string.Empty : $".{batch}";
            if (!model.Inputs.All(i => reader.Contains($"in.{i.Name}{suffix}")))
            {
                break;
            }

            yield return (
                model.Inputs.ToDictionary(i => i.Name, i => Tensor(reader.Read($"in.{i.Name}{suffix}"))),
                model.Outputs.ToDictionary(o => o.Name, o => reader.Read($"out.{o.Name}{suffix}")));
        }
    }

    public static OnnxTensor Tensor(NpyArray array)
    {
        int[] shape = [.. array.Shape.Select(s => (int)s)];
        return array.Type.ToString() switch
        {
            "float32" => OnnxTensor.Create(array.AsSpan<float>(), shape),
            "uint8" => OnnxTensor.Create(array.AsSpan<byte>(), shape),
            "int64" => OnnxTensor.Create(array.AsSpan<long>(), shape),
            string other => throw new InvalidOperationException(other),
        };
    }
}
