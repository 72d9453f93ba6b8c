using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Learning.Policies;

/// <summary>
/// Keeps a <see cref="NetworkPolicy"/> in a safetensors file: the weights under their names, and as metadata "gymkhana" (version of this
/// form), "network" (its description as JSON), "environment" (id) and "environmentSettings" (JSON of those that differ from the defaults).
/// </summary>
public static class NetworkPolicyFile
{
    private const string Format = "actor-critic 1";
    private const string Trainer = "'gymkhana train ppo'";
    private const string NetworkKey = "network";

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(NetworkPolicy policy, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(policy);
        PolicyFile.Write(policy.Network, policy.Origin, destination, Format, (NetworkKey, policy.Network.Description.ToJson()));
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy, which does not explore.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a policy.</exception>
    public static NetworkPolicy Read(Stream source, string name)
    {
        PolicyFile file = PolicyFile.Read(source, name, Format, Trainer);
        var network = new ActorCritic(NetworkDescription.FromJson(file[NetworkKey], $"'{name}'"), new KeyedStream(0, 0, StreamPurpose.Initialization));
        file.Fill(network);
        return new NetworkPolicy(network, name, file.Origin);
    }
}
