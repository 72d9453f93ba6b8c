using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors.Files;

namespace Gymkhana.Learning.Policies;

/// <summary>
/// Keeps a <see cref="NetworkPolicy"/> in a safetensors file: the weights under their names, and as metadata "gymkhana" (version of this
/// form), "network" (its description as JSON), "environment" (id) and "environmentSettings" (JSON of those that differ from the defaults).
/// </summary>
public static class NetworkPolicyFile
{
    private const string FormatKey = "gymkhana";
    private const string Format = "actor-critic 1";
    private const string NetworkKey = "network";
    private const string EnvironmentKey = "environment";
    private const string SettingsKey = "environmentSettings";

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(NetworkPolicy policy, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ModuleFile.Save(policy.Network, destination, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [NetworkKey] = policy.Network.Description.ToJson(),
            [EnvironmentKey] = policy.Origin.EnvironmentId,
            [SettingsKey] = JsonSerializer.Serialize(new SortedDictionary<string, string>(policy.Origin.Settings.ToDictionary(), StringComparer.Ordinal), SettingsJson.Default.SortedDictionaryStringString),
        });
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy, which does not explore.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a policy.</exception>
    public static NetworkPolicy Read(Stream source, string name)
    {
        SafetensorsFile file = SafetensorsFile.Read(source, name);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format
            || file.Metadata.GetValueOrDefault(NetworkKey) is not string description
            || file.Metadata.GetValueOrDefault(EnvironmentKey) is not string environment)
        {
            throw new GymkhanaException($"'{name}' is no policy of this form ({Format}): its metadata do not describe one. Use a champion that 'gymkhana train ppo' wrote.");
        }

        var network = new ActorCritic(NetworkDescription.FromJson(description, $"'{name}'"), new KeyedStream(0, 0, StreamPurpose.Initialization));
        ModuleFile.Fill(network, file, $"'{name}'");
        return new NetworkPolicy(network, name, new PolicyOrigin(environment, Settings(file, name)));
    }

    private static SortedDictionary<string, string> Settings(SafetensorsFile file, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(SettingsKey) ?? "{}", SettingsJson.Default.SortedDictionaryStringString) ?? [];
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"'{name}' has damaged settings of its environment. Use a champion that 'gymkhana train ppo' wrote.", failure);
        }
    }
}

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class SettingsJson : JsonSerializerContext;
