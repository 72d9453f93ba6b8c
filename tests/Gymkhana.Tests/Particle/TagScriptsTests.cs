using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

/// <summary>The scripts against the scores that MPE2 itself gives on the same seeds.</summary>
public sealed class TagScriptsTests
{
    private const int Episodes = 200;

    /// <summary>
    /// Return of one hunter in (1, 3, 2), its standard error, per cent of the episodes with a touch, return of the prey, as MPE2 gives them on seeds 0 to 199. Where a side
    /// moves at random its draws are others here: within two standard errors. Elsewhere the episodes are the same but for the rounding of contacts, which may move
    /// a touch or two (0.05 each) in these 200.
    /// </summary>
    [Theory]
    [InlineData(TagScript.Random, TagScript.Random, 25, 4.0, 0.8, 16, -18.0)]
    [InlineData(TagScript.Random, TagScript.Random, 100, 10.5, 1.2, 34, -236)]
    [InlineData(TagScript.Chase, TagScript.Random, 25, 44.1, 2.1, 92, -59.4)]
    [InlineData(TagScript.Chase, TagScript.Random, 100, 258.1, 4.6, 100, -548)]
    [InlineData(TagScript.Lookahead, TagScript.Random, 25, 59.2, 2.3, 94, -77.3)]
    [InlineData(TagScript.Lookahead, TagScript.Random, 100, 352.8, 4.8, 100, -840)]
    [InlineData(TagScript.Random, TagScript.Flee, 25, 1.1, 0.4, 6, -1.8)]
    [InlineData(TagScript.Random, TagScript.Flee, 100, 2.2, 0.6, 8, -3)]
    [InlineData(TagScript.Chase, TagScript.FleeNaive, 25, 1.6, 0.1, 6, -124.0)]
    [InlineData(TagScript.Chase, TagScript.FleeNaive, 100, 1.6, 0.1, 6, -902)]
    [InlineData(TagScript.Chase, TagScript.Flee, 25, 12.8, 0.1, 46, -13.3)]
    [InlineData(TagScript.Chase, TagScript.Flee, 100, 35.8, 0.1, 79, -36)]
    [InlineData(TagScript.Lookahead, TagScript.Flee, 25, 50.2, 0.1, 90, -51.1)]
    [InlineData(TagScript.Lookahead, TagScript.Flee, 100, 281.3, 0.1, 100, -285)]
    public void Scripts_TwoHundredSeeds_ScoreAsInTheOriginal(TagScript hunters, TagScript prey, int steps, double expected, double error, double touched, double preyReturn)
    {
        EvaluationReport report = Play(new SimpleTagOptions { MaxCycles = steps, HunterScript = hunters }, prey, Episodes);
        double score = report.Results.Average(e => e.Figures[4]), met = 100 * report.Results.Average(e => e.Figures[1]);
        Assert.True(Math.Abs(score - expected) <= 2 * error, $"expected {expected} ± {2 * error}, got {score}");

        bool isRandom = hunters == TagScript.Random || prey == TagScript.Random;
        Assert.Equal(touched, met, isRandom ? 2 * Math.Sqrt(touched * (100 - touched) / Episodes) + 0.5 : 1);
        if (!isRandom) Assert.Equal(preyReturn, report.Results.Average(e => e.Figures[5]), 0.7);
    }

    [Theory]
    [InlineData(TagScript.Chase, 0)]
    [InlineData(TagScript.Lookahead, 1)]
    public void Act_HuntersFromOutside_PlaysAsTheEnvironmentDoes(TagScript script, int policy)
    {
        foreach (bool continuous in (bool[])[false, true])
        {
            var options = new SimpleTagOptions { Prey = 2, PlainHunters = 4, PreyScript = TagScript.Flee, ContinuousActions = continuous, MaxCycles = 50 };
            EvaluationReport outside = Evaluator.Evaluate(count => new SimpleTagEnvironment(options, count), ScriptedPolicy.All[policy], Seeds(40), threads: 1);
            EvaluationReport inside = Play(options with { HunterScript = script, PreyScript = TagScript.External }, TagScript.Flee, 40);
            Assert.Equal(inside.Results.Select(e => e.Figures[4]), outside.Results.Select(e => e.Return));
        }
    }

    [Fact]
    public void CreateActor_OtherSideOrOtherWorld_IsRefusedWithWhatToDo()
    {
        var environment = new SimpleTagEnvironment(new SimpleTagOptions(), 1);
        Refuse("--set prey=flee", () => ScriptedPolicy.All[0].CreateActor(environment, 1));
        Refuse("--set hunters=chase", () => ScriptedPolicy.All[2].CreateActor(environment, 0));
        IEnvironment other = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 1);
        Refuse("knows nothing of CartPole-v1", () => ScriptedPolicy.All[0].CreateActor(other));
    }

    private static void Refuse(string expected, Func<IActor> create) => Assert.Contains(expected, Assert.Throws<PolicyMismatchException>(() => create()).Message, StringComparison.Ordinal);

    private static ulong[] Seeds(int episodes) => [.. Enumerable.Range(0, episodes).Select(i => (ulong)i)];

    // Hunters are driven by the environment, prey from outside: by script, or at random.
    private static EvaluationReport Play(SimpleTagOptions options, TagScript prey, int episodes)
    {
        IPolicy policy = prey switch { TagScript.Flee => ScriptedPolicy.All[2], TagScript.FleeNaive => ScriptedPolicy.All[3], _ => new RandomPolicy() };
        return Evaluator.Evaluate(count => new SimpleTagEnvironment(options, count), policy, Seeds(episodes), threads: 1);
    }
}
