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
    public static void Cross(Genome fitter, Genome other, Genome child, GeneRng rng)
    {
        ArgumentNullException.ThrowIfNull(fitter);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(child);
        ArgumentNullException.ThrowIfNull(rng);
        child.CopyFrom(fitter);
        child.Scale = 0.5f * (fitter.Scale + other.Scale);
        CrossConnections(child.Connections, other.Connections, rng);
        CrossNodes(child.Nodes, other.Nodes, rng);
    }

    private static void CrossConnections(Span<ConnectionGene> child, ReadOnlySpan<ConnectionGene> other, GeneRng rng)
    {
        ulong coins = 0;
        int next = 0, tossed = 0;
        foreach (ref ConnectionGene gene in child)
        {
            while (next < other.Length && other[next].Innovation < gene.Innovation)
            {
                next++;
            }

            if (next == other.Length)
            {
                return;
            }

            if (other[next].Innovation != gene.Innovation)
            {
                continue;
            }

            coins = (tossed++ & 63) == 0 ? rng.NextUInt64() : coins >> 1;
            gene.Weight = (coins & 1) != 0 ? other[next].Weight : gene.Weight;
            gene.Enabled = (gene.Enabled && other[next].Enabled) || !rng.NextBool(StaysDisabled);
        }
    }

    private static void CrossNodes(Span<NodeGene> child, ReadOnlySpan<NodeGene> other, GeneRng rng)
    {
        ulong coins = 0;
        int next = 0, tossed = 0;
        foreach (ref NodeGene node in child)
        {
            while (next < other.Length && other[next].Id < node.Id)
            {
                next++;
            }

            if (next == other.Length)
            {
                return;
            }

            if (other[next].Id != node.Id)
            {
                continue;
            }

            coins = (tossed++ & 63) == 0 ? rng.NextUInt64() : coins >> 1;
            node = (coins & 1) != 0 ? other[next] : node;
        }
    }
}
