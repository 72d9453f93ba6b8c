using System.Buffers.Binary;
using Gymkhana.Core;

namespace Gymkhana.Examples.Original;

/// <summary>What a node of the original program does with its sum, as its files number it.</summary>
internal enum OriginalActivation : byte
{
    /// <summary>x: inputs.</summary>
    None = 0,

    /// <summary>1/(1 + e^(−4.5x)); never used by the program.</summary>
    Logistic = 1,

    /// <summary>max(x, 0): hidden nodes.</summary>
    Relu = 2,

    /// <summary>tanh x: outputs.</summary>
    Tanh = 3,
}

/// <summary>A node of a genome file.</summary>
/// <param name="Bias">Added to the sum, of inputs as well.</param>
/// <param name="Activation">What is done with the sum.</param>
/// <param name="SavedDepth">Depth as the program saved it.</param>
internal readonly record struct OriginalNode(float Bias, OriginalActivation Activation, int SavedDepth);

/// <summary>A connection of a genome file, between places in the node list.</summary>
/// <param name="From">Node that it comes from.</param>
/// <param name="To">Node that it goes to.</param>
/// <param name="Weight">Factor.</param>
internal readonly record struct OriginalConnection(int From, int To, float Weight);

/// <summary>
/// A genome as the program Walker by Jean Tampon saves it, little-endian: the numbers of inputs, outputs and hidden nodes
/// (uint32); for each node, in this order, its bias (float), activation (a byte and three of padding) and depth (uint32); the
/// number of connections (uint64); for each its two nodes (uint32) and weight (float).
/// </summary>
internal sealed class OriginalGenome
{
    private const int HeaderBytes = 12;
    private const int NodeBytes = 12;
    private const int ConnectionBytes = 12;

    private OriginalGenome(int inputs, int outputs, OriginalNode[] nodes, OriginalConnection[] connections)
    {
        Inputs = inputs;
        Outputs = outputs;
        Nodes = nodes;
        Connections = connections;
    }

    /// <summary>Number of inputs: the first nodes.</summary>
    public int Inputs { get; }

    /// <summary>Number of outputs: the nodes after the inputs.</summary>
    public int Outputs { get; }

    /// <summary>Inputs, outputs, hidden nodes.</summary>
    public IReadOnlyList<OriginalNode> Nodes { get; }

    /// <summary>Connections in the order of the file.</summary>
    public IReadOnlyList<OriginalConnection> Connections { get; }

    /// <summary>Reads a genome file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The genome.</returns>
    /// <exception cref="OriginalGenomeException">The file cannot be read or is not a genome.</exception>
    public static OriginalGenome Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OriginalGenomeException($"'{path}' cannot be read: {e.Message} Give the path of a genome (.bin) that the program Walker saved.");
        }
    }

    /// <summary>Reads a genome from the bytes of its file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <returns>The genome.</returns>
    /// <exception cref="OriginalGenomeException">Not a genome.</exception>
    public static OriginalGenome Parse(ReadOnlySpan<byte> file, string name)
    {
        Require(file.Length >= HeaderBytes, name, $"expected at least {HeaderBytes} bytes, got {file.Length}");
        uint inputs = Word(file, 0), outputs = Word(file, 4), hidden = Word(file, 8);
        ulong count = (ulong)inputs + outputs + hidden;
        ulong connectionsAt = HeaderBytes + (NodeBytes * count);
        Require(connectionsAt + 8 <= (ulong)file.Length, name, $"it announces {count} nodes, which need {connectionsAt + 8} bytes, but has {file.Length}");
        ulong connectionCount = BinaryPrimitives.ReadUInt64LittleEndian(file[(int)connectionsAt..]);
        Require(
            connectionCount <= int.MaxValue && connectionsAt + 8 + (ConnectionBytes * connectionCount) == (ulong)file.Length,
            name,
            $"it announces {count} nodes and {connectionCount} connections, which do not fill its {file.Length} bytes");

        OriginalNode[] nodes = new OriginalNode[count];
        for (int i = 0; i < nodes.Length; i++)
        {
            int at = HeaderBytes + (NodeBytes * i);
            Require(file[at + 4] <= (byte)OriginalActivation.Tanh, name, $"node {i} has the activation {file[at + 4]}, expected 0 to 3");
            nodes[i] = new OriginalNode(BinaryPrimitives.ReadSingleLittleEndian(file[at..]), (OriginalActivation)file[at + 4], (int)Word(file, at + 8));
        }

        OriginalConnection[] connections = new OriginalConnection[connectionCount];
        for (int c = 0; c < connections.Length; c++)
        {
            int at = (int)connectionsAt + 8 + (ConnectionBytes * c);
            uint from = Word(file, at), to = Word(file, at + 4);
            Require(from < count && to < count, name, $"connection {c} joins nodes {from} and {to}, but there are {count}");
            connections[c] = new OriginalConnection((int)from, (int)to, BinaryPrimitives.ReadSingleLittleEndian(file[(at + 8)..]));
        }

        return new OriginalGenome((int)inputs, (int)outputs, nodes, connections);
    }

    private static uint Word(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);

    private static void Require(bool holds, string name, string problem)
    {
        if (!holds)
        {
            throw new OriginalGenomeException($"'{name}' is not a genome of the program Walker: {problem}. Give a .bin file that the program saved.");
        }
    }
}

/// <summary>A file that is not a genome of the original program.</summary>
/// <param name="message">One line for a person.</param>
internal sealed class OriginalGenomeException(string message) : GymkhanaException(message);
