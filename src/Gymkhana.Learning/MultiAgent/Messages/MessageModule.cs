using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>
/// Makes one message for each agent of what its neighbours say. An agent that hears nobody gets zeros, or what it says itself where the
/// method has loops. Formulas are on docs/algorithms/communication.md.
/// </summary>
public abstract class MessageModule : Module
{
    /// <summary>Whether it makes weights that tell how much each receiver attends to each sender.</summary>
    public virtual bool HasWeights => true;

    /// <summary>The messages.</summary>
    /// <param name="heard">What is heard.</param>
    /// <returns>Messages [R, N, W], and weights [R, heads, N, N] where the method has them.</returns>
    public abstract (Tensor Messages, Tensor? Weights) Forward(in Heard heard);

    /// <summary>A module of a kind.</summary>
    /// <param name="kind">Which; not None.</param>
    /// <param name="width">W.</param>
    /// <param name="heads">Heads of attention; they divide W.</param>
    /// <param name="frames">K.</param>
    /// <param name="edgeFeatures">F.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <returns>The module.</returns>
    public static MessageModule For(MessageKind kind, int width, int heads, int frames, int edgeFeatures, KeyedStream random) => kind switch
    {
        MessageKind.Mean => new MeanMessages(width, random),
        MessageKind.Gcn => new ConvolutionMessages(width, random),
        MessageKind.Gat => new GraphAttentionMessages(width, heads, random),
        MessageKind.GatV2 => new EdgeAttentionMessages(width, heads, edgeFeatures, random),
        MessageKind.Tarmac => new TargetedMessages(width, random),
        MessageKind.Transformer => new TemporalMessages(width, heads, frames, edgeFeatures, random),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "without messages there is no module."),
    };
}
