using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>
/// Senders add a signature k_j to what they say, v_j; receivers ask with q_i: α = softmax of q_i·k_j / √16 over the neighbours, m_i = Σ α_ij v_j (Das et al.,
/// "TarMAC: Targeted Multi-Agent Communication", 2019). Zeros for an agent that hears nobody. There an agent hears itself too; here its own features reach its actor beside.
/// </summary>
public sealed class TargetedMessages : MessageModule
{
    /// <summary>Numbers of a signature.</summary>
    public const int SignatureSize = 16;

    private readonly Linear _query;
    private readonly Linear _signature;
    private readonly Linear _value;

    /// <summary>A module.</summary>
    /// <param name="width">W.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public TargetedMessages(int width, KeyedStream random)
    {
        _query = AddModule("query", new Linear(width, SignatureSize, random));
        _signature = AddModule("signature", new Linear(width, SignatureSize, random));
        _value = AddModule("value", new Linear(width, width, random));
    }

    /// <inheritdoc/>
    public override (Tensor Messages, Tensor? Weights) Forward(in Heard heard)
    {
        Tensor said = heard.SaidNow, links = heard.LinksNow;
        Tensor scores = _query.Forward(heard.Own).MatMul(_signature.Forward(said), transposeRight: true) * (1 / MathF.Sqrt(SignatureSize));
        Tensor weights = scores.MaskedSoftmax(links);
        return (weights.MatMul(_value.Forward(said)), weights.Reshape(weights.Shape.Insert(1, 1)));
    }
}
