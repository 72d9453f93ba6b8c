using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>
/// z_ij = W_s h_j + W_e e_ij, score = a · LeakyReLU(W_r h_i + z_ij), α = softmax over the neighbours, m_i = Σ α_ij z_ij (Brody et al., "How Attentive are
/// Graph Attention Networks?", 2022), so that what is heard also tells where from. No loops, no bias: an agent that hears nobody gets zeros.
/// </summary>
public sealed class EdgeAttentionMessages : MessageModule
{
    private const float Slope = 0.2f;
    private readonly Linear _receiver;
    private readonly Linear _sender;
    private readonly Linear _edge;
    private readonly Parameter _score;
    private readonly int _heads;

    /// <summary>A module.</summary>
    /// <param name="width">W.</param>
    /// <param name="heads">Heads; they divide W.</param>
    /// <param name="edgeFeatures">F.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public EdgeAttentionMessages(int width, int heads, int edgeFeatures, KeyedStream random)
    {
        _heads = heads;
        _score = AddParameter("score", new Shape(heads, width / heads));
        _receiver = AddModule("receiver", new Linear(width, width, random, bias: false));
        _sender = AddModule("sender", new Linear(width, width, random, bias: false));
        _edge = AddModule("edge", new Linear(Math.Max(1, edgeFeatures), width, random, bias: false));
        Initialization.XavierUniform(_score, random);
    }

    /// <inheritdoc/>
    public override (Tensor Messages, Tensor? Weights) Forward(in Heard heard)
    {
        Shape own = heard.Own.Shape;
        (int rows, int agents, int width) = (own[0], own[1], own[2]);
        Tensor values = _sender.Forward(heard.SaidNow).Reshape(rows, 1, agents, width) + _edge.Forward(heard.EdgesNow);
        return Attend(_receiver.Forward(heard.Own), values, heard.LinksNow, _score, _heads);
    }

    /// <summary>α = softmax of a · LeakyReLU(q_i + v_ij) over the neighbours; Σ α_ij v_ij.</summary>
    /// <param name="queries">[R, N, W].</param>
    /// <param name="values">[R, N, N, W].</param>
    /// <param name="links">[R, N, N].</param>
    /// <param name="score">a, [heads, W / heads].</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[R, N, W] and α, [R, heads, N, N].</returns>
    internal static (Tensor Messages, Tensor? Weights) Attend(Tensor queries, Tensor values, Tensor links, Parameter score, int heads)
    {
        (int rows, int agents, int width) = (queries.Shape[0], queries.Shape[1], queries.Shape[2]);
        Tensor matched = (queries.Reshape(rows, agents, 1, width) + values).LeakyRelu(Slope).Reshape(rows, agents * agents, heads, width / heads);
        Tensor scores = (matched * queries.Tape.Use(score)).Sum(-1).Reshape(rows, agents, agents, heads);
        Tensor weights = scores.Permute(0, 3, 1, 2).MaskedSoftmax(links.Reshape(rows, 1, agents, agents));
        Tensor shares = weights.Permute(0, 2, 3, 1).Reshape(rows * agents, agents, heads, 1);
        Tensor messages = (values.Reshape(rows * agents, agents, heads, width / heads) * shares).Sum(1).Reshape(rows, agents, width);
        return (messages, weights);
    }
}
