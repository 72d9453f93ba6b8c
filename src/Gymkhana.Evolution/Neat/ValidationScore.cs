using Gymkhana.Core.Evaluations;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>How a genome did on the validation episodes.</summary>
/// <param name="Fitness">Its return.</param>
/// <param name="Figure">The environment's first figure.</param>
internal readonly record struct ValidationScore(Estimate Fitness, Estimate Figure)
{
    /// <summary>That of nobody, which everybody beats.</summary>
    public static readonly ValidationScore Worst = new(new Estimate(double.NegativeInfinity, null), Estimate.None);

    /// <summary>The score of a task that keeps its episodes.</summary>
    public static ValidationScore Of(Score score) =>
        new(Of(score.Fitness, score.Episodes?.Returns), Of(score.Figure, score.Episodes?.Figures));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ValidationScore Load(BinaryReader reader) => new(Estimate.Load(reader), Estimate.Load(reader));

    /// <summary>Writes it.</summary>
    public void Save(BinaryWriter writer)
    {
        Fitness.Save(writer);
        Figure.Save(writer);
    }

    // The mean is the one that genomes are compared by, bit for bit. Of what is not finite there is no interval.
    private static Estimate Of(double mean, IReadOnlyList<double>? scores) =>
        scores is { Count: > 1 } && scores.All(double.IsFinite) ? Estimate.Of(ScoreSummary.Of([.. scores])) with { Mean = mean } : new Estimate(mean, null);
}
