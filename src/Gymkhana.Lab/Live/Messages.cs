using System.Globalization;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Lab.Runs;
using Gymkhana.Lab.Worlds;

namespace Gymkhana.Lab.Live;

/// <summary>The runs, at first and at each change.</summary>
internal sealed record RunsMessage(string Type, IReadOnlyList<RunCard> Runs);

/// <summary>A run in short, at first and at each change.</summary>
internal sealed record RunMessage(string Type, RunCard Run);

/// <summary>New lines of the metrics.</summary>
internal sealed record MetricsMessage(string Type, IReadOnlyList<string> Columns, IReadOnlyList<double?[]> Rows, bool Restart);

/// <summary>How many members each species has, line by line.</summary>
internal sealed record SpeciesMessage(string Type, IReadOnlyList<SpeciesRow> Rows, bool Restart);

/// <summary>There is a champion, of the iteration that the run had then.</summary>
internal sealed record ChampionMessage(string Type, long Iteration);

/// <summary>What the training has printed.</summary>
internal sealed record LogMessage(string Type, string Text);

/// <summary>A message that says nothing but what it is.</summary>
internal sealed record BareMessage(string Type);

/// <summary>What a scene shows.</summary>
internal sealed record BeginMessage(string Type, string World, string Policy, ulong Seed, double StepSeconds, IReadOnlyList<FigureRow> Figures, DriveLine? Drive, NetworkPlan? Network);

/// <summary>The network at work: its nodes, whose activations come with each frame, and its connections.</summary>
internal sealed record NetworkPlan(IReadOnlyList<NetworkNode> Nodes, IReadOnlyList<NetworkLink> Links)
{
    /// <summary>The plan of a diagram.</summary>
    public static NetworkPlan Of(NetworkDiagram diagram) => new(
        [.. diagram.Nodes.Select(n => new NetworkNode(n.Role.ToString().ToLower(CultureInfo.InvariantCulture), n.Label, n.Place.X, n.Place.Y))],
        [.. diagram.Links.Select(l => new NetworkLink(l.From, l.To, l.Weight))]);
}

/// <summary>A node: "input", "hidden" or "output", its name where it has one, and its place, x from 0 (inputs) to 1 (outputs), y from 0 (top) to 1.</summary>
internal sealed record NetworkNode(string Role, string Label, float X, float Y);

/// <summary>A connection between two nodes; one from the same or a later node carries a value of the step before.</summary>
internal sealed record NetworkLink(int From, int To, float Weight);

/// <summary>An episode of a scene has ended.</summary>
internal sealed record EpisodeMessage(string Type, uint Number, ulong Seed, int Steps, double Seconds, double Return, double[] Figures);

/// <summary>What race is shown.</summary>
internal sealed record RaceBeginMessage(string Type, int Targets, ulong Seed, double Seconds, double StepSeconds, IReadOnlyList<RaceWalker> Walkers, SandPlan Sand);

/// <summary>One of those who race, with its colour as <c>#rrggbb</c>.</summary>
internal sealed record RaceWalker(string Id, string Name, string Colour);

/// <summary>The sand: its grains, the cells along each side, the side in units, the radius of a grain and what it has more in full glow, cells.</summary>
internal sealed record SandPlan(int Grains, int Cells, double Side, double Radius, double Glow);

/// <summary>How a race has ended.</summary>
internal sealed record RaceEndMessage(string Type, double Seconds, IReadOnlyList<RacePlace> Ranking);

/// <summary>Where a walker, counted from 0, has come in, the best first.</summary>
internal sealed record RacePlace(int Walker, string Name, int Reached, double? Seconds);

/// <summary>Why there is no scene.</summary>
internal sealed record ErrorMessage(string Type, string Error);
