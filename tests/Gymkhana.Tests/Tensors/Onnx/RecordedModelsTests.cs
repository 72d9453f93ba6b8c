using System.Globalization;
using System.Text.Json;
using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx;

namespace Gymkhana.Tests.Tensors.Onnx;

public sealed class RecordedModelsTests
{
    // Outputs are of size one; sums of a few thousand products differ by their order in about 1e-7 of that. 1e-5 is what is promised.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names() => [.. RecordedModels.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_RecordedModel_GivesTheRecordedOutputs(string name)
    {
        OnnxSession session = OnnxSession.Load(RecordedModels.PathOf(name), OnnxLimits.Default);
        Assert.True(session.OperationsPerSample > 0);
        int batches = 0;
        foreach ((Dictionary<string, OnnxTensor> inputs, Dictionary<string, NpyArray> expected) in RecordedModels.Batches(session.Model, name))
        {
            IReadOnlyDictionary<string, OnnxTensor> outputs = session.Run(inputs);
            Assert.Equal(expected.Keys.Order(), outputs.Keys.Order());
            foreach ((string output, NpyArray array) in expected)
            {
                Assert.Equal(array.Shape.Select(s => (int)s), outputs[output].Shape);
                Compare(array, outputs[output], output);
            }

            // The buffers of the first run do not leak into the second.
            IReadOnlyDictionary<string, OnnxTensor> again = session.Run(inputs);
            Assert.All(outputs, o => Assert.True(o.Value.Bytes.SequenceEqual(again[o.Key].Bytes), o.Key));
            batches++;
        }

        Assert.True(batches > 0, "no batch is recorded");
    }

    [Fact]
    public void RecordedModels_Found_AreAllOfTheManifest() =>
        Assert.True(RecordedModels.Names().Count() >= 15, string.Create(CultureInfo.InvariantCulture, $"{RecordedModels.Names().Count()} models"));

    [Fact]
    public void Load_RecordedModels_HaveTheOperatorsAndWeightsOfTheManifest()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(RecordedModels.Folder, "MANIFEST.json")));
        foreach (JsonProperty entry in manifest.RootElement.GetProperty("models").EnumerateObject())
        {
            Dictionary<string, int> operators = entry.Value.GetProperty("ops").Deserialize<Dictionary<string, int>>()!;
            if (operators.Count > 0)
            {
                OnnxModel model = OnnxModel.Load(RecordedModels.PathOf(entry.Name), OnnxLimits.Default);
                Assert.Equal(operators.OrderBy(o => o.Key, StringComparer.Ordinal), model.Operators);
                if (entry.Name is "mlp" or "nature_cnn_two_heads" or "nature_narrow_reshape" or "small_cnn_opset9" or "bcq_policy_argmax")
                {
                    // Elsewhere the exporter folded normalisations or keeps running statistics, which PyTorch does not count.
                    Assert.Equal(entry.Value.GetProperty("params").GetInt64(), model.WeightCount);
                }

                Assert.Equal(entry.Value.GetProperty("opset").GetInt32(), model.Opset);
            }
        }
    }

    [Fact]
    public void Run_PlanOfABatch_AllocatesNothing()
    {
        OnnxSession session = OnnxSession.Load(RecordedModels.PathOf("nature_cnn_two_heads"), OnnxLimits.Default);
        OnnxPlan plan = session.Plan(2);
        plan.Input<float>("x").Fill(0.5f);
        Assert.Equal(0, Allocations.Least(() =>
        {
            plan.Input<float>("x")[1] += 1;
            plan.Run();
            Assert.True(float.IsFinite(plan.Output<float>("q_vals")[0]));
        }));
        Assert.Same(plan, session.Plan(2));
        Assert.NotSame(plan, session.Plan(3));
    }

    [Fact]
    public void Run_SampleInABatch_HasTheBitsItHasAlone()
    {
        OnnxSession session = OnnxSession.Load(RecordedModels.PathOf("nature_cnn_two_heads"), OnnxLimits.Default);
        (Dictionary<string, OnnxTensor> inputs, _) = RecordedModels.Batches(session.Model, "nature_cnn_two_heads").First();
        OnnxTensor x = inputs["x"];
        int samples = x.Shape[0];
        ReadOnlySpan<float> together = session.Run(inputs)["q_vals"].AsSpan<float>();
        for (int i = 0; i < samples; i++)
        {
            OnnxTensor one = OnnxTensor.Create(x.AsSpan<float>().Slice(i * x.Count / samples, x.Count / samples), [1, .. x.Shape.AsSpan()[1..]]);
            ReadOnlySpan<float> alone = session.Run(new Dictionary<string, OnnxTensor> { ["x"] = one })["q_vals"].AsSpan<float>();
            Assert.True(together.Slice(i * alone.Length, alone.Length).SequenceEqual(alone));
        }
    }

    [Theory]
    [InlineData("y", typeof(float), 4, "has no input 'y'")]
    [InlineData("x", typeof(long), 16, "expected to be float32, got int64")]
    [InlineData("x", typeof(float), 5, "x float32 [")]
    public void Run_WrongInput_IsOneClearLine(string name, Type type, int features, string expected)
    {
        OnnxSession session = OnnxSession.Load(RecordedModels.PathOf("mlp"), OnnxLimits.Default);
        OnnxTensor tensor = type == typeof(float) ? OnnxTensor.Create<float>(new float[features], 1, features) : OnnxTensor.Create<long>(new long[features], 1, features);
        OnnxInputException refusal = Assert.Throws<OnnxInputException>(() => session.Run(new Dictionary<string, OnnxTensor> { [name] = tensor }));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static void Compare(NpyArray expected, OnnxTensor got, string name)
    {
        if (got.Type == OnnxElementType.Int64)
        {
            Assert.True(expected.AsSpan<long>().SequenceEqual(got.AsSpan<long>()), name);
            return;
        }

        ReadOnlySpan<float> e = expected.AsSpan<float>();
        ReadOnlySpan<float> g = got.AsSpan<float>();
        for (int i = 0; i < e.Length; i++)
        {
            Assert.True(Math.Abs(e[i] - g[i]) <= Tolerance * Math.Max(1, Math.Abs(e[i])), string.Create(CultureInfo.InvariantCulture, $"{name}[{i}] is {g[i]}, expected {e[i]}"));
        }
    }
}
