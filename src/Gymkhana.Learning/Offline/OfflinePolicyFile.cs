using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors.Files;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Keeps an <see cref="OfflinePolicy"/> in a safetensors file: the weights under their names, and as metadata "gymkhana" (version of this
/// form), "network" (its description as JSON), "heads" and "threshold" (the rule), "environment" and "environmentSettings".
/// </summary>
public static class OfflinePolicyFile
{
    private const string FormatKey = "gymkhana";
    private const string Format = "action-network 1";
    private const string NetworkKey = "network";
    private const string HeadsKey = "heads";
    private const string ThresholdKey = "threshold";
    private const string EnvironmentKey = "environment";
    private const string SettingsKey = "environmentSettings";

    /// <summary>Writes a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(OfflinePolicy policy, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ModuleFile.Save(policy.Network, destination, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [NetworkKey] = policy.Network.Description.ToJson(),
            [HeadsKey] = policy.Rule.Heads.ToString(),
            [ThresholdKey] = policy.Rule.Threshold.ToString("R", CultureInfo.InvariantCulture),
            [EnvironmentKey] = policy.Origin.EnvironmentId,
            [SettingsKey] = JsonSerializer.Serialize(new SortedDictionary<string, string>(policy.Origin.Settings.ToDictionary(), StringComparer.Ordinal), OfflineSettingsJson.Default.SortedDictionaryStringString),
        });
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages and as the policy's name.</param>
    /// <returns>The policy, which does not explore.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a policy.</exception>
    public static OfflinePolicy Read(Stream source, string name)
    {
        SafetensorsFile file = SafetensorsFile.Read(source, name);
        string Text(string key) => file.Metadata.GetValueOrDefault(key) ?? string.Empty;
        if (Text(FormatKey) != Format
            || !Enum.TryParse(Text(HeadsKey), out ActionHeads heads)
            || !double.TryParse(Text(ThresholdKey), NumberStyles.Float, CultureInfo.InvariantCulture, out double threshold))
        {
            throw new GymkhanaException($"'{name}' is no policy of this form ({Format}): its metadata do not describe one. Use a champion that 'gymkhana train bcq' or its like wrote.");
        }

        ActionNetworkDescription description = ActionNetworkDescription.FromJson(Text(NetworkKey), $"'{name}'");
        if ((description.Heads & heads) != heads || heads == ActionHeads.None)
        {
            throw new GymkhanaException($"'{name}' acts by {heads}, but its network has {description.Heads}. Use a champion that 'gymkhana train bcq' or its like wrote.");
        }

        var network = new ActionNetwork(description, new KeyedStream(0, 0, StreamPurpose.Initialization));
        ModuleFile.Fill(network, file, $"'{name}'");
        return new OfflinePolicy(network, new ActionRule(heads, threshold), name, new PolicyOrigin(Text(EnvironmentKey), Settings(Text(SettingsKey), name)));
    }

    private static SortedDictionary<string, string> Settings(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OfflineSettingsJson.Default.SortedDictionaryStringString) ?? [];
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"'{name}' has damaged settings of its environment. Use a champion that 'gymkhana train' wrote.", failure);
        }
    }
}

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class OfflineSettingsJson : JsonSerializerContext;
