using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Policies;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// Keeps a <see cref="TeamPolicy"/> in a safetensors file: the weights under their names, and as metadata "gymkhana" (version of this
/// form), "team" (its description as JSON), "environment" (id) and "environmentSettings" (JSON of those that differ from the defaults).
/// </summary>
public static class TeamPolicyFile
{
    private const string Format = "team 1";
    private const string Trainer = "'gymkhana train mappo'";
    private const string TeamKey = "team";

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(TeamPolicy policy, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(policy);
        PolicyFile.Write(policy.Network, policy.Origin, destination, Format, (TeamKey, policy.Network.Description.ToJson()));
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a policy.</exception>
    public static TeamPolicy Read(Stream source, string name)
    {
        PolicyFile file = PolicyFile.Read(source, name, Format, Trainer);
        var network = new TeamNetwork(TeamDescription.FromJson(file[TeamKey], $"'{name}'"), new KeyedStream(0, 0, StreamPurpose.Initialization));
        file.Fill(network);
        return new TeamPolicy(network, name, file.Origin);
    }
}
