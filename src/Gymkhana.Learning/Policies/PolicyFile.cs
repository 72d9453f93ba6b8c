using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Tensors.Files;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.Policies;

/// <summary>
/// What the safetensors files of all policies have in common: the weights under their names, and as metadata "gymkhana" (which form, with
/// its version), "environment" (id), "environmentSettings" (JSON of those that differ from the defaults), and what the form adds.
/// </summary>
internal sealed class PolicyFile
{
    private const string FormatKey = "gymkhana";
    private const string EnvironmentKey = "environment";
    private const string SettingsKey = "environmentSettings";

    private readonly SafetensorsFile _file;
    private readonly string _name;
    private readonly string _format;
    private readonly string _trainer;

    private PolicyFile(SafetensorsFile file, string name, string format, string trainer)
    {
        (_file, _name, _format, _trainer) = (file, name, format, trainer);
        Origin = new PolicyOrigin(this[EnvironmentKey], Settings());
    }

    /// <summary>What it was trained in.</summary>
    public PolicyOrigin Origin { get; }

    /// <summary>A text of the metadata.</summary>
    /// <exception cref="GymkhanaException">There is none.</exception>
    public string this[string key] => _file.Metadata.GetValueOrDefault(key) ?? throw Foreign(_name, _format, _trainer);

    /// <summary>Writes a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="origin">What it was trained in.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="format">Name and version of the form.</param>
    /// <param name="texts">What the form adds to the metadata.</param>
    public static void Write(Module network, PolicyOrigin origin, Stream destination, string format, params ReadOnlySpan<(string Key, string Text)> texts)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [FormatKey] = format };
        foreach ((string key, string text) in texts)
        {
            metadata.Add(key, text);
        }

        metadata.Add(EnvironmentKey, origin.EnvironmentId);
        metadata.Add(SettingsKey, JsonSerializer.Serialize(new SortedDictionary<string, string>(origin.Settings.ToDictionary(), StringComparer.Ordinal), PolicyFileJson.Default.SortedDictionaryStringString));
        ModuleFile.Save(network, destination, metadata);
    }

    /// <summary>Reads a file of one form.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages.</param>
    /// <param name="format">Name and version of the form.</param>
    /// <param name="trainer">What writes such files, such as "'gymkhana train ppo'".</param>
    /// <returns>The file.</returns>
    /// <exception cref="GymkhanaException">Damaged, or of another form.</exception>
    public static PolicyFile Read(Stream source, string name, string format, string trainer)
    {
        SafetensorsFile file = SafetensorsFile.Read(source, name);
        return file.Metadata.GetValueOrDefault(FormatKey) == format ? new PolicyFile(file, name, format, trainer) : throw Foreign(name, format, trainer);
    }

    /// <summary>Gives a network the file's weights.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="GymkhanaException">They do not fit.</exception>
    public void Fill(Module network) => ModuleFile.Fill(network, _file, $"'{_name}'");

    /// <summary>What is said of a file that is not of the form.</summary>
    /// <returns>What to throw.</returns>
    public GymkhanaException Foreign() => Foreign(_name, _format, _trainer);

    private static GymkhanaException Foreign(string name, string format, string trainer) =>
        new($"'{name}' is no policy of this form ({format}): its metadata do not describe one. Use a champion that {trainer} wrote.");

    private SortedDictionary<string, string> Settings()
    {
        try
        {
            return JsonSerializer.Deserialize(_file.Metadata.GetValueOrDefault(SettingsKey) ?? "{}", PolicyFileJson.Default.SortedDictionaryStringString) ?? [];
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"'{_name}' has damaged settings of its environment. Use a champion that {_trainer} wrote.", failure);
        }
    }
}

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class PolicyFileJson : JsonSerializerContext;
