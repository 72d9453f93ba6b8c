using System.Text;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// A training of a team in an environment: learns, lets the team play validation episodes now and then without exploring, and keeps as
/// champion the networks that did best there, by the return of one agent of the first group.
/// </summary>
public sealed class MappoTrainer : ITrainer
{
    private const uint FormatMark = 0x314D_4154; // "TAM1"
    private readonly TrainingContext _context;
    private readonly MappoSettings _settings;
    private readonly Mappo _learner;
    private readonly TeamEpisodes _episodes;
    private readonly EnvironmentSpec _spec;
    private readonly ulong[] _validationSeeds;
    private readonly TeamNetwork _champion;
    private readonly PolicyOrigin _origin;
    private double _championScore = double.NegativeInfinity;

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
        _learner = new Mappo(_settings, count => context.Environment.Create(context.EnvironmentSettings, count), context.Seed, context.Threads);
        _episodes = new TeamEpisodes(_spec.Figures.Length);
        _validationSeeds = [.. Enumerable.Range(0, _settings.ValidationEpisodes).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        _origin = new PolicyOrigin(context.Environment.Id, context.EvaluationSettings.Changed);
        _champion = Copy(_learner.Network);

        // A team of other eyes or hands could never be scored: better said now than after hours.
        TeamLayout.Of(_settings.Team, context.Environment.Create(context.EvaluationSettings, 1), "the team", withState: false);
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
    public IPolicy Champion => new TeamPolicy(Copy(_champion), "champion", _origin);

    /// <inheritdoc/>
    public TrainingReport Advance()
    {
        IReadOnlyList<TeamMeasures> measures = _learner.Advance();
        _episodes.Add(_learner.Rollout);
        var metrics = new List<Metric> { new("return", _episodes.MeanReturn), new("episodes", _episodes.Ended) };
        for (int f = 0; f < _spec.Figures.Length; f++)
        {
            metrics.Add(new Metric(_spec.Figures[f].Name, _episodes.MeanFigure(f)));
        }

        for (int m = 0; m < measures.Count; m++)
        {
            string name = _settings.Team.Classes[_learner.Layout.Members[m].Class].Name;
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
        metrics.Add(new Metric("championValidation", _championScore));
        return new TrainingReport(Iteration, (long)_learner.Rollout.Count * _learner.Layout.Agents, metrics, changed);
    }

    /// <inheritdoc/>
    public void Save(Stream destination)
    {
        using BinaryWriter writer = new(destination, Encoding.UTF8, leaveOpen: true);
        writer.Write(FormatMark);
        writer.Write(_championScore);
        _champion.Save(writer);
        _episodes.Save(writer);
        _learner.Save(writer);
    }

    /// <inheritdoc/>
    public void SaveChampion(Stream destination) => TeamPolicyFile.Write(new TeamPolicy(_champion, "champion", _origin), destination);

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

    private void Load(Stream checkpoint)
    {
        try
        {
            using BinaryReader reader = new(checkpoint, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadUInt32() != FormatMark)
            {
                throw new GymkhanaException("The checkpoint is not one of a team in this version. Resume it with the version that wrote it, or train anew.");
            }

            _championScore = reader.ReadDouble();
            _champion.Load(reader);
            _episodes.Load(reader);
            _learner.Load(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new GymkhanaException("The checkpoint ends too early or holds impossible numbers. Resume from an earlier one.", e);
        }
    }

    /// <summary>Plays the validation episodes; tells whether the team is the new champion. Of equals the later one is: it has learned longer.</summary>
    private bool Validate(List<Metric> metrics)
    {
        var policy = new TeamPolicy(_learner.Network, "candidate", _origin);
        IPolicy[] policies = [.. Enumerable.Repeat(policy, Task(1).Groups.Length)];
        EvaluationReport report = Evaluator.Evaluate(Task, policies, _validationSeeds, _context.Threads);
        metrics.Add(new Metric("validation", report.Return.Mean));
        foreach (FigureSummary figure in report.Figures)
        {
            metrics.Add(new Metric("validation-" + figure.Figure.Name, figure.Summary.Mean));
        }

        if (report.Return.Mean < _championScore)
        {
            return false;
        }

        _championScore = report.Return.Mean;
        _champion.CopyFrom(_learner.Network);
        return true;
    }

    private IEnvironment Task(int count) => _context.Environment.Create(_context.EvaluationSettings, count);
}
