using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>
/// m_i = Σ_j (A + I)_ij W h_j / √(d_i d_j), d the degrees of A + I (Kipf and Welling 2017). With links in one direction d is the number that a row receives.
/// An agent that hears nobody hears itself. With a delay the loop is what it said itself the step before.
/// </summary>
public sealed class ConvolutionMessages : MessageModule
{
    private readonly GraphConvolution _convolution;

    /// <summary>A module.</summary>
    /// <param name="width">W.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public ConvolutionMessages(int width, KeyedStream random) => _convolution = AddModule("convolution", new GraphConvolution(width, width, random));

    /// <inheritdoc/>
    public override bool HasWeights => false;

    /// <inheritdoc/>
    public override (Tensor Messages, Tensor? Weights) Forward(in Heard heard) =>
        (_convolution.Forward(heard.SaidNow, GraphConvolution.Normalize(heard.Own.Tape, heard.LinksNow)), null);
}
