using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Conformance;

/// <summary>
/// The bits that one copy shows after a step, as a hash for each kind: enough to tell in which step two plays part, and where.
/// </summary>
internal readonly record struct StepHash(ulong Observations, ulong Rewards, ulong Ends, ulong FinalObservations, ulong Figures)
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static StepHash Of(IEnvironment environment, int copy, bool ended)
    {
        var hash = new StepHash(Offset, Offset, Offset, Offset, Offset);
        foreach (AgentGroup group in environment.Groups)
        {
            hash = new StepHash(
                Add(hash.Observations, group.Observations, copy),
                Add(Add(hash.Rewards, group.Rewards, copy), group.RewardPartValues, copy),
                Add(Add(hash.Ends, group.Terminated, copy), group.Truncated, copy),
                ended ? Add(hash.FinalObservations, group.FinalObservations, copy) : hash.FinalObservations,
                hash.Figures);
        }

        return hash with { Figures = Add(hash.Figures, environment.Figures, copy) };
    }

    /// <summary>The first kind in which two differ, or null.</summary>
    public string? DifferenceFrom(StepHash other) =>
        Observations != other.Observations ? "observations"
        : Rewards != other.Rewards ? "rewards"
        : Ends != other.Ends ? "terminated or truncated flags"
        : FinalObservations != other.FinalObservations ? "final observations"
        : Figures != other.Figures ? "figures"
        : null;

    /// <summary>FNV-1a over the bits of one copy's numbers.</summary>
    public static ulong Add(ulong hash, Batch batch, int copy)
    {
        for (int agent = 0; agent < batch.Agents; agent++)
        {
            for (int feature = 0; feature < batch.Features; feature++)
            {
                hash = (hash ^ BitConverter.DoubleToUInt64Bits(batch.Read(agent, feature, copy))) * Prime;
            }
        }

        return hash;
    }

    /// <summary>The hash of what a copy's agents see, at the start or at the end of an episode.</summary>
    public static ulong OfObservations(IEnvironment environment, int copy, bool final)
    {
        ulong hash = Offset;
        foreach (AgentGroup group in environment.Groups)
        {
            hash = Add(hash, final ? group.FinalObservations : group.Observations, copy);
        }

        return hash;
    }
}
