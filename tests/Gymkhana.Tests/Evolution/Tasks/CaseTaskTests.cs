using Gymkhana.Evolution.Networks;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Tests.Evolution.Tasks;

public sealed class CaseTaskTests
{
    // Inputs: constant 1, a, b. The output is a + b / 4.
    private static readonly NetworkGraph Sum = new(3, [new GraphNode(0, Activation.Identity)], [3], [0, 2], [1, 2], [1, 0.25f]);

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Xor_ByHand_IsOneMinusSquaredErrorEach(int width)
    {
        // Outputs 0, 0.25, 1, 1.25 (clipped to 1) against 0, 1, 1, 0: errors 0, 0.75, 0, 1.
        Score score = CaseTask.Xor().CreateEvaluator(width).Evaluate(Sum, []);
        Assert.Equal(1 + (1 - 0.5625) + 1 + 0, score.Fitness);
        Assert.Equal(4, score.AgentSteps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Xor_Solved_EarnsTheBonus(int width)
    {
        // |a − b|.
        NetworkGraph solution = new(3, [new GraphNode(0, Activation.Absolute)], [3], [0, 2], [1, 2], [1, -1]);
        Assert.Equal(14, CaseTask.Xor().CreateEvaluator(width).Evaluate(solution, []).Fitness);

        // Right side of one half everywhere is enough: 0.5 counts as yes.
        NetworkGraph half = new(3, [new GraphNode(0, Activation.Absolute)], [3], [0, 2], [1, 2], [0.5f, -0.5f]);
        Assert.Equal(10 + 1 + 0.75 + 0.75 + 1, CaseTask.Xor().CreateEvaluator(width).Evaluate(half, []).Fitness);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Multiplexer_BuiltByHand_IsSolved(int width)
    {
        // For each address one relu of data + Σ ±address bits − (ones + 0) that is 1 only there; the output adds them.
        const int AddressBits = 3;
        CaseTask task = CaseTask.Multiplexer(AddressBits);
        List<GraphNode> nodes = [];
        List<int> first = [0], sources = [];
        List<float> weights = [];
        for (int address = 0; address < 8; address++)
        {
            int ones = 0;
            for (int bit = 0; bit < AddressBits; bit++)
            {
                bool one = ((address >> bit) & 1) != 0;
                ones += one ? 1 : 0;
                sources.Add(1 + bit);
                weights.Add(one ? 1 : -1);
            }

            sources.Add(1 + AddressBits + address);
            weights.Add(1);
            nodes.Add(new GraphNode(-ones, Activation.Relu));
            first.Add(sources.Count);
        }

        sources.AddRange(Enumerable.Range(12, 8));
        weights.AddRange(Enumerable.Repeat(1f, 8));
        nodes.Add(new GraphNode(0, Activation.Identity));
        first.Add(sources.Count);
        NetworkGraph network = new(12, [.. nodes], [20], [.. first], [.. sources], [.. weights]);
        Score score = task.CreateEvaluator(width).Evaluate(network, []);
        Assert.Equal(2048, task.Cases);
        Assert.Equal(10000 + 2048, score.Fitness);
    }

    [Fact]
    public void Task_AnswersMissing_IsRefused() =>
        Assert.Contains("2 cases and 1 answers", Assert.Throws<ArgumentException>(() => new CaseTask([[1f], [0f]], [true], 1)).Message, StringComparison.Ordinal);
}
