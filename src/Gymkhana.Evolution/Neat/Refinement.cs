using Gymkhana.Core.Randomness;
using Gymkhana.Evolution.Strategies;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// Refines the weights of structures that NEAT found, each by an evolution strategy of its own on an island of its own; the
/// worse half of the islands is dropped again and again (successive halving) until one is left. When that one no longer
/// gains, copies with more structure compete. Structure in an outer loop and weights by an evolution strategy
/// in an inner one is the scheme of Siebel and Sommer, "Evolutionary Reinforcement Learning of Artificial Neural Networks"
/// (EANT2), International Journal of Hybrid Intelligent Systems 4(3), 2007.
/// </summary>
internal sealed class Refinement
{
    private readonly NeatSettings _settings;
    private readonly ulong _seed;
    private readonly int _inputs;
    private readonly ParallelEvaluation _evaluation;
    private readonly List<Island> _islands = [];
    private readonly KeyedStream _rng = new(0, 0, StreamPurpose.Exploration);
    private readonly GeneRng _growthRng = new(0, 0, StreamPurpose.Mutation);
    private Genome[] _candidates = [];
    private Score[] _scores = [];
    private bool[] _wanted = [];
    private double[] _fitness = [];

    public Refinement(NeatSettings settings, IFitnessTask task, ulong seed, int threads)
    {
        _settings = settings;
        _seed = seed;
        _inputs = task.Inputs;
        _evaluation = new ParallelEvaluation(task, threads);
    }

    /// <summary>The islands, the best on validation first after <see cref="Rank"/>.</summary>
    public IReadOnlyList<Island> Islands => _islands;

    /// <summary>Times that new islands have begun beside the last one.</summary>
    public int Rounds { get; private set; }

    /// <summary>Halvings since then.</summary>
    public int Halvings { get; private set; }

    /// <summary>The generation after which the worse half is dropped next, while there are several.</summary>
    public long HalveAt { get; private set; }

    /// <summary>Candidates' scores of the last generation, in the order of <see cref="Candidates"/>.</summary>
    public ReadOnlySpan<Score> Scores => _scores;

    /// <summary>Candidates of the last generation.</summary>
    public ReadOnlySpan<Genome> Candidates => _candidates;

    /// <summary>Begins with one island for each genome.</summary>
    public void Begin(IReadOnlyList<Genome> genomes, long generation)
    {
        foreach (Genome genome in genomes)
        {
            _islands.Add(new Island(genome, _inputs, _settings, generation) { Number = _islands.Count });
        }

        PlanHalving(generation);
    }

    /// <summary>One generation of every island on common episodes.</summary>
    /// <returns>Agent-steps simulated.</returns>
    public long Advance(long generation, ulong[] seeds)
    {
        Reserve(_islands.Count * _settings.Offspring);
        for (int i = 0; i < _islands.Count; i++)
        {
            _rng.Rekey(_seed, ((ulong)generation << 16) | (uint)i, StreamPurpose.Exploration);
            _islands[i].Sample(_rng, _candidates.AsSpan(i * _settings.Offspring, _settings.Offspring), _settings.WeightLimit);
        }

        _evaluation.Run(_candidates, _wanted, seeds, _scores);
        long steps = 0;
        for (int i = 0; i < _candidates.Length; i++)
        {
            steps += _scores[i].AgentSteps;
            _fitness[i] = _scores[i].Fitness;
        }

        for (int i = 0; i < _islands.Count; i++)
        {
            _islands[i].Search.Update(_fitness.AsSpan(i * _settings.Offspring, _settings.Offspring));
        }

        return steps;
    }

    /// <summary>Sorts the islands by their validation score, best first, ties by age.</summary>
    public void Rank() => _islands.Sort((a, b) => a.Validation != b.Validation ? b.Validation.CompareTo(a.Validation) : a.Number - b.Number);

    /// <summary>Drops the worse half.</summary>
    public void Halve(long generation)
    {
        _islands.RemoveRange((_islands.Count + 1) / 2, _islands.Count / 2);
        Halvings++;
        PlanHalving(generation);
    }

    /// <summary>Sets copies of the last island, each grown in its own way, beside it.</summary>
    public void Grow(Mutation mutation, long generation)
    {
        Genome middle = new();
        _islands[0].Middle(middle, _settings.WeightLimit);
        _islands[0].Began = generation;
        AddGrown(middle, _settings.Islands - 1, mutation, generation);
    }

