using Gymkhana.Core.Randomness;

namespace Gymkhana.Evolution.Neat;

/// <summary>Crossover by historical markings (Stanley and Miikkulainen 2002, section 3.2).</summary>
public static class Crossover
{
    private const double StaysDisabled = 0.75;

    /// <summary>
    /// Makes a child: genes that both parents have come from either at random, all others from the fitter one, so that the
    /// child has the fitter parent's structure. A gene disabled in either parent is disabled with probability 0.75.
    /// </summary>
    /// <param name="fitter">The fitter parent.</param>
    /// <param name="other">The other parent.</param>
    /// <param name="child">Receives the genes; a genome of its own.</param>
    /// <param name="rng">The child's own stream.</param>
    public static void Cross(Genome fitter, Genome other, Genome child, KeyedStream rng)
    {
        ArgumentNullException.ThrowIfNull(fitter);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(child);
        ArgumentNullException.ThrowIfNull(rng);
        child.CopyFrom(fitter);
        child.Scale = 0.5f * (fitter.Scale + other.Scale);
        Span<ConnectionGene> theirs = other.Connections;
        int next = 0;
        foreach (ref ConnectionGene gene in child.Connections)
        {
            while (next < theirs.Length && theirs[next].Innovation < gene.Innovation)
            {
                next++;
            }

            if (next == theirs.Length || theirs[next].Innovation != gene.Innovation)
            {
                continue;
            }

            bool disabled = !gene.Enabled || !theirs[next].Enabled;
            if (rng.NextBool(0.5))
            {
                gene.Weight = theirs[next].Weight;
            }

            gene.Enabled = !disabled || !rng.NextBool(StaysDisabled);
        }

        foreach (ref NodeGene node in child.Nodes)
        {
            int place = other.PlaceOf(node.Id);
            if (place >= 0 && rng.NextBool(0.5))
            {
                node.Bias = other.Nodes[place].Bias;
                node.Activation = other.Nodes[place].Activation;
            }
        }
    }
}
