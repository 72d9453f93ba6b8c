using Gymkhana.Lab.Runs;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Live;

/// <summary>The runs, at first and at each change.</summary>
internal sealed record RunsMessage(string Type, IReadOnlyList<RunCard> Runs);

/// <summary>A run in short, at first and at each change.</summary>
internal sealed record RunMessage(string Type, RunCard Run);

/// <summary>New lines of the metrics.</summary>
internal sealed record MetricsMessage(string Type, IReadOnlyList<string> Columns, IReadOnlyList<double?[]> Rows, bool Restart);

/// <summary>There is a champion, of the iteration that the run had then.</summary>
internal sealed record ChampionMessage(string Type, long Iteration);

/// <summary>What the training has printed.</summary>
internal sealed record LogMessage(string Type, string Text);

/// <summary>A message that says nothing but what it is.</summary>
internal sealed record BareMessage(string Type);

/// <summary>What a scene shows.</summary>
internal sealed record BeginMessage(string Type, string World, string Policy, ulong Seed, double StepSeconds, IReadOnlyList<FigureRow> Figures);

/// <summary>An episode of a scene has ended.</summary>
internal sealed record EpisodeMessage(string Type, uint Number, ulong Seed, int Steps, double Seconds, double Return, double[] Figures);

/// <summary>Why there is no scene.</summary>
internal sealed record ErrorMessage(string Type, string Error);
