using System.Text;
using Gymkhana.Core;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Evolution.Networks;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// A training with NEAT in an environment: draws each generation's episodes, lets the population evolve or (when the settings
/// say so) refines the weights of the structures it found, and keeps as champion the genome that did best on validation
/// episodes, which neither breeding nor the evolution strategy sees.
/// </summary>
public sealed class NeatTrainer : ITrainer
{
    private const uint FormatMark = 0x3454_454E; // "NET4"
    private const int ValidateEvery = 10;
    private readonly NeatSettings _settings;
    private readonly TrainingContext _context;
    private readonly NeatEvolution _evolution;
    private readonly ParallelEvaluation _validation;
    private readonly ulong[] _validationSeeds;
    private readonly ulong[] _seeds;
    private readonly Refinement _refinement;
    private readonly Mutation _growth;
    private readonly Genome[] _candidates;
    private readonly Score[] _candidateScores;
    private readonly Genome _champion = new();
    private ValidationScore _newest = ValidationScore.Worst;
    private ValidationScore _championScore = ValidationScore.Worst;
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
        EpisodeTask validation = new(count => context.Environment.Create(context.EvaluationSettings, count), keepsEpisodes: true);
        _validation = new ParallelEvaluation(validation, context.Threads);
        _validationSeeds = [.. Enumerable.Range(0, _settings.ValidationLists).Select(i => EpisodeSeeds.Validation(context.Seed, i))];
        _seeds = new ulong[_settings.Lists];
        int candidates = Math.Max(Math.Max(_settings.Islands, _settings.GrowIslands), Math.Min(_settings.Candidates, _settings.Population));
        _candidates = [.. Enumerable.Range(0, candidates).Select(_ => new Genome())];
        _candidateScores = new Score[candidates];
        _refinement = new Refinement(_settings, task, context.Seed, context.Threads);
        if (checkpoint is null)
        {
            _evolution = new NeatEvolution(_settings, task, context.Seed, context.Threads);
            _growth = new Mutation(_settings, _evolution.Innovations);
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

            _championScore = ValidationScore.Load(reader);
            _newest = ValidationScore.Load(reader);
            _epochBest = reader.ReadDouble();
            _epochBestGeneration = reader.ReadInt64();
            GenomeCodec.Read(reader, _champion);
            _evolution = NeatEvolution.Load(reader, _settings, task, context.Seed, context.Threads);
            _growth = new Mutation(_settings, _evolution.Innovations);
            _refinement.Load(reader);
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
        DrawEpisodes(_evolution.Generation);
        return _settings.RefineAfter > 0 && _evolution.Generation >= _settings.RefineAfter ? Refine() : Evolve();
    }

