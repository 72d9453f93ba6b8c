using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;
using Gymkhana.Learning.Policies;
using Gymkhana.Learning.Training;

namespace Gymkhana.Learning.Ppo;

/// <summary>
/// A training with PPO in an environment: learns, lets the policy play validation episodes now and then without exploring, and keeps as
/// champion the network that did best there.
/// </summary>
public sealed class PpoTrainer : ITrainer
{
    private const uint FormatMark = 0x334F_5050; // "PPO3"
    private readonly TrainingContext _context;
    private readonly PpoSettings _settings;
    private readonly Ppo _ppo;
    private readonly RecentEpisodes _episodes = new();
    private readonly ulong[] _validationSeeds;
    private readonly BestNetwork<ActorCritic> _champion;
    private readonly PolicyOrigin _origin;

    /// <summary>A training at its beginning.</summary>
    /// <param name="context">What it needs.</param>
    public PpoTrainer(TrainingContext context)
        : this(context, checkpoint: null)
    {
    }

    /// <summary>A training, at its beginning or where it was saved.</summary>
    /// <param name="context">What it needs.</param>
    /// <param name="checkpoint">What <see cref="Save"/> wrote, or null for a beginning.</param>
    /// <exception cref="GymkhanaException">The checkpoint is damaged or of another version, or the environment or the settings are not for PPO.</exception>
    public PpoTrainer(TrainingContext context, Stream? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _settings = PpoSettings.From(context.AlgorithmSettings, context.Environment.Create(context.EnvironmentSettings, 1));
        DemandSameInterface(context.Environment.Create(context.EvaluationSettings, 1));
        _ppo = new Ppo(_settings, count => context.Environment.Create(context.EnvironmentSettings, count), context.Seed, context.Threads);
        _validationSeeds = [.. Enumerable.Range(0, _settings.ValidationEpisodes).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        _origin = new PolicyOrigin(context.Environment.Id, context.EvaluationSettings.Changed);
        _champion = new BestNetwork<ActorCritic>(Copy(_ppo.Network));
        if (checkpoint is not null)
        {
            Load(checkpoint);
        }
    }

    /// <inheritdoc/>
    public long Iteration => _ppo.Update;

    /// <inheritdoc/>
    public long PlannedIterations => _settings.Updates;

    /// <inheritdoc/>
    public bool IsFinished => Iteration >= _settings.Updates;

    /// <inheritdoc/>
    public IPolicy Champion => new NetworkPolicy(Copy(_champion.Network), "champion", _origin);

    /// <summary>The policy as it is now, which explores as it does while learning; good until the next update.</summary>
    public NetworkPolicy Current => new(_ppo.Network, "current", _origin, isStochastic: true);

    /// <summary>The episodes of training that ended last.</summary>
    public RecentEpisodes Episodes => _episodes;

    /// <summary>Told of every transition while it learns, or null.</summary>
    public ITransitionRecorder? Recorder
    {
        get => _ppo.Recorder;
        set => _ppo.Recorder = value;
    }

    /// <inheritdoc/>
    public TrainingReport Advance()
    {
        PpoMeasures measures = _ppo.Advance();
        _episodes.Add(_ppo.Rollout.EpisodeReturns, _ppo.Rollout.EpisodeLengths);
        var metrics = new List<Metric>
        {
            new("return", _episodes.MeanReturn),
            new("length", _episodes.MeanLength),
            new("episodes", _episodes.Ended),
            new("policyLoss", measures.PolicyLoss),
            new("valueLoss", measures.ValueLoss),
            new("entropy", measures.Entropy),
            new("approxKl", measures.ApproximateKl),
            new("clipFraction", measures.ClipFraction),
            new("gradientNorm", measures.GradientNorm),
            new("explainedVariance", measures.ExplainedVariance),
            new("gradientSteps", measures.Steps),
            new("learningRate", measures.LearningRate),
        };

        // The first one too, so that there is a champion however short the training.
        bool changed = (Iteration == 1 || Iteration % _settings.EvaluateEvery == 0 || IsFinished) && Validate(metrics);
        metrics.Add(new Metric("championValidation", _champion.Score));
        metrics.Add(new Metric("championFigure", _champion.Figure));
        return new TrainingReport(Iteration, _ppo.Rollout.Count, metrics, changed);
    }

    /// <inheritdoc/>
    public void Save(Stream destination) => TrainerState.Write(destination, FormatMark, writer =>
    {
        _champion.Save(writer);
        _episodes.Save(writer);
        _ppo.Save(writer);
    });

    /// <inheritdoc/>
    public bool IsSnapshotDue => _settings.SnapshotEvery > 0 && (Iteration == 1 || Iteration % _settings.SnapshotEvery == 0);

    /// <inheritdoc/>
    public void SaveCurrent(Stream destination) => NetworkPolicyFile.Write(Current, destination);

    /// <inheritdoc/>
    public void SaveChampion(Stream destination) => NetworkPolicyFile.Write(new NetworkPolicy(_champion.Network, "champion", _origin), destination);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static ActorCritic Copy(ActorCritic network)
    {
        var copy = new ActorCritic(network.Description, new KeyedStream(0, 0, StreamPurpose.Initialization));
        copy.CopyFrom(network);
        return copy;
    }

    private void Load(Stream checkpoint) => TrainerState.Read(checkpoint, FormatMark, "PPO", reader =>
    {
        _champion.Load(reader);
        _episodes.Load(reader);
        _ppo.Load(reader);
    });

    /// <summary>Plays the validation episodes; tells whether the policy is the new champion.</summary>
    private bool Validate(List<Metric> metrics)
    {
        var policy = new NetworkPolicy(_ppo.Network, "candidate", _origin);
        EvaluationReport report = Evaluator.Evaluate(Task, policy, _validationSeeds, _context.Threads);
        Estimate score = Estimate.Of(report.Return), figure = report.Figures.IsEmpty ? Estimate.None : Estimate.Of(report.Figures[0].Summary);
        metrics.Add(new Metric("validation", score));
        metrics.Add(new Metric("validationFigure", figure));
        return _champion.Offer(_ppo.Network, score, figure);
    }

    private IEnvironment Task(int count) => _context.Environment.Create(_context.EvaluationSettings, count);

    // A policy of other eyes or hands could never be scored: better said now than after hours.
    private void DemandSameInterface(IEnvironment task)
    {
        AgentGroup group = task.Groups[0];
        if (task.Groups.Length != 1 || !_settings.Network.Fits(group.ObservationSpace, group.ActionSpace))
        {
            throw new SettingException(
                $"While training, {_context.Environment.Id} has other observations or actions than for its scores ({group.ObservationSpace}, {group.ActionSpace}). Give settings that change them with --set, or in a preset's interface.");
        }
    }
}
