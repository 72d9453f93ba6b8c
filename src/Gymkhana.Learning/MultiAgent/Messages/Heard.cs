using Gymkhana.Tensors;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>What some agents hear: R moments, K frames of each (the last one is now), N agents, W features, F numbers of a link.</summary>
/// <param name="Own">Features of the receivers now, [R, N, W].</param>
/// <param name="Said">Features of the senders, [R, K, N, W].</param>
/// <param name="Links">1 where a receiver (row) hears a sender (column), [R, K, N, N]; all 0 in frames before the episode began.</param>
/// <param name="Edges">The links' numbers, [R, K, N, N, F].</param>
public readonly record struct Heard(Tensor Own, Tensor Said, Tensor Links, Tensor Edges)
{
    /// <summary>What is said now, [R, N, W].</summary>
    public Tensor SaidNow => Said.Shape[1] == 1 ? Said.Reshape(Said.Shape.Without(1)) : Said.Slice(1, Said.Shape[1] - 1, Said.Shape[1]).Reshape(Said.Shape.Without(1));

    /// <summary>Links now, [R, N, N].</summary>
    public Tensor LinksNow => Links.Shape[1] == 1 ? Links.Reshape(Links.Shape.Without(1)) : Links.Slice(1, Links.Shape[1] - 1, Links.Shape[1]).Reshape(Links.Shape.Without(1));

    /// <summary>Numbers of the links now, [R, N, N, F].</summary>
    public Tensor EdgesNow => Edges.Shape[1] == 1 ? Edges.Reshape(Edges.Shape.Without(1)) : Edges.Slice(1, Edges.Shape[1] - 1, Edges.Shape[1]).Reshape(Edges.Shape.Without(1));
}
