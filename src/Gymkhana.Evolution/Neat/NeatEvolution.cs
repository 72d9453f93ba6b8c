using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// NEAT itself (Stanley and Miikkulainen, "Evolving Neural Networks through Augmenting Topologies", Evolutionary
/// Computation 10(2), 2002): a population, its species, and the step from one generation to the next. Knows nothing of
/// environments, champions or files.
/// </summary>
public sealed class NeatEvolution
{
    private readonly NeatSettings _settings;
    private readonly ulong _seed;
    private readonly ParallelEvaluation _evaluation;
    private readonly Reproduction _reproduction;
    private readonly Ranked[] _ranked;
    private readonly Species?[] _homes;
    private readonly List<Species> _byBest = [];
    private readonly Comparison<Species> _bestFirst;
    private Genome[] _next;
    private Score[] _nextScores;
    private readonly int[] _copiedFrom;
    private readonly bool[] _unscored;
    private readonly double[] _fitness;

    /// <summary>An evolution at its beginning.</summary>
    /// <param name="settings">Settings.</param>
    /// <param name="task">What genomes are evolved for.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="threads">Threads for scoring.</param>
    public NeatEvolution(NeatSettings settings, IFitnessTask task, ulong seed, int threads)
        : this(settings, task, seed, threads, new Innovations(task.Inputs, task.Outputs, settings.StartHidden))
    {
        Populate();
    }

    private NeatEvolution(NeatSettings settings, IFitnessTask task, ulong seed, int threads, Innovations innovations)
    {
        _settings = settings;
        _seed = seed;
        _evaluation = new ParallelEvaluation(task, threads);
        Innovations = innovations;
        _reproduction = new Reproduction(settings, innovations);
        Speciation = new Speciation(settings);
        Population = NewGenomes(settings.Population);
        _next = NewGenomes(settings.Population);
        Scores = new Score[settings.Population];
        _nextScores = new Score[settings.Population];
        _copiedFrom = new int[settings.Population];
        _unscored = new bool[settings.Population];
        _fitness = new double[settings.Population];
        Array.Fill(_unscored, true);
        Ranking = [.. Enumerable.Range(0, settings.Population)];
        _ranked = new Ranked[settings.Population];
        _homes = new Species?[settings.Population];
        _bestFirst = (a, b) => new Ranked(_fitness[a.Members[0]], a.Members[0]).CompareTo(new Ranked(_fitness[b.Members[0]], b.Members[0]));
    }

    /// <summary>Generations bred so far.</summary>
    public long Generation { get; private set; }

    /// <summary>Number of the present beginning: 0, and one more for each restart.</summary>
    public int Epoch { get; private set; }

    /// <summary>The present genomes.</summary>
    public Genome[] Population { get; private set; }

    /// <summary>Their scores, once <see cref="Evaluate"/> has run.</summary>
    public Score[] Scores { get; private set; }

    /// <summary>Their fitness: score minus the prices of nodes and connections.</summary>
    public ReadOnlySpan<double> Fitness => _fitness;

    /// <summary>Places of the genomes, fittest first.</summary>
    public int[] Ranking { get; }

    /// <summary>The species.</summary>
    public Speciation Speciation { get; }

    /// <summary>The historical markings.</summary>
    public Innovations Innovations { get; }

    /// <summary>Scores the generation, sorts it into species and ranks it.</summary>
    /// <param name="seeds">Seeds of the episodes that all genomes play; empty for tasks without.</param>
    /// <param name="keepScores">Whether genomes copied unchanged keep their scores, because the episodes are those of the generation before.</param>
    /// <returns>Agent-steps simulated.</returns>
    public long Evaluate(ulong[] seeds, bool keepScores)
    {
        if (!keepScores)
        {
            Array.Fill(_unscored, true);
        }

        _evaluation.Run(Population, _unscored, seeds, Scores);
        long steps = 0;
        for (int i = 0; i < Population.Length; i++)
        {
            steps += _unscored[i] ? Scores[i].AgentSteps : 0;
            _fitness[i] = Scores[i].Fitness - Price(Population[i]);
        }

        Rank();
        Speciation.Sort(Population, Ranking, _homes, Generation);
        foreach (Species species in Speciation.List)
        {
            NoteProgress(species);
        }

        return steps;
    }

    /// <summary>Breeds the next generation from the scored one.</summary>
    public void Breed()
    {
        RemoveStagnant();
        _reproduction.Breed(Speciation.List, Population, _fitness, _next, _seed, Generation, _copiedFrom, _homes);
        foreach (Species species in Speciation.List)
        {
            species.Representative.CopyFrom(Population[species.Members[0]]);
        }

        for (int i = 0; i < _next.Length; i++)
        {
            _unscored[i] = _copiedFrom[i] < 0;
            _nextScores[i] = _unscored[i] ? default : Scores[_copiedFrom[i]];
        }

        (Population, _next) = (_next, Population);
        (Scores, _nextScores) = (_nextScores, Scores);
        Generation++;
    }