    /// <summary>Sets copies of a genome, each grown in its own way, in the place of all islands.</summary>
    public void GrowFrom(Genome genome, Mutation mutation, long generation)
    {
        _islands.Clear();
        AddGrown(genome, _settings.GrowIslands, mutation, generation);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Rounds);
        writer.Write(Halvings);
        writer.Write(HalveAt);
        writer.Write(_islands.Count);
        foreach (Island island in _islands)
        {
            island.Save(writer);
        }
    }

    public void Load(BinaryReader reader)
    {
        Rounds = reader.ReadInt32();
        Halvings = reader.ReadInt32();
        HalveAt = reader.ReadInt64();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            _islands.Add(Island.Load(reader, _inputs));
        }
    }

    private void AddGrown(Genome genome, int count, Mutation mutation, long generation)
    {
        Rounds++;
        Halvings = 0;
        for (int i = 1; i <= count; i++)
        {
            Genome grown = new();
            grown.CopyFrom(genome);
            _growthRng.Rekey(_seed, ((ulong)generation << 16) | (uint)i, StreamPurpose.Mutation);
            mutation.Grow(grown, _growthRng);
            _islands.Add(new Island(grown, _inputs, _settings, generation) { Number = i });
        }

        PlanHalving(generation);
    }

    private void PlanHalving(long generation)
    {
        double generations = _settings.Halving;
        for (int i = 0; i < Halvings; i++)
        {
            generations *= _settings.HalvingGrowth;
        }

        HalveAt = generation + (long)Math.Min(generations, 1e12);
    }

    private void Reserve(int candidates)
    {
        if (_candidates.Length == candidates)
        {
            return;
        }

        _candidates = new Genome[candidates];
        for (int i = 0; i < candidates; i++)
        {
            _candidates[i] = new Genome();
        }

        _scores = new Score[candidates];
        _fitness = new double[candidates];
        _wanted = new bool[candidates];
        Array.Fill(_wanted, true);
    }

    /// <summary>One structure and the search for its weights. Parameters are the weights of its enabled connections, then the biases of its nodes.</summary>
    internal sealed class Island
    {
        private readonly Genome _genome = new();
        private readonly int _inputs;
        private double[] _parameters = [];

        public Island(Genome genome, int inputs, NeatSettings settings, long began)
        {
            _inputs = inputs;
            _genome.CopyFrom(genome);
            Began = began;
            Search = new MatrixAdaptation(ReadParameters(), settings.RefineStep, settings.Offspring);
        }

        private Island(Genome genome, int inputs, MatrixAdaptation search)
        {
            _inputs = inputs;
            _genome.CopyFrom(genome);
            Search = search;
        }

        /// <summary>The search.</summary>
        public MatrixAdaptation Search { get; private init; }

        /// <summary>Its place among those that began together.</summary>
        public int Number { get; init; }

        /// <summary>The generation in which it, or the round it takes part in, began.</summary>
        public long Began { get; set; }

        /// <summary>Score of its middle on the validation episodes, when last tried.</summary>
        public double Validation { get; set; } = double.NegativeInfinity;

        /// <summary>Writes the genome with the parameters at the middle of the search.</summary>
        public void Middle(Genome destination, float limit)
        {
            destination.CopyFrom(_genome);
            WriteParameters(destination, Search.Mean, limit);
        }

        public void Sample(KeyedStream rng, Span<Genome> candidates, float limit)
        {
            Search.Sample(rng);
            if (_parameters.Length != Search.Mean.Length)
            {
                _parameters = new double[Search.Mean.Length];
            }

            for (int k = 0; k < candidates.Length; k++)
            {
                Search.Candidate(k, _parameters);
                candidates[k].CopyFrom(_genome);
                WriteParameters(candidates[k], _parameters, limit);
            }
        }

        public void Save(BinaryWriter writer)
        {
            writer.Write(Number);
            writer.Write(Began);
            writer.Write(Validation);
            GenomeCodec.Write(writer, _genome);
            Search.Save(writer);
        }

        public static Island Load(BinaryReader reader, int inputs)
        {
            int number = reader.ReadInt32();
            long began = reader.ReadInt64();
            double validation = reader.ReadDouble();
            Genome genome = new();
            GenomeCodec.Read(reader, genome);
            return new Island(genome, inputs, MatrixAdaptation.Load(reader)) { Number = number, Began = began, Validation = validation };
        }

        private double[] ReadParameters()
        {
            List<double> parameters = [];
            foreach (ref readonly ConnectionGene connection in _genome.Connections)
            {
                if (connection.Enabled)
                {
                    parameters.Add(connection.Weight);
                }
            }

            foreach (ref readonly NodeGene node in _genome.Nodes[_inputs..])
            {
                parameters.Add(node.Bias);
            }

            return [.. parameters];
        }

        private void WriteParameters(Genome genome, ReadOnlySpan<double> parameters, float limit)
        {
            int next = 0;
            foreach (ref ConnectionGene connection in genome.Connections)
            {
                if (connection.Enabled)
                {
                    connection.Weight = Math.Clamp((float)parameters[next++], -limit, limit);
                }
            }

            foreach (ref NodeGene node in genome.Nodes[_inputs..])
            {
                node.Bias = Math.Clamp((float)parameters[next++], -limit, limit);
            }
        }
    }
}
