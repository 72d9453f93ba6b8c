using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors.Files;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// Keeps a <see cref="TeamPolicy"/> in a safetensors file: the weights under their names, and as metadata "gymkhana" (version of this
/// form), "team" (its description as JSON), "environment" (id) and "environmentSettings" (JSON of those that differ from the defaults).
/// </summary>
public static class TeamPolicyFile
{
    private const string FormatKey = "gymkhana";
    private const string Format = "team 1";
    private const string TeamKey = "team";
    private const string EnvironmentKey = "environment";
    private const string SettingsKey = "environmentSettings";

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(TeamPolicy policy, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ModuleFile.Save(policy.Network, destination, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [TeamKey] = policy.Network.Description.ToJson(),
            [EnvironmentKey] = policy.Origin.EnvironmentId,
            [SettingsKey] = JsonSerializer.Serialize(new SortedDictionary<string, string>(policy.Origin.Settings.ToDictionary(), StringComparer.Ordinal), TeamSettingsJson.Default.SortedDictionaryStringString),
        });
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a policy.</exception>
    public static TeamPolicy Read(Stream source, string name)
    {
        SafetensorsFile file = SafetensorsFile.Read(source, name);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format
            || file.Metadata.GetValueOrDefault(TeamKey) is not string description
            || file.Metadata.GetValueOrDefault(EnvironmentKey) is not string environment)
        {
            throw new GymkhanaException($"'{name}' is no policy of this form ({Format}): its metadata do not describe one. Use a champion that 'gymkhana train mappo' wrote.");
        }

        var network = new TeamNetwork(TeamDescription.FromJson(description, $"'{name}'"), new KeyedStream(0, 0, StreamPurpose.Initialization));
        ModuleFile.Fill(network, file, $"'{name}'");
        return new TeamPolicy(network, name, new PolicyOrigin(environment, Settings(file, name)));
    }

    private static SortedDictionary<string, string> Settings(SafetensorsFile file, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(SettingsKey) ?? "{}", TeamSettingsJson.Default.SortedDictionaryStringString) ?? [];
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"'{name}' has damaged settings of its environment. Use a champion that 'gymkhana train mappo' wrote.", failure);
        }
    }
}

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class TeamSettingsJson : JsonSerializerContext;
