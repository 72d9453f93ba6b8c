using Gymkhana.Core;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Runs;

namespace Gymkhana.Lab.Runs;

/// <summary>How probably an episode of <c>A</c> scores higher than one of <c>B</c>; where they cannot be compared there are no numbers, but a reason.</summary>
internal sealed record ComparedPair(string A, string B, double? Probability, double? Low, double? High, string? Problem);

/// <summary>All pairs.</summary>
internal sealed record ComparedRuns(IReadOnlyList<ComparedPair> Pairs);

/// <summary>Compares the champions of runs over their test episodes, by the figure that stands for the score in their world.</summary>
/// <param name="shelf">The runs.</param>
internal sealed class Comparisons(RunShelf shelf)
{
    private const int Most = 10;

    /// <summary>Compares each run with those after it.</summary>
    /// <param name="names">The runs, two to ten.</param>
    /// <exception cref="RefusedException">Too few or too many, or there is none of a name.</exception>
    public ComparedRuns Compare(IReadOnlyList<string> names)
    {
        if (names.Count is < 2 or > Most) throw new RefusedException(400, $"A comparison expects 2 to {Most} runs, got {names.Count}.");
        Scored[] runs = [.. names.Select(Read)];
        return new ComparedRuns([.. runs.SelectMany((a, i) => runs.Skip(i + 1).Select(b => Compare(a, b)))]);
    }

    private sealed record Scored(RunCard Card, IReadOnlyList<double> Scores, string? Problem);

    private Scored Read(string name)
    {
        string path = shelf.PathOf(name);
        RunCard card = shelf.Card(name);
        if (card.Score is null) return new Scored(card, [], $"'{name}' has no scores yet.");
        try
        {
            return new Scored(card, TestEpisodes.Read(path, card.Score.Name), null);
        }
        catch (RunException failure)
        {
            return new Scored(card, [], failure.Message);
        }
    }

    private static ComparedPair Compare(Scored a, Scored b)
    {
        string? problem = a.Problem ?? b.Problem ?? (a.Card.Environment == b.Card.Environment ? null : $"{a.Card.Environment} and {b.Card.Environment} have different scores.");
        if (problem is not null) return new ComparedPair(a.Card.Name, b.Card.Name, null, null, null, problem);
        ProbabilityOfImprovement better = ProbabilityOfImprovement.Of(a.Scores, b.Scores);
        return new ComparedPair(a.Card.Name, b.Card.Name, better.Probability, better.Interval.Low, better.Interval.High, null);
    }
}
