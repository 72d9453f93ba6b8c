using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// A graph convolution, y = D^−½ (A + I) D^−½ x Wᵀ + b with D the degrees of A + I (Kipf and Welling, "Semi-Supervised
/// Classification with Graph Convolutional Networks", 2017, equation 2). Parameters: "W" [out, in], "bias" [out].
/// </summary>
public sealed class GraphConvolution : Module
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>A layer with Xavier's uniform weights and a bias of 0.</summary>
    /// <param name="inputs">Features of a node that come in.</param>
    /// <param name="outputs">Features of a node that go out.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public GraphConvolution(int inputs, int outputs, KeyedStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _weight = AddParameter("W", new Shape(outputs, inputs));
        _bias = AddParameter("bias", new Shape(outputs));
        Initialization.XavierUniform(_weight, random);
    }

    /// <summary>D^−½ (A + I) D^−½, which does not change while the graph does not.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="adjacency">A without loops, [B, N, N] or [N, N].</param>
    /// <returns>A constant of the same shape.</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public static Tensor Normalize(Tape tape, Tensor adjacency)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Shape shape = adjacency.Shape;
        if (shape.Rank < 2 || shape[-1] != shape[-2])
        {
            throw new ArgumentException($"an adjacency has the shape [..., N, N], got {shape}.", nameof(adjacency));
        }

        int nodes = shape[-1];
        Tensor normalized = tape.Filled(shape, 0);
        Span<float> values = normalized.Node.Span;
        adjacency.Values.CopyTo(values);
        for (int first = 0; first < values.Length; first += nodes * nodes)
        {
            Normalize(values.Slice(first, nodes * nodes), nodes);
        }

        tape.SetExact(normalized.Node);
        return normalized;
    }

    /// <summary>The features after one exchange along the edges.</summary>
    /// <param name="input">[B, N, in] or [N, in].</param>
    /// <param name="normalized">What <see cref="Normalize(Tape, Tensor)"/> made.</param>
    /// <returns>[..., N, out].</returns>
    public Tensor Forward(Tensor input, Tensor normalized)
    {
        Tape tape = input.Tape;
        return normalized.MatMul(input.Linear(tape.Use(_weight))) + tape.Use(_bias);
    }

    private static void Normalize(Span<float> matrix, int nodes)
    {
        Span<double> degrees = nodes <= 256 ? stackalloc double[nodes] : new double[nodes];
        for (int i = 0; i < nodes; i++)
        {
            matrix[(i * nodes) + i] += 1;
            degrees[i] = 0;
            foreach (float edge in matrix.Slice(i * nodes, nodes))
            {
                degrees[i] += edge;
            }
        }

        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] = (float)(matrix[i] / (Math.Sqrt(degrees[i / nodes]) * Math.Sqrt(degrees[i % nodes])));
        }
    }
}
