using Gymkhana.Core.Randomness;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tests.Files;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>Models built here and read back: meanings that differ between operator sets, fusion, and networks of the families that people export.</summary>
public sealed class BuiltModelsTests
{
    private const OnnxElementType Float = OnnxElementType.Float32;

    [Fact]
    public void Build_Perceptron_GivesTheChainOfItsProducts()
    {
        KeyedStream random = new(5, 0, StreamPurpose.None);
        float[] weights = Normals(random, 3 * 2);
        float[] bias = Normals(random, 2);
        OnnxGraphBuilder builder = new("perceptron", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 3);
        string w = builder.AddInitializer<float>("weight", weights, 2, 3);
        string b = builder.AddInitializer<float>("bias", bias, 2);
        string product = builder.Add("Gemm", [x, w, b], ("transB", 1L));
        builder.AddWithOutputs("Relu", [product], ["y"]);
        builder.AddOutput("y", Float, OnnxGraphBuilder.Batch, 2);
        builder.AddMetadata("environment", "CartPole-v1");
        using TemporaryFolder folder = new();
        builder.Write(folder["model.onnx"], "1.2.3");

        OnnxSession session = OnnxSession.Load(folder["model.onnx"], OnnxLimits.Default);
        Assert.Equal("CartPole-v1", session.Model.Metadata["environment"]);
        Assert.Equal("x float32 [batch, 3]", session.Model.Inputs[0].ToString());
        Assert.Equal(8, session.Model.WeightCount);
        float[] inputs = Normals(random, 4 * 3);
        OnnxPlan plan = session.Plan(4);
        inputs.CopyTo(plan.Input<float>("x"));
        plan.Run();
        for (int row = 0; row < 4; row++)
        {
            for (int o = 0; o < 2; o++)
            {
                float sum = 0;
                for (int k = 0; k < 3; k++)
                {
                    sum = MathF.FusedMultiplyAdd(inputs[(row * 3) + k], weights[(o * 3) + k], sum);
                }

                Assert.Equal(Math.Max(sum + bias[o], 0), plan.Output<float>("y")[(row * 2) + o]);
            }
        }
    }

    // The middle of the graph is an output too, so that nothing can be fused: the bits stay.
    [Theory]
    [InlineData("MatMul")]
    [InlineData("Conv")]
    public void Run_FusedAndApart_HaveTheSameBits(string op)
    {
        float[] together = Products(op, apart: false);
        Assert.Equal(together, Products(op, apart: true));
        Assert.Contains(together, v => v > 0);
    }

