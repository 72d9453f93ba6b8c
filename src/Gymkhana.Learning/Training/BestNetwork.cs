using Gymkhana.Core.Evaluations;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.Training;

/// <summary>Keeps the weights of the network that did best so far. Of equals it is the later one: it has learned longer.</summary>
/// <typeparam name="TNetwork">Kind of network.</typeparam>
/// <param name="network">A network of the same form, whose weights are replaced.</param>
internal sealed class BestNetwork<TNetwork>(TNetwork network)
    where TNetwork : Module
{
    /// <summary>The network.</summary>
    public TNetwork Network => network;

    /// <summary>What it scored; −∞ before the first.</summary>
    public Estimate Score { get; private set; } = new(double.NegativeInfinity, null);

    /// <summary>The figure it had beside its score, where there is one.</summary>
    public Estimate Figure { get; private set; } = Estimate.None;

    /// <summary>Takes over a candidate that did at least as well.</summary>
    /// <param name="candidate">The network.</param>
    /// <param name="score">What it scored.</param>
    /// <param name="figure">Its figure.</param>
    /// <returns>Whether it is the best now.</returns>
    public bool Offer(TNetwork candidate, Estimate score, Estimate figure)
    {
        if (score.Mean < Score.Mean)
        {
            return false;
        }

        (Score, Figure) = (score, figure);
        network.CopyFrom(candidate);
        return true;
    }

    public void Save(BinaryWriter writer)
    {
        Score.Save(writer);
        Figure.Save(writer);
        network.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        Score = Estimate.Load(reader);
        Figure = Estimate.Load(reader);
        network.Load(reader);
    }
}
