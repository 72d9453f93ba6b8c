using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Policies;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Keeps an <see cref="OfflinePolicy"/> in a safetensors file: the weights under their names, and as metadata "gymkhana" (version of this
/// form), "network" (its description as JSON), "heads" and "threshold" (the rule), "environment" and "environmentSettings".
/// </summary>
public static class OfflinePolicyFile
{
    private const string Format = "action-network 1";
    private const string Trainer = "'gymkhana train bcq' or its like";
    private const string NetworkKey = "network";
    private const string HeadsKey = "heads";
    private const string ThresholdKey = "threshold";

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(OfflinePolicy policy, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(policy);
        PolicyFile.Write(
            policy.Network,
            policy.Origin,
            destination,
            Format,
            (NetworkKey, policy.Network.Description.ToJson()),
            (HeadsKey, policy.Rule.Heads.ToString()),
            (ThresholdKey, policy.Rule.Threshold.ToString("R", CultureInfo.InvariantCulture)));
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy, which does not explore.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a policy.</exception>
    public static OfflinePolicy Read(Stream source, string name)
    {
        PolicyFile file = PolicyFile.Read(source, name, Format, Trainer);
        if (!Enum.TryParse(file[HeadsKey], out ActionHeads heads)
            || !double.TryParse(file[ThresholdKey], NumberStyles.Float, CultureInfo.InvariantCulture, out double threshold))
        {
            throw file.Foreign();
        }

        ActionNetworkDescription description = ActionNetworkDescription.FromJson(file[NetworkKey], $"'{name}'");
        if ((description.Heads & heads) != heads || heads == ActionHeads.None)
        {
            throw new GymkhanaException($"'{name}' acts by {heads}, but its network has {description.Heads}. Use a champion that {Trainer} wrote.");
        }

        var network = new ActionNetwork(description, new KeyedStream(0, 0, StreamPurpose.Initialization));
        file.Fill(network);
        return new OfflinePolicy(network, new ActionRule(heads, threshold), name, file.Origin);
    }
}
