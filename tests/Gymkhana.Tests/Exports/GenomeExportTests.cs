using Gymkhana.Cli.Exports;
using Gymkhana.Core.Environments;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Networks;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tests.Evolution.Neat;

namespace Gymkhana.Tests.Exports;

public sealed class GenomeExportTests
{
    private const int Rows = 3;
    private const int Steps = 4;

    // Sums of some dozen terms in another order, through some levels of activations with slopes up to 4.9.
    private const float Tolerance = 2e-5f;

    [Theory]
    [InlineData(0.0, 13)]
    [InlineData(0.0, 18)]
    [InlineData(0.5, 17)]
    public void Build_RandomGenomes_GiveWhatTheirNetworksGive(double recurrent, int opset)
    {
        AgentGroup group = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 1).Groups[0];
        GenomeSamples samples = new(23, 4, 2, $"recurrent={recurrent}");
        GenomeCompiler compiler = new(4, 2);
        int remembering = 0;
        for (int number = 0; number < 60; number++)
        {
            Genome genome = samples.Grown((ulong)number, number);
            NetworkGraph graph = compiler.Compile(genome);
            remembering += graph.IsRecurrent ? 1 : 0;
            OnnxPlan plan = Plan(GenomeExport.Build(graph, group, opset, withAction: true));
            float[][][] observations = [.. Enumerable.Range(0, Steps).Select(_ => Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, 4).Select(_ => (float)samples.Rng.NextNormal()).ToArray()).ToArray())];
            for (int row = 0; row < Rows; row++)
            {
                float[][] expected = GenomeSamples.Evaluate(genome, 4, 2, [.. observations.Select(step => step[row])]);
                Compare(plan, graph, [.. observations.Select(step => step[row])], row, expected);
            }
        }

        Assert.Equal(recurrent > 0, remembering > 20);
    }

    [Fact]
    public void Build_BoxOfActions_StretchesToItsBounds()
    {
        // Pendulum acts in [−2, 2]; one node that gives what it gets.
        AgentGroup group = Pendulum.Registration.Create(Pendulum.Registration.Schema.Defaults, 1).Groups[0];
        NetworkGraph graph = new(3, [new GraphNode(0.25f, Activation.Identity)], [3], [0, 1], [1], [1]);
        OnnxPlan plan = Plan(GenomeExport.Build(graph, group, 17, withAction: false));
        float[] observations = new float[Rows * 3];
        (observations[1], observations[4], observations[7]) = (0.25f, 9, -9);
        observations.CopyTo(plan.Input<float>("observation"));
        plan.Run();
        Assert.Equal([1f, 2f, -2f], plan.Output<float>("action").ToArray());
    }

    private static OnnxPlan Plan(OnnxGraphBuilder builder) =>
        new OnnxSession(OnnxModel.Load(builder.ToBytes("1.0.0"), OnnxLimits.Default, "genome.onnx")).Plan(Rows);

    private static void Compare(OnnxPlan plan, NetworkGraph graph, float[][] steps, int row, float[][] expected)
    {
        if (graph.IsRecurrent)
        {
            plan.Input<float>("memory").Clear();
        }

        for (int step = 0; step < steps.Length; step++)
        {
            steps[step].CopyTo(plan.Input<float>("observation")[(row * 4)..]);
            plan.Run();
            ReadOnlySpan<float> got = plan.Output<float>("preferences").Slice(row * 2, 2);
            for (int output = 0; output < 2; output++)
            {
                Assert.InRange(got[output], expected[step][output] - Slack(expected[step][output]), expected[step][output] + Slack(expected[step][output]));
            }

            Assert.Equal(got[1] > got[0] ? 1 : 0, plan.Output<long>("action")[row]);
            if (graph.IsRecurrent)
            {
                plan.Output<float>("next_memory").CopyTo(plan.Input<float>("memory"));
            }
        }
    }

    private static float Slack(float value) => Tolerance * Math.Max(1, Math.Abs(value));
}
