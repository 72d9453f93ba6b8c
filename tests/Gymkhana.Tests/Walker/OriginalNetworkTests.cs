using Gymkhana.Examples.Original;

namespace Gymkhana.Tests.Walker;

public sealed class OriginalNetworkTests
{
    [Fact]
    public void Activate_ParentWithALaterTurn_IsNotHeard()
    {
        // Inputs 0 and 1, output 2, hidden A = 3 and B = 4. Input 1 is freed first, then B, and input 0 frees A last: A's depth is 1
        // although B, which feeds it, has depth 1 as well and a higher index.
        OriginalNetwork network = Network(2, 1, [0.25f, 0, 0, 0, 0], (1, 4, 1), (4, 3, 2), (0, 3, 1), (3, 2, 0.5f));
        Assert.Equal([0, 0, 2, 1, 1], network.Depths);
        Assert.Equal([0, 1, 3, 4, 2], network.Order);
        Assert.Equal(Math.Tanh(0.5 * (1 + 0.25)), Run(network, 1, 10), 1e-6);

        // And what comes too late is not there in the next step either.
        Assert.Equal(Math.Tanh(0.5 * (1 + 0.25)), Run(network, 1, 10), 1e-6);
    }

    [Fact]
    public void Activate_DepthsNotInTheOrderOfIndices_SwapConnections()
    {
        // Input 0, output 1, hidden A = 2 (bias 1) and B = 3, in a chain 0 → B → A → 1. B's turn comes before A's, so B consumes the
        // connection stored for A (to the output, 0.5), and A the one stored for B.
        OriginalNetwork network = Network(1, 1, [0, 0, 1, 0], (0, 3, 2), (3, 2, 3), (2, 1, 0.5f));
        Assert.Equal([0, 3, 2, 1], network.Depths);
        Assert.Equal([0, 3, 2, 1], network.Order);
        Assert.Equal(Math.Tanh(0.5 * 2 * 0.3), Run(network, 0.3f), 1e-6);
    }

    [Fact]
    public void Activate_NoConnections_GivesTheBiases()
    {
        OriginalNetwork network = Network(2, 1, [5, 5, 0.75f]);
        Assert.Equal([0, 0, 1], network.Depths);
        Assert.Equal(Math.Tanh(0.75), Run(network, 1, 2), 1e-6);
    }

    [Fact]
    public void Activate_NegativeSumOfAHiddenNode_IsCutToZero()
    {
        OriginalNetwork network = Network(1, 1, [0, 0.5f, 0], (0, 2, 1), (2, 1, 4));
        Assert.Equal(Math.Tanh(0.5), Run(network, -3), 1e-6);
        Assert.Equal(Math.Tanh(0.5 + (4 * 0.1)), Run(network, 0.1f), 1e-6);
    }

    [Fact]
    public void Parse_AFile_KeepsEveryNumber()
    {
        OriginalGenome genome = Genome(1, 1, [0.5f, -1, 2], (0, 2, 1.5f), (2, 1, -4));
        Assert.Equal((1, 1), (genome.Inputs, genome.Outputs));
        Assert.Equal(
            [new OriginalNode(0.5f, OriginalActivation.None, 7), new(-1, OriginalActivation.Tanh, 7), new(2, OriginalActivation.Relu, 7)],
            genome.Nodes);
        Assert.Equal([new OriginalConnection(0, 2, 1.5f), new(2, 1, -4)], genome.Connections);
    }

    [Fact]
    public void Parse_NotAGenome_SaysWhatIsWrong()
    {
        byte[] good = Bytes(1, 1, [0, 0, 0], (0, 2, 1));
        Refused("expected at least 12 bytes, got 5", good[..5]);
        Refused("do not fill", good[..^1]);
        Refused("do not fill", [.. good, 0]);
        Refused("which need", good[..30]);
        Refused("activation 9", Changed(good, 12 + 4, 9));
        Refused("joins nodes 0 and 3", Changed(good, good.Length - 8, 3));
        Assert.Contains("cycle", Assert.Throws<OriginalGenomeException>(() => Network(1, 1, [0, 0, 0, 0], (2, 3, 1), (3, 2, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<OriginalGenomeException>(() => OriginalGenome.Read("no-such-genome.bin")).Message, StringComparison.Ordinal);
    }

    private static void Refused(string because, byte[] file) =>
        Assert.Contains(because, Assert.Throws<OriginalGenomeException>(() => OriginalGenome.Parse(file, "test.bin")).Message, StringComparison.Ordinal);

    private static byte[] Changed(byte[] file, int at, byte value)
    {
        byte[] copy = [.. file];
        copy[at] = value;
        return copy;
    }

    private static float Run(OriginalNetwork network, params float[] inputs)
    {
        float[] output = new float[1];
        network.Activate(inputs, output);
        return output[0];
    }

    private static OriginalNetwork Network(int inputs, int outputs, float[] biases, params (int From, int To, float Weight)[] connections) =>
        new(Genome(inputs, outputs, biases, connections));

    private static OriginalGenome Genome(int inputs, int outputs, float[] biases, params (int From, int To, float Weight)[] connections) =>
        OriginalGenome.Parse(Bytes(inputs, outputs, biases, connections), "test.bin");

    private static byte[] Bytes(int inputs, int outputs, float[] biases, params (int From, int To, float Weight)[] connections)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(inputs);
        writer.Write(outputs);
        writer.Write(biases.Length - inputs - outputs);
        for (int node = 0; node < biases.Length; node++)
        {
            writer.Write(biases[node]);
            writer.Write(node < inputs ? 0 : node < inputs + outputs ? 3 : 2); // The activation's byte and its padding.
            writer.Write(7);
        }

        writer.Write((long)connections.Length);
        foreach ((int from, int to, float weight) in connections)
        {
            writer.Write(from);
            writer.Write(to);
            writer.Write(weight);
        }

        return stream.ToArray();
    }
}
