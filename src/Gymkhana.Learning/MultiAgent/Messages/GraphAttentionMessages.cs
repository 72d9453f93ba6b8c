using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>
/// e_ij = LeakyReLU(a₁·W h_i + a₂·W h_j), α = softmax over the neighbours, m_i = Σ α_ij W h_j (Veličković et al. 2018), without loops and without a bias, so
/// that an agent that hears nobody gets zeros.
/// </summary>
public sealed class GraphAttentionMessages : MessageModule
{
    private readonly Linear _map;
    private readonly Parameter _receiver;
    private readonly Parameter _sender;

    /// <summary>A module.</summary>
    /// <param name="width">W.</param>
    /// <param name="heads">Heads; they divide W.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public GraphAttentionMessages(int width, int heads, KeyedStream random)
    {
        _receiver = AddParameter("receiver", new Shape(heads, width / heads));
        _sender = AddParameter("sender", new Shape(heads, width / heads));
        _map = AddModule("map", new Linear(width, width, random, bias: false));
        Initialization.XavierUniform(_receiver, random);
        Initialization.XavierUniform(_sender, random);
    }

    /// <inheritdoc/>
    public override (Tensor Messages, Tensor? Weights) Forward(in Heard heard)
    {
        Tape tape = heard.Own.Tape;
        AttentionResult attention = _map.Forward(heard.SaidNow).GraphAttention(tape.Use(_receiver), tape.Use(_sender), heard.LinksNow);
        return (attention.Result, attention.Weights);
    }
}
