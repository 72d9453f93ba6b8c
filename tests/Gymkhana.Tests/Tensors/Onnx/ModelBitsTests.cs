using System.Security.Cryptography;
using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>The same model and inputs give the same bits at every SIMD width: .ci/run runs this again with narrower ones.</summary>
public sealed class ModelBitsTests
{
    [Fact]
    [Trait("Category", "Determinism")]
    public void Run_RecordedModels_HaveTheRecordedBits()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in RecordedModels.Names())
        {
            OnnxSession session = OnnxSession.Load(RecordedModels.PathOf(name), OnnxLimits.Default);
            foreach ((Dictionary<string, OnnxTensor> inputs, Dictionary<string, NpyArray> _) in RecordedModels.Batches(session.Model, name))
            {
                IReadOnlyDictionary<string, OnnxTensor> outputs = session.Run(inputs);
                foreach (OnnxValueSpec output in session.Model.Outputs)
                {
                    hash.AppendData(outputs[output.Name].Bytes);
                }
            }
        }

        Assert.Equal("70cac844374c8927538928fe366cbc6685ce9cbf4971feb5168c36f7650c98c8", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
