using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.Networks;

/// <summary>
/// How a network's outputs become actions. An action is kept as it was drawn: the number of a choice, a point of a normal distribution,
/// a point in (0, 1) of a beta one; <see cref="Write"/> makes of it what the environment takes.
/// </summary>
public abstract class ActionHead
{
    private protected ActionHead(int outputs, int size)
    {
        Outputs = outputs;
        Size = size;
    }

    /// <summary>Numbers that it needs of the network for one observation.</summary>
    public int Outputs { get; }

    /// <summary>Numbers of one action.</summary>
    public int Size { get; }

    /// <summary>Draws an action for each row, each from a stream of its own.</summary>
    /// <param name="outputs">The network's, [N, <see cref="Outputs"/>].</param>
    /// <param name="streams">One for each row.</param>
    /// <param name="drawn">Receives [N, <see cref="Size"/>].</param>
    public abstract void Draw(Tensor outputs, ReadOnlySpan<KeyedStream> streams, Span<float> drawn);

    /// <summary>The action of each row without exploring: the most likely choice, or the mean.</summary>
    /// <param name="outputs">The network's, [N, <see cref="Outputs"/>].</param>
    /// <param name="drawn">Receives [N, <see cref="Size"/>].</param>
    public abstract void Mode(Tensor outputs, Span<float> drawn);

    /// <summary>The action of each row without exploring as the environment takes it, for networks that are exported; boxes only.</summary>
    /// <param name="outputs">The network's, [N, <see cref="Outputs"/>].</param>
    /// <returns>[N, <see cref="Size"/>], within the box.</returns>
    /// <exception cref="NotSupportedException">A head of choices, whose logits are exported.</exception>
    public abstract Tensor Mode(Tensor outputs);

    /// <summary>ln of the probability, or of the density, of given actions, and the entropy of the distributions.</summary>
    /// <param name="outputs">The network's, [N, <see cref="Outputs"/>].</param>
    /// <param name="drawn">Actions as they were drawn, [N, <see cref="Size"/>].</param>
    /// <returns>Two tensors [N], in nats.</returns>
    public abstract (Tensor LogProbability, Tensor Entropy) Evaluate(Tensor outputs, ReadOnlySpan<float> drawn);

    /// <summary>Writes one action for the environment.</summary>
    /// <param name="drawn">As it was drawn, <see cref="Size"/> numbers.</param>
    /// <param name="actions">The group's actions.</param>
    /// <param name="agent">Which agent.</param>
    /// <param name="copy">Which copy.</param>
    public abstract void Write(ReadOnlySpan<float> drawn, Batch actions, int agent, int copy);

    internal static ActionHead For(NetworkDescription description, Parameter? logDeviation) => description.Head switch
    {
        HeadKind.Categorical => new CategoricalHead(description.Choices),
        HeadKind.Gaussian => new GaussianHead(description.Low, description.High, logDeviation!), // the network makes one for this head
        _ => new BetaHead(description.Low, description.High),
    };
}
