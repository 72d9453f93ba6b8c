using System.Text.Json.Serialization;
using Gymkhana.Lab.Live;
using Gymkhana.Lab.Making;
using Gymkhana.Lab.Runs;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab;

/// <summary>A refusal.</summary>
internal sealed record Refusal(string Error);

/// <summary>The list of runs.</summary>
internal sealed record RunList(IReadOnlyList<RunCard> Runs);

/// <summary>A run's name.</summary>
internal sealed record RunName(string? Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunName))]
[JsonSerializable(typeof(RunDetails))]
[JsonSerializable(typeof(LabCard))]
[JsonSerializable(typeof(WorldDetails))]
[JsonSerializable(typeof(TrainingWish))]
[JsonSerializable(typeof(ComparedRuns))]
[JsonSerializable(typeof(WorkWish))]
[JsonSerializable(typeof(WorkCard))]
[JsonSerializable(typeof(RunsMessage))]
[JsonSerializable(typeof(RunMessage))]
[JsonSerializable(typeof(MetricsMessage))]
[JsonSerializable(typeof(SpeciesMessage))]
[JsonSerializable(typeof(ChampionMessage))]
[JsonSerializable(typeof(LogMessage))]
[JsonSerializable(typeof(BareMessage))]
[JsonSerializable(typeof(BeginMessage))]
[JsonSerializable(typeof(EpisodeMessage))]
[JsonSerializable(typeof(RaceBeginMessage))]
[JsonSerializable(typeof(RaceEndMessage))]
[JsonSerializable(typeof(ErrorMessage))]
internal sealed partial class LabJson : JsonSerializerContext;
