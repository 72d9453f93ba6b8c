using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class AttentionTests
{
    [Theory]
    [InlineData("mha_self_keypadding")]
    [InlineData("mha_causal")]
    public void SelfAttention_RecordedCase_GivesItsResultWeightsAndGradients(string name)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Dictionary<string, Tensor> parameters = golden.Keys("p.").ToDictionary(k => k[2..], k => golden.Variable(tape, k));
        AttentionResult attention = x.Linear(parameters["in_proj_weight"], parameters["in_proj_bias"]).SelfAttention(2, Allowed(golden, tape));
        Tensor y = attention.Result.Linear(parameters["out_proj.weight"], parameters["out_proj.bias"]);
        golden.Check("out.y", y.Values);
        golden.Check("out.attn", attention.Weights.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        Assert.All(parameters, p => golden.Check("g." + p.Key, p.Value.Gradient));
    }

    [Fact]
    public void CrossAttention_RecordedCase_GivesItsResultWeightsAndGradients()
    {
        GoldenCase golden = new("mha_cross");
        Tape tape = new();
        Tensor q = golden.Variable(tape, "in.q"), kv = golden.Variable(tape, "in.kv");
        Dictionary<string, Tensor> parameters = golden.Keys("p.").ToDictionary(k => k[2..], k => golden.Variable(tape, k));
        Tensor weight = parameters["in_proj_weight"], bias = parameters["in_proj_bias"];
        AttentionResult attention = q.Linear(weight.Slice(0, 0, 8), bias.Slice(0, 0, 8)).CrossAttention(kv.Linear(weight.Slice(0, 8, 24), bias.Slice(0, 8, 24)), 2);
        Tensor y = attention.Result.Linear(parameters["out_proj.weight"], parameters["out_proj.bias"]);
        golden.Check("out.y", y.Values);
        golden.Check("out.attn", attention.Weights.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.q", q.Gradient);
        golden.Check("g.kv", kv.Gradient);
        Assert.All(parameters, p => golden.Check("g." + p.Key, p.Value.Gradient));
    }

    [Fact]
    public void SelfAttention_WithAMaskThatClosesARow_HasTheGradientOfFiniteDifferencesAndZerosThere()
    {
        float[] allowed = [1, 0, 1, 0, 0, 0, 1, 1, 1];
        GradientFindings findings = GradientCheck.Run(
            (tape, i) => i[0].SelfAttention(3, tape.Constant(new Shape(3, 3), allowed)).Result,
            [Draw.Normal(new Shape(4, 3, 54), 1)]);
        Assert.True(findings.IsRight, findings.ToString());
        Tape tape = new();
        Tensor y = tape.Constant(new Shape(1, 3, 54), Draw.Normal(new Shape(1, 3, 54), 2).Values).SelfAttention(3, tape.Constant(new Shape(3, 3), allowed)).Result;
        Assert.All(y.Values[18..36].ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void CrossAttention_Shapes_HaveTheGradientsOfFiniteDifferences()
    {
        GradientFindings findings = GradientCheck.Run(
            (_, i) => i[0].CrossAttention(i[1], 2).Result, [Draw.Normal(new Shape(2, 3, 10), 1), Draw.Normal(new Shape(2, 7, 20), 2)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [InlineData("gat_single_head", false)]
    [InlineData("gat_multi_head_concat", false)]
    [InlineData("gat_multi_head_mean", true)]
    [InlineData("gat_batched_dense", false)]
    public void GraphAttention_RecordedCase_GivesItsResultWeightsAndGradients(string name, bool averaged)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), adjacency = golden.Constant(tape, "c.adj");
        Dictionary<string, Tensor> parameters = golden.Keys("p.").ToDictionary(k => k[2..], k => golden.Variable(tape, k));
        AttentionResult attention = x.Linear(parameters["W"]).GraphAttention(parameters["a_src"], parameters["a_dst"], adjacency);
        Tensor y = attention.Result;
        if (averaged)
        {
            y = (y.Slice(1, 0, 4) + y.Slice(1, 4, 8) + y.Slice(1, 8, 12)) * (1 / 3f);
        }

        y += parameters["bias"];
        golden.Check("out.y", y.Values);
        int heads = attention.Weights.Shape[1];
        Tensor byPairs = attention.Weights.Permute(0, 2, 3, 1);
        golden.Check("out.alpha", byPairs.Values);
        Assert.Equal(heads, golden.Attributes.GetProperty("heads").GetInt32());
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        Assert.All(parameters, p => golden.Check("g." + p.Key, p.Value.Gradient));
    }

    [Fact]
    public void GraphAttention_DirectedGraphWithALonelyNode_HasTheGradientOfFiniteDifferences()
    {
        float[] adjacency = [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1];
        GradientFindings findings = GradientCheck.Run(
            (tape, i) => i[0].GraphAttention(i[1], i[2], tape.Constant(new Shape(4, 4), adjacency)).Result,
            [Draw.Normal(new Shape(3, 4, 42), 1), Draw.Normal(new Shape(2, 21), 2), Draw.Normal(new Shape(2, 21), 3)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    // The recordings mark what is ignored; a mask of keys counts for every query.
    private static Tensor Allowed(GoldenCase golden, Tape tape)
    {
        if (golden.Has("c.attn_mask"))
        {
            return tape.Constant(golden.Shape("c.attn_mask"), [.. golden.Floats("c.attn_mask").Select(v => 1 - v)]);
        }

        Shape shape = golden.Shape("c.key_padding_mask");
        float[] ignored = golden.Floats("c.key_padding_mask");
        float[] allowed = new float[shape[0] * shape[1] * shape[1]];
        for (int i = 0; i < allowed.Length; i++)
        {
            allowed[i] = 1 - ignored[(i / (shape[1] * shape[1]) * shape[1]) + (i % shape[1])];
        }

        return tape.Constant(new Shape(shape[0], shape[1], shape[1]), allowed);
    }
}
