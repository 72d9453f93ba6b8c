using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class EmbeddingTests
{
    [Fact]
    public void Forward_RecordedWords_GivesTheirRowsAndGradient()
    {
        GoldenCase golden = new("embedding");
        Shape shape = golden.Shape("p.weight");
        Embedding embedding = new(shape[0], shape[1], new KeyedStream(1, 0, StreamPurpose.Initialization));
        golden.Fill(embedding.Weight, "p.weight");
        Tape tape = new();
        Tensor y = embedding.Forward(tape, golden.Indices(tape, "c.idx"));
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.weight", embedding["weight"].Gradient);
    }
}
