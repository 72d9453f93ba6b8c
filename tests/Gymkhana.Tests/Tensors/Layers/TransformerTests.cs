using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class TransformerTests
{
    [Theory]
    [InlineData("transformer_encoder_layer_postnorm_relu", false, false)]
    [InlineData("transformer_encoder_layer_postnorm_gelu", false, true)]
    [InlineData("transformer_encoder_layer_prenorm_relu", true, false)]
    [InlineData("transformer_encoder_layer_prenorm_gelu", true, true)]
    public void TransformerEncoderLayer_RecordedCase_GivesItsResultAndGradients(string name, bool normFirst, bool gelu)
    {
        GoldenCase golden = new(name);
        TransformerEncoderLayer layer = new(8, 2, 16, Stream(), normFirst, gelu);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        bool[] padding = [.. golden.Floats("c.key_padding_mask").Select(v => v != 0)];
        Fill(golden, layer);
        Tensor y = layer.Forward(x, AttentionMask.Keys(tape, padding, 3, 5));
        Check(golden, layer, x, y);
    }

    [Fact]
    public void TransformerEncoder_RecordedCase_GivesItsResultAndGradients()
    {
        GoldenCase golden = new("transformer_encoder_2layers");
        TransformerEncoder encoder = new(2, 8, 2, 16, Stream());
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Fill(golden, encoder);
        Check(golden, encoder, x, encoder.Forward(x));
    }

    [Theory]
    [InlineData("gat_single_head", 1, false)]
    [InlineData("gat_multi_head_concat", 3, false)]
    [InlineData("gat_multi_head_mean", 3, true)]
    [InlineData("gat_batched_dense", 2, false)]
    public void GraphAttentionLayer_RecordedCase_GivesItsResultAndGradients(string name, int heads, bool average)
    {
        GoldenCase golden = new(name);
        GraphAttentionLayer layer = new(5, 4, heads, Stream(), average);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Fill(golden, layer);
        Check(golden, layer, x, layer.Forward(x, golden.Constant(tape, "c.adj")).Result);
    }

    [Fact]
    public void GraphConvolution_RecordedCase_GivesItsResultAndGradients()
    {
        GoldenCase golden = new("gcn");
        GraphConvolution layer = new(5, 4, Stream());
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Fill(golden, layer);
        Tensor normalized = GraphConvolution.Normalize(tape, golden.Constant(tape, "c.adj"));
        golden.Check("out.norm_adj", normalized.Values);
        Check(golden, layer, x, layer.Forward(x, normalized));
    }

    [Fact]
    public void Encoder_WithACausalMask_HasTheGradientOfFiniteDifferencesAndLooksBackOnly()
    {
        TransformerEncoder encoder = new(1, 8, 2, 12, Stream());
        GradientFindings findings = GradientCheck.Run(
            (tape, i) => encoder.Forward(i[0], AttentionMask.Causal(tape, 4)), [Draw.Normal(new Shape(2, 4, 8), 1)], [.. encoder.Parameters.Select(p => p.Parameter)]);
        Assert.True(findings.IsRight, findings.ToString());

        (Shape shape, float[] values) = Draw.Normal(new Shape(1, 4, 8), 2);
        float[] First(float last)
        {
            float[] changed = [.. values];
            changed[^1] = last;
            Tape tape = new();
            return encoder.Forward(tape.Constant(shape, changed), AttentionMask.Causal(tape, 4)).Values[..24].ToArray();
        }

        Assert.Equal(First(1), First(2));
    }

    private static KeyedStream Stream() => new(1, 0, StreamPurpose.Initialization);

    private static void Fill(GoldenCase golden, Module module) => Assert.All(module.Parameters, p => golden.Fill(p.Parameter, "p." + p.Name));

    private static void Check(GoldenCase golden, Module module, Tensor x, Tensor y)
    {
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        module.ClearGradients();
        y.Tape.Backward();
        golden.Check("g.x", x.Gradient);
        Assert.All(module.Parameters, p => golden.Check("g." + p.Name, p.Parameter.Gradient));
    }
}
