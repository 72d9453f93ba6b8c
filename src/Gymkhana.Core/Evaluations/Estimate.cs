namespace Gymkhana.Core.Evaluations;

/// <summary>The mean of some scores and how sure it is.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Interval">Its 95 % confidence interval (<see cref="ScoreSummary"/> says how), or null where there are too few scores to tell.</param>
public readonly record struct Estimate(double Mean, Interval? Interval)
{
    /// <summary>What an estimate is before there is anything to estimate from: not a number.</summary>
    public static readonly Estimate None = new(double.NaN, null);

    /// <summary>The estimate that a summary holds.</summary>
    /// <param name="summary">The summary.</param>
    /// <returns>The estimate; without an interval for a single score.</returns>
    public static Estimate Of(ScoreSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new Estimate(summary.Mean, summary.Count > 1 ? summary.MeanInterval : null);
    }

    /// <summary>Writes it as three numbers, of which those of a missing interval are NaN.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Mean);
        writer.Write(Interval?.Low ?? double.NaN);
        writer.Write(Interval?.High ?? double.NaN);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <returns>The estimate.</returns>
    public static Estimate Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        double mean = reader.ReadDouble();
        Interval interval = new(reader.ReadDouble(), reader.ReadDouble());
        return new Estimate(mean, double.IsNaN(interval.Low) ? null : interval);
    }
}
