using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gymkhana.Core.Files;

namespace Gymkhana.Learning.Datasets;

/// <summary>What acted while part of a dataset was collected.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Epsilon">Share of its actions that were replaced by uniformly random ones.</param>
/// <param name="Transitions">Transitions it contributed.</param>
/// <param name="Episodes">Episodes it contributed.</param>
/// <param name="ReturnSum">Sum of the returns of those episodes: undiscounted, as the environment gives its rewards.</param>
public sealed record Behaviour(string Policy, double Epsilon, long Transitions, long Episodes, double ReturnSum)
{
    /// <summary>Mean return of its episodes; 0 when there is none yet.</summary>
    public double MeanReturn => Episodes == 0 ? 0 : ReturnSum / Episodes;
}

/// <summary>One file of a dataset.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Transitions">Transitions in it.</param>
/// <param name="Episodes">Whole episodes in it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
public sealed record ShardEntry(string File, int Transitions, int Episodes, long Bytes, string Sha256);

/// <summary>What <c>dataset.json</c> says: what is in the folder, where it comes from, and how to tell that it is whole.</summary>
public sealed record DatasetManifest
{
    /// <summary>Name of the file that makes a folder a dataset.</summary>
    public const string FileName = "dataset.json";

    /// <summary>The format this version writes.</summary>
    public const int CurrentFormat = 1;

    // Read by people and programs, never put into a page: "+" stays "+".
    private static readonly DatasetJson Json = new(new JsonSerializerOptions(DatasetJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Version of the format.</summary>
    public required int Format { get; init; }

    /// <summary>Id of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The environment's settings, all of them.</summary>
    public required ImmutableSortedDictionary<string, string> EnvironmentSettings { get; init; }

    /// <summary>What the data is: mixed, expert, medium, random, or another word.</summary>
    public required string Kind { get; init; }

    /// <summary>Sizes of one stored frame.</summary>
    public required ImmutableArray<int> Frame { get; init; }

    /// <summary>Frames of one observation.</summary>
    public required int Stack { get; init; }

    /// <summary>How a frame's numbers are stored: uint8 or float32.</summary>
    public required string ElementType { get; init; }

    /// <summary>How many actions there are to choose from.</summary>
    public required int Actions { get; init; }

    /// <summary>Seed of the collection.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Transitions that were asked for.</summary>
    public required long Wanted { get; init; }

    /// <summary>Whether the collection came to its end.</summary>
    public required bool Complete { get; init; }

    /// <summary>Transitions in the shards.</summary>
    public required long Transitions { get; init; }

    /// <summary>Episodes in the shards.</summary>
    public required long Episodes { get; init; }

    /// <summary>Mean return of those episodes.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>What acted, in the order of collection; rows of the shards' <c>behaviour</c> refer to it.</summary>
    public required ImmutableArray<Behaviour> Behaviours { get; init; }

    /// <summary>The files.</summary>
    public required ImmutableArray<ShardEntry> Shards { get; init; }

    /// <summary>What an observation is made of.</summary>
    [JsonIgnore]
    public DatasetLayout Layout => new(Frame, Stack, ElementType == "uint8");

    /// <summary>Reads a folder's manifest.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="DatasetException">There is none, or it is damaged or of another version.</exception>
    public static DatasetManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            DatasetManifest manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), Json.DatasetManifest)
                ?? throw new JsonException("it holds nothing");
            manifest.Check(path);
            return manifest;
        }
        catch (JsonException cause)
        {
            throw new DatasetException($"'{path}' is damaged: {cause.Message.ReplaceLineEndings(" ")} Copy it again, or collect the dataset anew.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be read: {cause.Message.ReplaceLineEndings(" ")} Give a folder that 'gymkhana dataset collect' made, or one of .npz shards.", cause);
        }
    }

    /// <summary>Writes the manifest, whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public void Write(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json.DatasetManifest) + "\n");

    private void Check(string path)
    {
        string? wrong =
            Format != CurrentFormat ? $"format {Format}, and this version reads {CurrentFormat}"
            : Frame.IsDefaultOrEmpty || Frame.Any(axis => axis is < 1 or > 1 << 20) || Stack is < 1 or > 1024 ? "frames of no size"
            : ElementType is not ("uint8" or "float32") ? $"elements of type '{ElementType}', expected uint8 or float32"
            : Actions < 1 ? $"{Actions} actions, expected at least 1"
            : Shards.IsDefault || Behaviours.IsDefault ? "no list of shards or behaviours"
            : Shards.FirstOrDefault(s => s.File != Path.GetFileName(s.File) || s.Transitions < 1 || s.Bytes < 1) is ShardEntry shard ? $"a shard '{shard.File}' of {shard.Transitions} transitions and {shard.Bytes} bytes"
            : Shards.Sum(s => (long)s.Transitions) != Transitions ? $"{Transitions} transitions, but {Shards.Sum(s => (long)s.Transitions)} in its shards"
            : null;
        if (wrong is not null)
        {
            throw new DatasetException($"'{path}' states {wrong}. Copy it again, or collect the dataset anew.");
        }
    }
}

/// <summary>Reads and writes manifests as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DatasetManifest))]
internal sealed partial class DatasetJson : JsonSerializerContext;
