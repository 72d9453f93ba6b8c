using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tests.Tensors.Onnx.Export;

/// <summary>A network and its export, read back, give the same bits.</summary>
public sealed class OnnxExportTests
{
    public static TheoryData<string, int> Families()
    {
        TheoryData<string, int> families = [];
        foreach (string name in ExportedNetworks.Names)
        {
            families.Add(name, 13);
            families.Add(name, 17);
        }

        families.Add("transformer", 18);
        return families;
    }

    [Theory]
    [Trait("Category", "Determinism")]
    [MemberData(nameof(Families))]
    public void Trace_Family_GivesTheBitsOfTheTapeAtAnyBatch(string name, int opset)
    {
        ExportedNetwork network = ExportedNetworks.Make(name);
        OnnxGraphBuilder builder = OnnxExport.Trace(name, opset, network.Inputs, network.Network, network.Parameters);
        builder.AddMetadata("environment", "CartPole-v1");
        OnnxModel model = OnnxModel.Load(builder.ToBytes("1.0.0"), OnnxLimits.Default, name);
        Assert.Equal(opset, model.Opset);
        Assert.Equal("CartPole-v1", model.Metadata["environment"]);
        OnnxSession session = new(model);
        foreach (int batch in (int[])[1, 3, 8])
        {
            ExportedRun run = ExportedRun.Of(network, batch, 5);
            IReadOnlyDictionary<string, OnnxTensor> results = session.Run(run.Inputs);
            foreach ((string output, OnnxTensor expected) in run.Outputs)
            {
                Assert.Equal(expected.Shape, results[output].Shape);
                int first = Difference(expected, results[output]);
                Assert.True(first < 0, $"{output} differs at {first} with a batch of {batch}");
            }
        }
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("nature cnn")]
    public void Trace_Module_WritesItsParametersUnderTheirNames(string name)
    {
        ExportedNetwork network = ExportedNetworks.Make(name);
        OnnxModel model = OnnxModel.Load(OnnxExport.Trace(name, 17, network.Inputs, network.Network, network.Parameters).ToBytes("1.0.0"), OnnxLimits.Default, name);
        Assert.Equal(network.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal), model.Weights.Keys.Where(n => network.Parameters.Any(p => p.Name == n)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Trace_TwiceTheSame_GivesTheSameBytes()
    {
        ExportedNetwork network = ExportedNetworks.Make("transformer");
        byte[] Bytes() => OnnxExport.Trace("t", 17, network.Inputs, network.Network, network.Parameters).ToBytes("1.0.0");
        Assert.Equal(Bytes(), Bytes());
    }

    // The first element that differs, or −1.
    private static int Difference(OnnxTensor expected, OnnxTensor actual)
    {
        int same = expected.Bytes.CommonPrefixLength(actual.Bytes);
        return same == expected.Bytes.Length && expected.Type == actual.Type ? -1 : same / expected.Type.Size();
    }
}
