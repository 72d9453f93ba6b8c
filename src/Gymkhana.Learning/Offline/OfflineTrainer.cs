using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Training;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// A training on records: reads batches, lets the learner update, and now and then plays validation episodes in the world, which
/// choose the champion. Without the world the champion is the last network, or, where only the data's actions are imitated, the one of
/// the lowest loss on held-out episodes.
/// </summary>
public sealed class OfflineTrainer : ITrainer
{
    private const uint FormatMark = 0x324C_464F; // "OFL2"
    private const double LastRate = 0.1;

    private readonly OfflineAlgorithm _algorithm;
    private readonly TrainingContext _context;
    private readonly OfflineSettings _settings;
    private readonly Dataset _dataset;
    private readonly TransitionStream _stream;
    private readonly HeldOutBatches _heldOut;
    private readonly OfflineLearner _learner;
    private readonly RunningFigures _figures;
    private readonly ActionNetwork _champion;
    private readonly ulong[] _validationSeeds;
    private Estimate _championScore = new(double.NegativeInfinity, null);
    private Estimate _score = Estimate.None;

    /// <summary>A training, at its beginning or where it was saved.</summary>
    /// <param name="algorithm">How it learns.</param>
    /// <param name="context">What it needs.</param>
    /// <param name="checkpoint">What <see cref="Save"/> wrote, or null for a beginning.</param>
    /// <exception cref="GymkhanaException">There is no dataset, it is damaged, or does not fit the world; or the checkpoint is damaged.</exception>
    public OfflineTrainer(OfflineAlgorithm algorithm, TrainingContext context, Stream? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        ArgumentNullException.ThrowIfNull(context);
        _algorithm = algorithm;
        _context = context;
        _settings = OfflineSettings.From(context.AlgorithmSettings);
        if (_settings.Folder.Length == 0)
        {
            throw new DatasetException($"{algorithm.Name} learns from a dataset. Give one with --data DIR; 'gymkhana dataset collect {context.Environment.Id}' makes one.");
        }

        AgentGroup? world = _settings.NoWorld ? null : context.Environment.Create(context.EvaluationSettings, 1).Groups[0];
        int actions = world?.ActionSpace is Core.Spaces.DiscreteSpace discrete ? discrete.Count : 0;
        _dataset = Dataset.Open(_settings.Folder, _settings.Reading with { Actions = actions }, context.Note);
        ActionNetworkDescription description = _settings.Network(_dataset.Layout, Math.Max(actions, _dataset.Actions), algorithm.Heads);
        DemandFit(world, description);
        if (_settings.Steps > 1 && _dataset.Manifest is null)
        {
            throw new DatasetException($"'{_dataset.Path}' holds transitions of which nobody knows what came after them, and n-step={_settings.Steps} needs whole episodes. Set n-step=1, or collect a dataset with 'gymkhana dataset collect'.");
        }

        (EpisodeSelection learning, EpisodeSelection validation) = EpisodeSelection.Split(_dataset, context.Seed, _settings.Validation);
        EpisodeSelection chosen = _settings.Best < 1 ? learning.Best(_dataset, _settings.Best) : learning;
        if (_settings.Best < 1)
        {
            context.Note(FormattableString.Invariant($"Learning from {chosen.Episodes} of {learning.Episodes} episodes, of mean return {chosen.MeanReturn:0.##} instead of {learning.MeanReturn:0.##}."));
        }

        _heldOut = new HeldOutBatches(_dataset, validation, _settings, context.Seed, context.Note);
        var network = new ActionNetwork(description, new KeyedStream(context.Seed, 0, StreamPurpose.Initialization));
        _learner = algorithm.CreateLearner(network, _settings, context.Threads);
        _figures = new RunningFigures(_learner.Figures);
        _champion = new ActionNetwork(description, new KeyedStream(context.Seed, 0, StreamPurpose.Initialization));
        _validationSeeds = [.. Enumerable.Range(0, _settings.EvaluationEpisodes).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        StreamPosition position = checkpoint is null ? default : Load(checkpoint);
        var options = new StreamOptions(_settings.Batch, _settings.MemoryBytes, context.Seed, _settings.Reading.SkipDamaged) { Steps = _settings.Steps, Discount = _settings.Discount, Shift = _settings.Shift };
        _stream = new TransitionStream(_dataset, chosen, options, position, context.Note);
    }

    /// <inheritdoc/>
    public long Iteration { get; private set; }

    /// <inheritdoc/>
    public long PlannedIterations => _settings.Rounds;

    /// <inheritdoc/>
    public bool IsFinished => Iteration >= _settings.Rounds;

    /// <inheritdoc/>
    public bool ScoresInWorld => !_settings.NoWorld;

    /// <inheritdoc/>
    public IPolicy Champion => Policy(Copy(_champion));

    /// <inheritdoc/>
    public TrainingReport Advance()
    {
        _learner.LearningRate = _settings.LearningRate * (1 - ((1 - LastRate) * Iteration / _settings.Rounds));
        for (int update = 0; update < _settings.Updates; update++)
        {
            _learner.Update(_stream.Next(), _figures.Next);
            _figures.Take();
        }

        Iteration++;
        List<Metric> metrics = [new Metric("updates", Iteration * _settings.Updates)];
        _figures.Report(metrics);
        metrics.Add(new Metric("epochs", _stream.Position.Epoch));
        bool changed = Judge(metrics, out long steps);
        return new TrainingReport(Iteration, steps, metrics, changed);
    }

    /// <inheritdoc/>
    public void Save(Stream destination) => TrainerState.Write(destination, FormatMark, writer =>
    {
        writer.Write(_algorithm.Name);
        writer.Write(_dataset.Transitions);
        writer.Write(Iteration);
        _stream.Position.Save(writer);
        _learner.Save(writer);
        _figures.Save(writer);
        _score.Save(writer);
        _championScore.Save(writer);
        _champion.Save(writer);
    });

    /// <inheritdoc/>
    public void SaveChampion(Stream destination) => OfflinePolicyFile.Write(Policy(_champion), destination);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static ActionNetwork Copy(ActionNetwork network)
    {
        var copy = new ActionNetwork(network.Description, new KeyedStream(0, 0, StreamPurpose.Initialization));
        copy.CopyFrom(network);
        return copy;
    }

    // The world may be entered with other settings than it was recorded with, but what is seen and done must be the same.
    private void DemandFit(AgentGroup? world, ActionNetworkDescription description)
    {
        if (world is not null && OfflinePolicy.Mismatch(world, description) is string problem)
        {
            string recorded = _dataset.Manifest is { } manifest ? $", recorded in {manifest.Environment}," : string.Empty;
            throw new DatasetException($"The dataset '{_dataset.Path}'{recorded} does not fit {_context.Environment.Id}: {problem}. Give the environment and settings it was recorded with, or train without the world (--no-world).");
        }

        if (_dataset.Manifest is { } stated && stated.Environment != _context.Environment.Id)
        {
            throw new DatasetException($"The dataset '{_dataset.Path}' was recorded in {stated.Environment}, not in {_context.Environment.Id}. Write 'gymkhana train {_algorithm.Name} {stated.Environment}', or give another dataset.");
        }
    }

    private OfflinePolicy Policy(ActionNetwork network) =>
        new(network, _learner.Rule, "champion", new PolicyOrigin(_context.Environment.Id, _context.EvaluationSettings.Changed));

    /// <summary>Measures the network as it is now; tells whether it is the new champion.</summary>
    private bool Judge(List<Metric> metrics, out long steps)
    {
        steps = 0;
        double heldOutLoss = double.NaN;
        if (_heldOut.Any)
        {
            (heldOutLoss, double agreement) = _heldOut.Measure(_learner);
            metrics.Add(new Metric("validationLoss", heldOutLoss));
            metrics.Add(new Metric("validationAgreement", agreement));
        }

        bool better;
        if (_settings.NoWorld)
        {
            // Values that are off target may go with better actions: only imitation is judged by its loss.
            bool byLoss = _algorithm.Heads == ActionHeads.Imitation && _heldOut.Any;
            better = !byLoss || -heldOutLoss > _championScore.Mean;
            _championScore = better && byLoss ? new Estimate(-heldOutLoss, null) : _championScore;
        }
        else
        {
            better = Play(ref steps);
            metrics.Add(new Metric("score", _score));
            metrics.Add(new Metric("championScore", _championScore));
        }

        if (better)
        {
            _champion.CopyFrom(_learner.Network);
        }

        return better;
    }

    private bool Play(ref long steps)
    {
        bool due = Iteration == 1 || Iteration % _settings.EvaluateEvery == 0 || IsFinished;
        if (!due)
        {
            return false;
        }

        EvaluationReport report = Evaluator.Evaluate(
            count => _context.Environment.Create(_context.EvaluationSettings, count), Policy(_learner.Network), _validationSeeds, _context.Threads);
        _score = Estimate.Of(report.Return);
        steps = report.Results.Sum(r => (long)r.Length);
        bool better = _score.Mean > _championScore.Mean;
        _championScore = better ? _score : _championScore;
        return better;
    }

    private StreamPosition Load(Stream checkpoint)
    {
        StreamPosition position = default;
        TrainerState.Read(checkpoint, FormatMark, _algorithm.Name, reader =>
        {
            if (reader.ReadString() != _algorithm.Name)
            {
                throw TrainerState.Foreign(_algorithm.Name);
            }

            long transitions = reader.ReadInt64();
            if (transitions != _dataset.Transitions)
            {
                throw new DatasetException($"'{_dataset.Path}' had {transitions} transitions when the checkpoint was written, and now has {_dataset.Transitions}. Put the dataset back as it was, or train anew.");
            }

            Iteration = reader.ReadInt64();
            position = StreamPosition.Load(reader);
            _learner.Load(reader);
            _figures.Load(reader);
            _score = Estimate.Load(reader);
            _championScore = Estimate.Load(reader);
            _champion.Load(reader);
        });
        return position;
    }
}
