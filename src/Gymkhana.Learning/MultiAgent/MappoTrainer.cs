using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Training;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// A training of a team in an environment: learns, lets the team play validation episodes now and then without exploring, and keeps as
/// champion the networks that did best there, by the return of one agent of the first group.
/// </summary>
public sealed class MappoTrainer : ITrainer
{
    private const uint FormatMark = 0x334D_4154; // "TAM3"
    private readonly TrainingContext _context;
    private readonly MappoSettings _settings;
    private readonly Mappo _learner;
    private readonly RecentEpisodes _episodes;
    private readonly EnvironmentSpec _spec;
    private readonly SettingValues[] _tasks;
    private readonly ulong[] _validationSeeds;
    private readonly BestNetwork<TeamNetwork> _champion;
    private readonly PolicyOrigin _origin;

    /// <summary>A training, at its beginning or where it was saved.</summary>
    /// <param name="method">The method.</param>
    /// <param name="context">What it needs.</param>
    /// <param name="checkpoint">What <see cref="Save"/> wrote, or null for a beginning.</param>
    /// <exception cref="GymkhanaException">The checkpoint is damaged or of another version, or the environment or the settings are not for it.</exception>
    public MappoTrainer(TeamMethod method, TrainingContext context, Stream? checkpoint = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        IEnvironment world = context.Environment.Create(context.EnvironmentSettings, 1);
        _spec = world.Spec;
        _settings = MappoSettings.From(method, context.AlgorithmSettings, world);
        string mixture = context.AlgorithmSettings.Text("mixture");
        SettingValues[] lessons = TeamMixture.Of(mixture, context.EnvironmentSettings);
        _tasks = TeamMixture.Of(mixture, context.EvaluationSettings);
        if (lessons.Length > _settings.Copies)
        {
            throw new SettingException($"Setting 'mixture' makes {lessons.Length} compositions with the task's own, and there are {_settings.Copies} copies to divide among them. Give --set copies={lessons.Length} or more.");
        }

        _learner = new Mappo(_settings, [.. lessons.Select(l => (Func<int, IEnvironment>)(count => context.Environment.Create(l, count)))], context.Seed, context.Threads);
        _episodes = new RecentEpisodes(_spec.Figures.Length);
        _validationSeeds = [.. Enumerable.Range(0, _settings.ValidationEpisodes).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        _origin = new PolicyOrigin(context.Environment.Id, context.EvaluationSettings.Changed);
        _champion = new BestNetwork<TeamNetwork>(Copy(_learner.Network));

        // A team of other eyes or hands could never be scored: better said now than after hours.
        foreach (SettingValues task in _tasks)
        {
            TeamLayout.Of(_settings.Team, context.Environment.Create(task, 1), "the team", withState: false);
        }

        if (checkpoint is not null)
        {
            Load(checkpoint);
        }
    }

    /// <inheritdoc/>
    public long Iteration => _learner.Update;

    /// <inheritdoc/>
    public long PlannedIterations => _settings.Updates;

    /// <inheritdoc/>
    public bool IsFinished => Iteration >= _settings.Updates;

    /// <inheritdoc/>
    public IPolicy Champion => new TeamPolicy(Copy(_champion.Network), "champion", _origin);

    /// <inheritdoc/>
    public TrainingReport Advance()
    {
        IReadOnlyList<TeamMeasures> measures = _learner.Advance();
        foreach (TeamSquad squad in _learner.Squads)
        {
            _episodes.Add(squad.Rollout.EpisodeReturns, squad.Rollout.EpisodeLengths, squad.Rollout.EpisodeFigures);
        }

        var metrics = new List<Metric>(32) { new("return", _episodes.MeanReturn), new("episodes", _episodes.Ended) };
        for (int f = 0; f < _spec.Figures.Length; f++)
        {
            metrics.Add(new Metric(_spec.Figures[f].Name, _episodes.MeanFigure(f)));
        }

        for (int m = 0; m < measures.Count; m++)
        {
            string name = _settings.Team.Classes[m].Name;
            metrics.Add(new Metric("entropy-" + name, measures[m].Entropy));
            metrics.Add(new Metric("approxKl-" + name, measures[m].ApproximateKl));
            metrics.Add(new Metric("clipFraction-" + name, measures[m].ClipFraction));
            metrics.Add(new Metric("policyLoss-" + name, measures[m].PolicyLoss));
            if (_settings.Team.HasCritic)
            {
                metrics.Add(new Metric("valueLoss-" + name, measures[m].ValueLoss));
                metrics.Add(new Metric("explainedVariance-" + name, measures[m].ExplainedVariance));
            }
        }

        metrics.Add(new Metric("learningRate", _learner.LearningRate));

        // The first one too, so that there is a champion however short the training.
        bool changed = (Iteration == 1 || Iteration % _settings.EvaluateEvery == 0 || IsFinished) && Validate(metrics);
        metrics.Add(new Metric("championValidation", _champion.Score));
        return new TrainingReport(Iteration, _learner.Squads.Sum(s => s.AgentSteps), metrics, changed);
    }

    /// <inheritdoc/>
    public void Save(Stream destination) => TrainerState.Write(destination, FormatMark, writer =>
    {
        _champion.Save(writer);
        _episodes.Save(writer);
        _learner.Save(writer);
    });

    /// <inheritdoc/>
    public void SaveChampion(Stream destination) => TeamPolicyFile.Write(new TeamPolicy(_champion.Network, "champion", _origin), destination);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static TeamNetwork Copy(TeamNetwork network)
    {
        var copy = new TeamNetwork(network.Description, new KeyedStream(0, 0, StreamPurpose.Initialization));
        copy.CopyFrom(network);
        return copy;
    }

    private void Load(Stream checkpoint) => TrainerState.Read(checkpoint, FormatMark, "trainer of teams", reader =>
    {
        _champion.Load(reader);
        _episodes.Load(reader);
        _learner.Load(reader);
    });

    /// <summary>Plays the validation episodes in each composition; tells whether the team is the new champion, by the mean of all.</summary>
    private bool Validate(List<Metric> metrics)
    {
        var policy = new TeamPolicy(_learner.Network, "candidate", _origin);
        var returns = new List<double[]>();
        for (int i = 0; i < _tasks.Length; i++)
        {
            IEnvironment Task(int count) => _context.Environment.Create(_tasks[i], count);
            EvaluationReport report = Evaluator.Evaluate(Task, policy, _validationSeeds, _context.Threads);
            returns.Add([.. report.Results.Select(r => r.Return)]);
            string name = i == 0 ? "validation" : FormattableString.Invariant($"validation{i + 1}");
            metrics.Add(new Metric(name, Estimate.Of(report.Return)));
            foreach (FigureSummary one in report.Figures.Where(_ => i == 0))
            {
                metrics.Add(new Metric("validation-" + one.Figure.Name, Estimate.Of(one.Summary)));
            }
        }

        return _champion.Offer(_learner.Network, Estimate.Of(ScoreSummary.OfStrata(returns)), Estimate.None);
    }
}