    /// <inheritdoc/>
    public void Save(Stream destination)
    {
        using BinaryWriter writer = new(destination, Encoding.UTF8, leaveOpen: true);
        writer.Write(FormatMark);
        _championScore.Save(writer);
        _newest.Save(writer);
        writer.Write(_epochBest);
        writer.Write(_epochBestGeneration);
        GenomeCodec.Write(writer, _champion);
        _evolution.Save(writer);
        _refinement.Save(writer);
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

    /// <summary>A generation of NEAT.</summary>
    private TrainingReport Evolve()
    {
        long generation = _evolution.Generation;
        long steps = _evolution.Evaluate(_seeds, keepScores: generation % _settings.Rounds != 0);
        int candidates = Math.Min(_settings.Candidates, _settings.Population);
        for (int i = 0; i < candidates; i++)
        {
            _candidates[i].CopyFrom(_evolution.Population[_evolution.Ranking[i]]);
        }

        bool changed = Validate(candidates, ref steps);
        IReadOnlyList<Metric> metrics = Measure(_evolution.Population, _evolution.Scores, _evolution.Speciation.All.Count, stepSize: 0);
        SpeciesSize[] species = [.. _evolution.Speciation.All.Select(s => new SpeciesSize(s.Id, s.Members.Count))];
        if (generation + 1 == _settings.RefineAfter)
        {
            _refinement.Begin(_evolution.BestOfSpecies(_settings.Islands), generation + 1);
            _epochBestGeneration = generation + 1;
            _evolution.Skip();
        }
        else if (_settings.RestartAfter > 0 && generation - _epochBestGeneration >= _settings.RestartAfter)
        {
            _evolution.Restart();
            _epochBest = double.NegativeInfinity;
            _epochBestGeneration = _evolution.Generation;
        }
        else
        {
            _evolution.Breed();
        }

        return new TrainingReport(_evolution.Generation, steps, metrics, changed) { Species = species };
    }

    /// <summary>A generation of refinement: every island searches on; now and then they are compared, halved, grown.</summary>
    private TrainingReport Refine()
    {
        long generation = _evolution.Generation;
        long steps = _refinement.Advance(generation, _seeds);
        bool changed = false;
        long age = generation + 1 - _refinement.Islands[0].Began;
        bool several = _refinement.Islands.Count > 1;
        if (several && generation + 1 == _refinement.HalveAt)
        {
            changed = ValidateIslands(_refinement.Islands.Count, ref steps);
            _refinement.Rank();
            _refinement.Halve(generation + 1);
        }
        else if (age % ValidateEvery == 0)
        {
            changed = ValidateIslands(1, ref steps);
        }

        SpeciesSize[] species = IslandSizes();
        IReadOnlyList<Metric> metrics = Measure(_refinement.Candidates, _refinement.Scores, _refinement.Islands.Count, _refinement.Islands[0].Search.Step);
        if (_refinement.Islands.Count == 1 && generation - _epochBestGeneration >= _settings.Patience)
        {
            Grow(generation + 1);
        }

        _evolution.Skip();
        return new TrainingReport(_evolution.Generation, steps, metrics, changed) { Species = species };
    }

    // An island counts as a species of its offspring. Numbers go on after those of the species; an older island keeps its own beside grown ones.
    private SpeciesSize[] IslandSizes()
    {
        var sizes = new List<SpeciesSize>();
        foreach (Refinement.Island island in _refinement.Islands)
        {
            int id = _evolution.Speciation.NextId + island.Number;
            while (sizes.Exists(s => s.Id == id)) id += _settings.Islands;
            sizes.Add(new SpeciesSize(id, island.Search.Offspring));
        }

        return [.. sizes];
    }

    /// <summary>Grows: the champion, in place of the last island, or the last island, beside itself.</summary>
    private void Grow(long generation)
    {
        _epochBestGeneration = generation;
        if (_settings.GrowIslands == 0)
        {
            _refinement.Grow(_growth, generation);
            return;
        }

        // Grown structures do worse before they do better: their progress counts from where they begin.
        _epochBest = double.NegativeInfinity;
        _refinement.GrowFrom(_champion, _growth, generation);
    }

    private bool ValidateIslands(int count, ref long steps)
    {
        for (int i = 0; i < count; i++)
        {
            _refinement.Islands[i].Middle(_candidates[i], _settings.WeightLimit);
        }

        bool changed = Validate(count, ref steps);
        for (int i = 0; i < count; i++)
        {
            _refinement.Islands[i].Validation = _candidateScores[i].Fitness;
        }

        return changed;
    }

    /// <summary>Tries the first candidates on the validation episodes; tells whether one of them is the new champion.</summary>
    private bool Validate(int count, ref long steps)
    {
        _validation.Run(_candidates.AsSpan(0, count).ToArray(), [.. Enumerable.Repeat(true, count)], _validationSeeds, _candidateScores);
        _newest = ValidationScore.Of(_candidateScores[0]);
        bool changed = false;
        for (int i = 0; i < count; i++)
        {
            steps += _candidateScores[i].AgentSteps;
            if (_candidateScores[i].Fitness > _epochBest)
            {
                _epochBest = _candidateScores[i].Fitness;
                _epochBestGeneration = _evolution.Generation;
            }

            if (_candidateScores[i].Fitness > _championScore.Fitness.Mean)
            {
                _championScore = i == 0 ? _newest : ValidationScore.Of(_candidateScores[i]);
                _champion.CopyFrom(_candidates[i]);
                changed = true;
            }
        }

        return changed;
    }

    private Metric[] Measure(ReadOnlySpan<Genome> genomes, ReadOnlySpan<Score> scores, int groups, double stepSize)
    {
        double[] fitness = new double[genomes.Length];
        double mean = 0, bestFigure = 0, best = double.NegativeInfinity, nodes = 0, connections = 0, scale = 0;
        for (int i = 0; i < genomes.Length; i++)
        {
            fitness[i] = scores[i].Fitness;
            mean += fitness[i];
            (best, bestFigure) = fitness[i] > best ? (fitness[i], scores[i].Figure) : (best, bestFigure);
            nodes += Hidden(genomes[i]);
            connections += genomes[i].ConnectionCount;
            scale += genomes[i].Scale;
        }

        Array.Sort(fitness);
        int count = genomes.Length;
        return
        [
            new Metric("bestFitness", best),
            new Metric("bestFigure", bestFigure),
            new Metric("medianFitness", fitness[count / 2]),
            new Metric("meanFitness", mean / count),
            new Metric("validation", _newest.Fitness),
            new Metric("validationFigure", _newest.Figure),
            new Metric("championValidation", _championScore.Fitness),
            new Metric("championFigure", _championScore.Figure),
            new Metric("species", groups),
            new Metric("hiddenNodes", nodes / count),
            new Metric("connections", connections / count),
            new Metric("championHiddenNodes", Hidden(_champion)),
            new Metric("championConnections", _champion.ConnectionCount),
            new Metric("scale", stepSize > 0 ? stepSize : scale / count),
            new Metric("threshold", _evolution.Speciation.Threshold),
            new Metric("epoch", _evolution.Epoch + _refinement.Rounds),
        ];
    }

    private int Hidden(Genome genome) => genome.NodeCount - _evolution.Innovations.Inputs - _evolution.Innovations.Outputs;

    private ChampionDocument Document(Genome genome) =>
        new(_context.Environment.Id, _evolution.Innovations.Inputs, _evolution.Innovations.Outputs, genome);
}
