using Gymkhana.Core.Environments;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Networks;
using Gymkhana.Tests.Evolution.Neat;

namespace Gymkhana.Tests.Evolution.Networks;

public sealed class LaneNetworkTests
{
    private const int Inputs = 4;
    private const int Outputs = 2;
    private const int Steps = 4;

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(1, 0.0)]
    [InlineData(4, 0.0)]
    [InlineData(8, 0.0)]
    [InlineData(16, 0.0)]
    [InlineData(1, 0.5)]
    [InlineData(4, 0.5)]
    [InlineData(8, 0.5)]
    [InlineData(16, 0.5)]
    public unsafe void Activate_RandomGenomes_EqualsRecursionToTheLastBit(int width, double recurrent)
    {
        // Lane counts that use every path of the inner loop: one, two and eight bundles at a time.
        foreach (int lanes in new[] { 1, 16, 48, 300 })
        {
            GenomeSamples samples = new(11, Inputs, Outputs, $"recurrent={recurrent}");
            GenomeCompiler compiler = new(Inputs, Outputs);
            LaneNetwork network = LaneNetwork.Create(lanes, width);
            Batch<float> inputs = new(1, Inputs, lanes), outputs = new(1, Outputs, lanes);
            for (int number = 0; number < 300 / (lanes > 48 ? 10 : 1); number++)
            {
                Genome genome = samples.Grown((ulong)number, number % 40);
                network.Load(compiler.Compile(genome));
                int watched = number % lanes;
                float[][] steps = [.. Enumerable.Range(0, Steps).Select(_ => Enumerable.Range(0, Inputs).Select(_ => (float)samples.Rng.NextNormal()).ToArray())];
                float[][] expected = GenomeSamples.Evaluate(genome, Inputs, Outputs, steps);
                for (int step = 0; step < Steps; step++)
                {
                    for (int input = 0; input < Inputs; input++)
                    {
                        inputs.Lane(input).Fill(0.25f * step);
                        inputs[0, input, watched] = steps[step][input];
                    }

                    network.Activate(inputs.Pointer, outputs.Pointer);
                    for (int output = 0; output < Outputs; output++)
                    {
                        Assert.Equal(BitConverter.SingleToInt32Bits(expected[step][output] + 0f), BitConverter.SingleToInt32Bits(outputs[0, output, watched] + 0f));
                    }
                }
            }
        }
    }

    [Fact]
    public unsafe void Forget_OneLane_LeavesTheOthers()
    {
        // One output that adds its own value of the step before to the input.
        NetworkGraph sum = new(1, [new GraphNode(0, Activation.Identity)], [1], [0, 2], [0, 1], [1, 1]);
        Assert.True(sum.IsRecurrent);
        LaneNetwork network = LaneNetwork.Create(3);
        Batch<float> inputs = new(1, 1, 3), outputs = new(1, 1, 3);
        network.Load(sum);
        inputs.Lane(0).Fill(1);
        network.Activate(inputs.Pointer, outputs.Pointer);
        network.Activate(inputs.Pointer, outputs.Pointer);
        network.Forget(1);
        network.Activate(inputs.Pointer, outputs.Pointer);
        Assert.Equal([3f, 1f, 3f], outputs.Lane(0).ToArray());
        network.Load(sum);
        network.Activate(inputs.Pointer, outputs.Pointer);
        Assert.Equal([1f, 1f, 1f], outputs.Lane(0).ToArray());
    }
}