    /// <summary>The best genome of each of the best species, best first; fewer where there are fewer species.</summary>
    /// <param name="count">How many at most.</param>
    /// <returns>The genomes, still the population's own.</returns>
    public IReadOnlyList<Genome> BestOfSpecies(int count)
    {
        List<Species> species = [.. Speciation.All];
        species.Sort(_bestFirst);
        List<Genome> best = [.. species.Take(count).Select(s => Population[s.Members[0]])];

        // Too few species: the next best of the population, whatever their species.
        for (int i = 0; best.Count < Math.Min(count, Population.Length); i++)
        {
            if (!best.Contains(Population[Ranking[i]]))
            {
                best.Add(Population[Ranking[i]]);
            }
        }

        return best;
    }

    /// <summary>Counts a generation in which the population stood still because weights were refined instead.</summary>
    public void Skip() => Generation++;

    /// <summary>Begins anew from fresh genomes; historical markings and numbers go on.</summary>
    public void Restart()
    {
        Epoch++;
        Generation++;
        Speciation.Clear();
        Array.Clear(_homes);
        Array.Fill(_unscored, true);
        Populate();
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Generation);
        writer.Write(Epoch);
        Innovations.Save(writer);
        Speciation.Save(writer);
        for (int i = 0; i < Population.Length; i++)
        {
            GenomeCodec.Write(writer, Population[i]);
            writer.Write(_homes[i]?.Id ?? 0);
            writer.Write(_unscored[i]);
            writer.Write(Scores[i].Fitness);
            writer.Write(Scores[i].Figure);
        }
    }

    internal static NeatEvolution Load(BinaryReader reader, NeatSettings settings, IFitnessTask task, ulong seed, int threads)
    {
        long generation = reader.ReadInt64();
        int epoch = reader.ReadInt32();
        NeatEvolution loaded = new(settings, task, seed, threads, Innovations.Load(reader, task.Inputs, task.Outputs)) { Generation = generation, Epoch = epoch };
        loaded.Speciation.Load(reader);
        for (int i = 0; i < loaded.Population.Length; i++)
        {
            GenomeCodec.Read(reader, loaded.Population[i]);
            loaded._homes[i] = loaded.Speciation.Find(reader.ReadInt32());
            loaded._unscored[i] = reader.ReadBoolean();
            loaded.Scores[i] = new Score(reader.ReadDouble(), reader.ReadDouble(), 0);
        }

        return loaded;
    }

    private static Genome[] NewGenomes(int count)
    {
        Genome[] genomes = new Genome[count];
        for (int i = 0; i < count; i++)
        {
            genomes[i] = new Genome();
        }

        return genomes;
    }

    private void Populate()
    {
        for (int i = 0; i < Population.Length; i++)
        {
            _reproduction.Create(Population[i], _seed, ((ulong)Epoch << 32) | (uint)i);
        }
    }

    private double Price(Genome genome)
    {
        if (_settings.NodePrice == 0 && _settings.ConnectionPrice == 0)
        {
            return 0;
        }

        int enabled = 0;
        foreach (ref readonly ConnectionGene connection in genome.Connections)
        {
            enabled += connection.Enabled ? 1 : 0;
        }

        int hidden = genome.NodeCount - Innovations.Inputs - Innovations.Outputs;
        return (_settings.NodePrice * hidden) + (_settings.ConnectionPrice * enabled);
    }

    private void Rank()
    {
        for (int i = 0; i < _ranked.Length; i++)
        {
            _ranked[i] = new Ranked(_fitness[i], i);
        }

        _ranked.AsSpan().Sort();
        for (int i = 0; i < _ranked.Length; i++)
        {
            Ranking[i] = _ranked[i].Place;
        }
    }

    private void NoteProgress(Species species)
    {
        int best = Math.Max(1, species.Members.Count / 3);
        double mean = 0;
        for (int i = 0; i < best; i++)
        {
            mean += _fitness[species.Members[i]];
        }

        mean /= best;
        if (mean > species.BestFitness)
        {
            species.BestFitness = mean;
            species.LastProgress = Generation;
        }
    }

    /// <summary>Species without progress for too long have no children, unless they are among the best few or hold the best genome.</summary>
    private void RemoveStagnant()
    {
        if (_settings.MutationOnly)
        {
            return;
        }

        _byBest.Clear();
        _byBest.AddRange(Speciation.List);
        _byBest.Sort(_bestFirst);
        for (int i = _settings.ProtectedSpecies; i < _byBest.Count; i++)
        {
            if (Generation - _byBest[i].LastProgress >= _settings.Stagnation)
            {
                Speciation.Remove(_byBest[i]);
            }
        }
    }

    // Fittest first, ties by place: a total order, so that any sorting gives the same ranking.
    private readonly record struct Ranked(double Fitness, int Place) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other) =>
            Fitness > other.Fitness ? -1
            : Fitness < other.Fitness ? 1
            : Fitness == other.Fitness ? Place.CompareTo(other.Place)
            : other.Fitness.CompareTo(Fitness);
    }
}
