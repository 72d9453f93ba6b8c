using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>m_i = C · mean of h_j over the neighbours (Sukhbaatar et al., "Learning Multiagent Communication with Backpropagation", 2016), by the number that is received; 0 where that is none.</summary>
public sealed class MeanMessages : MessageModule
{
    private readonly Linear _map;

    /// <summary>A module.</summary>
    /// <param name="width">W.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public MeanMessages(int width, KeyedStream random) => _map = AddModule("map", new Linear(width, width, random, bias: false));

    /// <inheritdoc/>
    public override bool HasWeights => false;

    /// <inheritdoc/>
    public override (Tensor Messages, Tensor? Weights) Forward(in Heard heard)
    {
        Tensor links = heard.LinksNow;
        Tensor received = links.Sum(-1, keepDimensions: true).Clamp(1, float.MaxValue);
        return ((links / received).MatMul(_map.Forward(heard.SaidNow)), null);
    }
}
