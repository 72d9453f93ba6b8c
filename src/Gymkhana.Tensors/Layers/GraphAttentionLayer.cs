using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// A graph attention layer over dense adjacencies (Veličković et al., "Graph Attention Networks", 2018). Heads stand side by side
/// in the result, or, in a last layer, are averaged. Parameters: "W" [heads · F, in], "a_src" and "a_dst" [heads, F], "bias".
/// </summary>
public sealed class GraphAttentionLayer : Module
{
    private readonly Parameter _weight;
    private readonly Parameter _source;
    private readonly Parameter _target;
    private readonly Parameter _bias;
    private readonly int _heads;
    private readonly int _features;
    private readonly bool _average;

    /// <summary>A layer with Xavier's uniform weights and a bias of 0.</summary>
    /// <param name="inputs">Features of a node that come in.</param>
    /// <param name="features">F, features of a node that each head makes.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="average">Whether the heads are averaged instead of set side by side.</param>
    public GraphAttentionLayer(int inputs, int features, int heads, KeyedStream random, bool average = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        (_heads, _features, _average) = (heads, features, average);
        _weight = AddParameter("W", new Shape(heads * features, inputs));
        _source = AddParameter("a_src", new Shape(heads, features));
        _target = AddParameter("a_dst", new Shape(heads, features));
        _bias = AddParameter("bias", new Shape(average ? features : heads * features));
        Initialization.XavierUniform(_weight, random);
        Initialization.XavierUniform(_source, random);
        Initialization.XavierUniform(_target, random);
    }

    /// <summary>The features after one exchange along the edges.</summary>
    /// <param name="input">[B, N, in] or [N, in].</param>
    /// <param name="adjacency">[B, N, N] or [N, N]: not 0 where column j is a neighbour of row i; loops too, if a node is to see itself.</param>
    /// <returns>[..., N, heads · F], or [..., N, F] averaged; and the weights, [B, heads, N, N].</returns>
    public AttentionResult Forward(Tensor input, Tensor adjacency)
    {
        Tape tape = input.Tape;
        AttentionResult attention = input.Linear(tape.Use(_weight)).GraphAttention(tape.Use(_source), tape.Use(_target), adjacency);
        Tensor heads = attention.Result;
        if (_average)
        {
            Shape shape = heads.Shape.With(-1, _heads);
            heads = heads.Reshape(shape.Insert(shape.Rank, _features)).Mean(-2);
        }

        return attention with { Result = heads + tape.Use(_bias) };
    }
}
