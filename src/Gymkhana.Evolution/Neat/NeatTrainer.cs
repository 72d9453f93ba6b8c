using System.Text;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Evolution.Networks;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// A training with NEAT in an environment: draws each generation's episodes, lets it evolve, and keeps as champion the
/// genome that did best on validation episodes, which no genome is selected for breeding by.
/// </summary>
public sealed class NeatTrainer : ITrainer
{
    private const uint FormatMark = 0x3154_454E; // "NET1"
    private readonly NeatSettings _settings;
    private readonly TrainingContext _context;
    private readonly NeatEvolution _evolution;
    private readonly ParallelEvaluation _validation;
    private readonly ulong[] _validationSeeds;
    private readonly ulong[] _seeds;
    private readonly Genome[] _candidates;
    private readonly Score[] _candidateScores;
    private readonly bool[] _allWanted;
    private readonly Genome _champion = new();
    private Score _championScore = new(double.NegativeInfinity, 0, 0);
    private double _epochBest = double.NegativeInfinity;
    private long _epochBestGeneration;

    /// <summary>A training at its beginning.</summary>
    /// <param name="context">What it needs.</param>
    public NeatTrainer(TrainingContext context)
        : this(context, null)
    {
    }

    /// <summary>A training, at its beginning or where it was saved.</summary>
    /// <param name="context">What it needs.</param>
    /// <param name="checkpoint">What <see cref="Save"/> wrote, or null for a beginning.</param>
    /// <exception cref="GymkhanaException">The checkpoint is damaged or of another version.</exception>
    public NeatTrainer(TrainingContext context, Stream? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _settings = NeatSettings.From(context.AlgorithmSettings);
        EpisodeTask task = new(count => context.Environment.Create(context.EnvironmentSettings, count));
        EpisodeTask validation = new(count => context.Environment.Create(context.EvaluationSettings, count));
        _validation = new ParallelEvaluation(validation, context.Threads);
        _validationSeeds = [.. Enumerable.Range(0, _settings.ValidationLists).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        _seeds = new ulong[_settings.Lists];
        int candidates = Math.Min(_settings.Candidates, _settings.Population);
        _candidates = new Genome[candidates];
        _candidateScores = new Score[candidates];
        _allWanted = [.. Enumerable.Repeat(true, candidates)];
        if (checkpoint is null)
        {
            _evolution = new NeatEvolution(_settings, task, context.Seed, context.Threads);
            _champion.CopyFrom(_evolution.Population[0]);
            return;
        }

        try
        {
            using BinaryReader reader = new(checkpoint, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadUInt32() != FormatMark)
            {
                throw new GymkhanaException("The checkpoint is not one of this version's NEAT. Resume it with the version that wrote it, or train anew.");
            }

            _championScore = new Score(reader.ReadDouble(), reader.ReadDouble(), 0);
            _epochBest = reader.ReadDouble();
            _epochBestGeneration = reader.ReadInt64();
            GenomeCodec.Read(reader, _champion);
            _evolution = NeatEvolution.Load(reader, _settings, task, context.Seed, context.Threads);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new GymkhanaException("The checkpoint ends too early or holds impossible numbers. Resume from an earlier one.", e);
        }
    }

    /// <inheritdoc/>
    public long Iteration => _evolution.Generation;

    /// <inheritdoc/>
    public long PlannedIterations => _settings.Generations;

    /// <inheritdoc/>
    public bool IsFinished => Iteration >= _settings.Generations;

    /// <inheritdoc/>
    public IPolicy Champion
    {
        get
        {
            Genome copy = new();
            copy.CopyFrom(_champion);
            return new GenomePolicy(Document(copy), "champion");
        }
    }

    /// <inheritdoc/>
    public TrainingReport Advance()
    {
        long generation = _evolution.Generation;
        DrawEpisodes(generation);
        long steps = _evolution.Evaluate(_seeds, keepScores: generation % _settings.Rounds != 0);
        bool changed = Validate(generation, ref steps);
        List<Metric> metrics = Measure();
        if (_settings.RestartAfter > 0 && generation - _epochBestGeneration >= _settings.RestartAfter)
        {
            _evolution.Restart();
            _epochBest = double.NegativeInfinity;
            _epochBestGeneration = _evolution.Generation;
        }
        else
        {
            _evolution.Breed();
        }

        return new TrainingReport(_evolution.Generation, steps, metrics, changed);
    }

    /// <inheritdoc/>
    public void Save(Stream destination)
    {
        using BinaryWriter writer = new(destination, Encoding.UTF8, leaveOpen: true);
        writer.Write(FormatMark);
        writer.Write(_championScore.Fitness);
        writer.Write(_championScore.Figure);
        writer.Write(_epochBest);
        writer.Write(_epochBestGeneration);
        GenomeCodec.Write(writer, _champion);
        _evolution.Save(writer);
    }

    /// <inheritdoc/>
    public void SaveChampion(Stream destination) => Document(_champion).Write(destination);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void DrawEpisodes(long generation)
    {
        for (int i = 0; i < _seeds.Length; i++)
        {
            _seeds[i] = EpisodeSeeds.Train(_context.Seed, generation / _settings.Rounds, i);
        }
    }

    /// <summary>Tries the generation's best on the validation episodes; tells whether one of them is the new champion.</summary>
    private bool Validate(long generation, ref long steps)
    {
        for (int i = 0; i < _candidates.Length; i++)
        {
            _candidates[i] = _evolution.Population[_evolution.Ranking[i]];
        }

        _validation.Run(_candidates, _allWanted, _validationSeeds, _candidateScores);
        bool changed = false;
        for (int i = 0; i < _candidates.Length; i++)
        {
            steps += _candidateScores[i].AgentSteps;
            if (_candidateScores[i].Fitness > _epochBest)
            {
                _epochBest = _candidateScores[i].Fitness;
                _epochBestGeneration = generation;
            }

            if (_candidateScores[i].Fitness > _championScore.Fitness)
            {
                _championScore = _candidateScores[i];
                _champion.CopyFrom(_candidates[i]);
                changed = true;
            }
        }

        return changed;
    }

    private List<Metric> Measure()
    {
        double fitness = 0, nodes = 0, connections = 0, scale = 0;
        for (int i = 0; i < _evolution.Population.Length; i++)
        {
            Genome genome = _evolution.Population[i];
            fitness += _evolution.Fitness[i];
            nodes += genome.NodeCount - _evolution.Innovations.Inputs - _evolution.Innovations.Outputs;
            connections += genome.ConnectionCount;
            scale += genome.Scale;
        }

        int count = _evolution.Population.Length;
        int best = _evolution.Ranking[0], median = _evolution.Ranking[count / 2];
        return
        [
            new Metric("bestFitness", _evolution.Fitness[best]),
            new Metric("bestFigure", _evolution.Scores[best].Figure),
            new Metric("medianFitness", _evolution.Fitness[median]),
            new Metric("meanFitness", fitness / count),
            new Metric("validation", _candidateScores[0].Fitness),
            new Metric("validationFigure", _candidateScores[0].Figure),
            new Metric("championValidation", _championScore.Fitness),
            new Metric("championFigure", _championScore.Figure),
            new Metric("species", _evolution.Speciation.All.Count),
            new Metric("hiddenNodes", nodes / count),
            new Metric("connections", connections / count),
            new Metric("championHiddenNodes", _champion.NodeCount - _evolution.Innovations.Inputs - _evolution.Innovations.Outputs),
            new Metric("championConnections", _champion.ConnectionCount),
            new Metric("scale", scale / count),
            new Metric("threshold", _evolution.Speciation.Threshold),
            new Metric("epoch", _evolution.Epoch),
        ];
    }

    private ChampionDocument Document(Genome genome) =>
        new(_context.Environment.Id, _evolution.Innovations.Inputs, _evolution.Innovations.Outputs, genome);
}