    [Fact]
    public void Run_ConvolutionAndNormalization_FuseWithinRounding()
    {
        float[] together = Normalized(apart: false);
        float[] alone = Normalized(apart: true);
        for (int i = 0; i < together.Length; i++)
        {
            // One more rounding of weights of size one.
            Assert.Equal(alone[i], together[i], 1e-5f);
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(13)]
    public void Run_SoftmaxOfThreeAxes_MeansWhatItsOperatorSetSays(int opset)
    {
        float[] y = One(opset, "Softmax", [2, 2, 3], [], [2, 2, 3]);

        // Before 13 the axes from 1 on count as one of 6 numbers; from 13 on it is the last axis of 3.
        Assert.Equal(opset < 13 ? 1f / 6f : 1f / 3f, y[0], 1e-6f);
    }

    [Fact]
    public void Run_OldMeanings_AreReadFromAttributes()
    {
        Assert.Equal([0f, 1f, 2f, 3f, 3f, 3f], One(9, "Clip", [6], [("min", 0f), ("max", 3f)], [6]));
        Assert.Equal([1f, 2f], One(9, "Slice", [6], [("starts", (long[])[1]), ("ends", (long[])[3]), ("axes", (long[])[0])], [2]));
        Assert.Equal([9f, 0f, 1f, 2f, 3f, 4f, 5f], One(10, "Pad", [6], [("pads", (long[])[1, 0]), ("value", 9f)], [7]));
        Assert.Equal([15f], One(12, "ReduceSum", [6], [("axes", (long[])[0]), ("keepdims", 0L)], []));
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], One(12, "Squeeze", [6, 1], [("axes", (long[])[1])], [6]));
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], One(11, "Dropout", [6], [("ratio", 0.5f)], [6]));
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], One(9, "Identity", [6], [], [6]));
    }

    [Fact]
    public void Run_SplitOfOperatorSet18_LeavesTheRestToTheLast()
    {
        OnnxGraphBuilder builder = new("split", 18);
        string x = builder.AddInput("x", Float, 5);
        builder.AddWithOutputs("Split", [x], ["a", "b"], ("num_outputs", 2L), ("axis", 0L));
        builder.AddOutput("a", Float, 3);
        builder.AddOutput("b", Float, 2);
        OnnxPlan plan = Plan(builder, 1);
        Ramp(plan.Input<float>("x"));
        plan.Run();
        Assert.Equal([0f, 1f, 2f], plan.Output<float>("a").ToArray());
        Assert.Equal([3f, 4f], plan.Output<float>("b").ToArray());
    }

    [Fact]
    public void Run_AttentionWithMask_IgnoresWhatIsMasked()
    {
        const int Length = 5;
        const int Width = 8;
        OnnxGraphBuilder builder = new("attention", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, Length, Width);
        string mask = builder.AddInput("mask", OnnxElementType.Boolean, OnnxGraphBuilder.Batch, Length);
        string queries = Linear(builder, x, Width, 1);
        string keys = builder.Add("Transpose", [Linear(builder, x, Width, 2)], ("perm", (long[])[0, 2, 1]));
        string scores = builder.Add("Div", [builder.Add("MatMul", [queries, keys]), builder.AddInitializer<float>("scale", [MathF.Sqrt(Width)])]);
        string hidden = builder.Add("Constant", [], ("value", OnnxTensor.Create<float>([float.NegativeInfinity])));
        string wide = builder.Add("Unsqueeze", [mask, builder.AddInitializer<long>("axes", [1], 1)]);
        string weights = builder.Add("Softmax", [builder.Add("Where", [wide, hidden, scores])], ("axis", -1L));
        string attended = builder.Add("MatMul", [weights, Linear(builder, x, Width, 3)]);
        string ones = builder.AddInitializer<float>("gain", [.. Enumerable.Repeat(1f, Width)], Width);
        builder.AddWithOutputs("LayerNormalization", [builder.Add("Add", [x, attended]), ones], ["y"]);
        builder.AddOutput("y", Float, OnnxGraphBuilder.Batch, Length, Width);

        OnnxPlan plan = Plan(builder, 2);
        Normals(new KeyedStream(9, 0, StreamPurpose.None), 2 * Length * Width).CopyTo(plan.Input<float>("x"));
        plan.Input<bool>("mask").Clear();
        plan.Input<bool>("mask")[Length - 1] = true;
        plan.Run();
        float[] before = plan.Output<float>("y").ToArray();
        Assert.All(before, v => Assert.True(float.IsFinite(v)));

        // What is masked may change; only its own row sees it.
        plan.Input<float>("x").Slice((Length - 1) * Width, Width).Fill(7f);
        plan.Run();
        Assert.Equal(before[..((Length - 1) * Width)], plan.Output<float>("y")[..((Length - 1) * Width)].ToArray());
        Assert.Equal(before[(Length * Width)..], plan.Output<float>("y")[(Length * Width)..].ToArray());
    }

    [Fact]
    public void Run_ShapeArithmetic_IsFoldedForEachBatch()
    {
        OnnxGraphBuilder builder = new("shapes", 13);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 2, 3);
        string batch = builder.Add("Gather", [builder.Add("Shape", [x]), builder.AddInitializer<long>("zero", [0L])], ("axis", 0L));
        string first = builder.Add("Unsqueeze", [batch, builder.AddInitializer<long>("axis", [0L], 1)]);
        string shape = builder.Add("Concat", [first, builder.AddInitializer<long>("open", [-1L], 1)], ("axis", 0L));
        builder.AddWithOutputs("Reshape", [x, shape], ["y"]);
        builder.AddOutput("y", Float, OnnxGraphBuilder.Batch, 6);
        OnnxSession session = new(OnnxModel.Load(builder.ToBytes("test"), OnnxLimits.Default, "shapes"));
        Assert.Equal([3, 6], session.Plan(3).OutputShape("y").ToArray());
        Assert.Equal([1, 6], session.Plan(1).OutputShape("y").ToArray());
    }

    [Fact]
    public void Run_ShapeGivenAsInput_IsPlannedAnewForItsValues()
    {
        OnnxGraphBuilder builder = new("reshape", 13);
        string x = builder.AddInput("x", Float, 6);
        string shape = builder.AddInput("shape", OnnxElementType.Int64, 2);
        builder.AddWithOutputs("Reshape", [x, shape], ["y"]);
        builder.AddOutput("y", Float, -1, -1);
        OnnxSession session = new(OnnxModel.Load(builder.ToBytes("test"), OnnxLimits.Default, "reshape"));
        Assert.Null(session.OperationsPerSample);
        Assert.Throws<OnnxInputException>(() => session.Plan(1));
        foreach (long rows in new[] { 2L, 3L, 1L })
        {
            OnnxTensor y = session.Run(new Dictionary<string, OnnxTensor>
            {
                ["x"] = OnnxTensor.Create<float>([0, 1, 2, 3, 4, 5], 6),
                ["shape"] = OnnxTensor.Create<long>([rows, -1], 2),
            })["y"];
            Assert.Equal([(int)rows, 6 / (int)rows], y.Shape);
            Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], y.AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void Add_UnknownValue_IsRefused()
    {
        OnnxGraphBuilder builder = new("wrong", 13);
        Assert.Contains("nothing made before it", Assert.Throws<ArgumentException>(() => builder.Add("Relu", ["x"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxGraphBuilder("old", 9));
    }

    private static string Linear(OnnxGraphBuilder builder, string x, int width, ulong stream)
    {
        KeyedStream random = new(3, stream, StreamPurpose.None);
        string product = builder.Add("MatMul", [x, builder.AddInitializer<float>("weight", Normals(random, width * width), width, width)]);
        return builder.Add("Add", [product, builder.AddInitializer<float>("bias", Normals(random, width), width)]);
    }

    private static float[] Products(string op, bool apart)
    {
        KeyedStream random = new(11, 0, StreamPurpose.None);
        OnnxGraphBuilder builder = new("products", 17);
        bool convolves = op == "Conv";
        string x = convolves ? builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 3, 7, 6) : builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 30);
        string w = convolves ? builder.AddInitializer<float>("w", Normals(random, 5 * 3 * 9), 5, 3, 3, 3) : builder.AddInitializer<float>("w", Normals(random, 30 * 37), 30, 37);
        string product = convolves ? builder.Add("Conv", [x, w], ("pads", (long[])[1, 0, 1, 2]), ("strides", (long[])[2, 1])) : builder.Add("MatMul", [x, w]);
        string biased = convolves ? product : builder.Add("Add", [product, builder.AddInitializer<float>("b", Normals(random, 37), 37)]);
        builder.AddWithOutputs("Tanh", [biased], ["y"]);
        builder.AddOutput("y", Float, convolves ? [OnnxGraphBuilder.Batch, 5, 4, 6] : [OnnxGraphBuilder.Batch, 37]);
        if (apart)
        {
            builder.AddOutput(product, Float, convolves ? [OnnxGraphBuilder.Batch, 5, 4, 6] : [OnnxGraphBuilder.Batch, 37]);
            builder.AddOutput(biased, Float, convolves ? [OnnxGraphBuilder.Batch, 5, 4, 6] : [OnnxGraphBuilder.Batch, 37]);
        }

        OnnxPlan plan = Plan(builder, 3);
        Normals(random, plan.Input<float>("x").Length).CopyTo(plan.Input<float>("x"));
        plan.Run();
        return plan.Output<float>("y").ToArray();
    }

    private static float[] Normalized(bool apart)
    {
        KeyedStream random = new(12, 0, StreamPurpose.None);
        OnnxGraphBuilder builder = new("normalized", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 2, 5, 5);
        string convolved = builder.Add("Conv", [x, builder.AddInitializer<float>("w", Normals(random, 4 * 2 * 9), 4, 2, 3, 3)]);
        string[] settings = [.. new[] { "scale", "bias", "mean" }.Select(n => builder.AddInitializer<float>(n, Normals(random, 4), 4)), builder.AddInitializer<float>("variance", [0.5f, 1f, 2f, 3f], 4)];
        builder.AddWithOutputs("BatchNormalization", [convolved, .. settings], ["y"]);
        builder.AddOutput("y", Float, OnnxGraphBuilder.Batch, 4, 3, 3);
        if (apart)
        {
            builder.AddOutput(convolved, Float, OnnxGraphBuilder.Batch, 4, 3, 3);
        }

        OnnxPlan plan = Plan(builder, 2);
        Normals(random, plan.Input<float>("x").Length).CopyTo(plan.Input<float>("x"));
        plan.Run();
        return plan.Output<float>("y").ToArray();
    }

    // One operation of any operator set on 0, 1, 2, ...; softmax on zeros.
    private static float[] One(int opset, string op, int[] shape, (string, object)[] attributes, int[] result)
    {
        OnnxGraphBuilder builder = OnnxGraphBuilder.ForAnyOpset(opset);
        builder.AddWithOutputs(op, [builder.AddInput("x", Float, shape)], ["y"], attributes);
        builder.AddOutput("y", Float, result);
        OnnxPlan plan = Plan(builder, 1);
        if (op != "Softmax")
        {
            Ramp(plan.Input<float>("x"));
        }

        plan.Run();
        return plan.Output<float>("y").ToArray();
    }

    private static OnnxPlan Plan(OnnxGraphBuilder builder, int batch) => new OnnxSession(OnnxModel.Load(builder.ToBytes("test"), OnnxLimits.Default, "built")).Plan(batch);

    private static void Ramp(Span<float> x)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = i;
        }
    }

    private static float[] Normals(KeyedStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
}
