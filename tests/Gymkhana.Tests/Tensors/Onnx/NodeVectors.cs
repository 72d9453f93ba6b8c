using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>The ONNX project's own test vectors, one small model for each meaning of an operator, from Debian's package libonnx-testdata.</summary>
internal static class NodeVectors
{
    public const string Folder = "/usr/share/libonnx-testdata/data/node";

    // Vectors were computed in double or by another summation order and rounded to single precision: a few units in the last place of
    // numbers of size one, more for long sums and steep functions. ONNX's own runner allows 1e-3 relative and 1e-7 absolute.
    private const double Relative = 2e-5;

    // The expanded window functions spell π as 3.1415.
    private const double WindowTolerance = 3e-4;
    private const double Absolute = 2e-6;

    public static IEnumerable<string> Names() => Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    /// <summary>Runs the vectors of one folder.</summary>
    /// <returns>"passed", or "refused: " with the operator; anything else is a failure and says what.</returns>
    public static string Run(string folder)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        try
        {
            OnnxSession session = new(OnnxModel.Load(bytes, OnnxLimits.Default, "model"));
            foreach (string set in Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal))
            {
                Dictionary<string, OnnxTensor> inputs = new(StringComparer.Ordinal);
                for (int i = 0; i < session.Model.Inputs.Length; i++)
                {
                    inputs[session.Model.Inputs[i].Name] = Read(Path.Combine(set, $"input_{i}.pb"));
                }

                IReadOnlyDictionary<string, OnnxTensor> outputs = session.Run(inputs);
                for (int i = 0; i < session.Model.Outputs.Length; i++)
                {
                    string? difference = Difference(Read(Path.Combine(set, $"output_{i}.pb")), outputs[session.Model.Outputs[i].Name], folder.Contains("window", StringComparison.Ordinal) ? WindowTolerance : Relative);
                    if (difference is not null)
                    {
                        return $"failed: output {i}: {difference}";
                    }
                }
            }

            return "passed";
        }
        catch (OnnxRefusedException refusal)
        {
            Assert.DoesNotContain('\n', refusal.Message);
            string[] operators = Operators(bytes);
            string? named = operators.FirstOrDefault(o => refusal.Message.Contains(o, StringComparison.Ordinal));
            return named is null ? $"failed: refused without naming one of {string.Join(", ", operators)}: {refusal.Message}" : $"refused: {named}";
        }
        catch (Exception other)
        {
            return $"failed: {other.GetType().Name}: {other.Message}{other.StackTrace?.Split('\n').FirstOrDefault()}";
        }
    }

    private static OnnxTensor Read(string path)
    {
        // A vector may be larger than a weight may be, and may hold what a weight may not.
        TensorLiteral literal = new TensorReader(new OnnxLimits { Weights = 100_000_000 }).Read(File.ReadAllBytes(path), "vector");
        return new OnnxTensor(literal.Type, [.. literal.Shape], literal.Decode().Bytes);
    }

    // Just the operator names, whatever else is in the file.
    private static string[] Operators(byte[] model)
    {
        List<string> names = [];
        ProtoReader reader = new(model);
        while (reader.Next())
        {
            if (reader.Field != 7)
            {
                reader.Skip();
                continue;
            }

            ProtoReader graph = new(reader.Bytes());
            while (graph.Next())
            {
                if (graph.Field != 1)
                {
                    graph.Skip();
                    continue;
                }

                ProtoReader node = new(graph.Bytes());
                while (node.Next())
                {
                    if (node.Field == 4)
                    {
                        names.Add(node.Text());
                    }
                    else
                    {
                        node.Skip();
                    }
                }
            }
        }

        return [.. names.Distinct()];
    }

    private static string? Difference(OnnxTensor expected, OnnxTensor got, double relative)
    {
        if (expected.Type != got.Type || !expected.Shape.SequenceEqual(got.Shape))
        {
            return $"{got.Type} [{string.Join(", ", got.Shape)}], expected {expected.Type} [{string.Join(", ", expected.Shape)}]";
        }

        for (int i = 0; i < expected.Count; i++)
        {
            (double e, double g) = (Number(expected, i), Number(got, i));
            if (!(Math.Abs(e - g) <= (relative == WindowTolerance ? relative : Absolute) + (relative * Math.Abs(e))) && !e.Equals(g))
            {
                return $"element {i} is {g}, expected {e}";
            }
        }

        return null;
    }

    private static double Number(OnnxTensor tensor, int i) => tensor.Type switch
    {
        OnnxElementType.Float32 => tensor.AsSpan<float>()[i],
        OnnxElementType.Float64 => tensor.AsSpan<double>()[i],
        OnnxElementType.Int32 => tensor.AsSpan<int>()[i],
        OnnxElementType.Int64 => tensor.AsSpan<long>()[i],
        _ => tensor.Bytes[i],
    };
}
