namespace Gymkhana.Evolution.Neat;

/// <summary>Genomes that are alike and compete among themselves.</summary>
public sealed class Species(int id)
{
    /// <summary>Number of the species in its run, from 1.</summary>
    public int Id { get; } = id;

    /// <summary>The genome that others are compared with: the best of the generation before.</summary>
    public Genome Representative { get; } = new();

    /// <summary>Places of its members in the population, best first once they are ranked.</summary>
    public List<int> Members { get; } = [];

    /// <summary>Generation in which it was founded.</summary>
    public long Founded { get; set; }

    /// <summary>The best mean fitness of its best third so far.</summary>
    public double BestFitness { get; set; } = double.NegativeInfinity;

    /// <summary>Whether it was given up: its members' children belong elsewhere.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Generation in which that was reached.</summary>
    public long LastProgress { get; set; }
}

/// <summary>Sorts a population into species (Stanley and Miikkulainen 2002, section 3.3), with a threshold steered towards a number of species.</summary>
public sealed class Speciation(NeatSettings settings)
{
    private const double Steering = 1.08;
    private const int SmallGenome = 20;
    private readonly List<Species> _species = [];
    private Species[] _found = [];

    /// <summary>The species that have members, oldest first.</summary>
    public IReadOnlyList<Species> All => _species;

    /// <summary>The same, as the hot loops take it.</summary>
    internal List<Species> List => _species;

    /// <summary>The compatibility threshold of the next sorting.</summary>
    public double Threshold { get; private set; } = settings.Threshold;

    /// <summary>The number that the next species gets.</summary>
    public int NextId { get; private set; } = 1;

    /// <summary>
    /// Gives each genome to the species it comes from if it is compatible with its representative, else to the first species
    /// where it is, or founds one.
    /// </summary>
    /// <param name="population">The genomes.</param>
    /// <param name="ranking">Their places, fittest first: the order of each species' members.</param>
    /// <param name="homes">For each genome the species that it comes from, or null.</param>
    /// <param name="generation">The generation.</param>
    public void Sort(Genome[] population, ReadOnlySpan<int> ranking, ReadOnlySpan<Species?> homes, long generation)
    {
        ArgumentNullException.ThrowIfNull(population);
        if (_species.Count > settings.Species)
        {
            MergeAlike();
        }

        foreach (Species species in _species)
        {
            species.Members.Clear();
        }

        if (_found.Length < population.Length)
        {
            _found = new Species[population.Length];
        }

        for (int i = 0; i < population.Length; i++)
        {
            _found[i] = HomeOf(population[i], homes[i], generation);
        }

        foreach (int place in ranking)
        {
            _found[place].Members.Add(place);
        }

        _species.RemoveAll(s => s.Members.Count == 0);
        if (!settings.MutationOnly)
        {
            Threshold = Math.Clamp(Threshold * Math.Sign(_species.Count - settings.Species) switch { > 0 => Steering, < 0 => 1 / Steering, _ => 1 }, 0.01, 1000);
        }
    }

    /// <summary>Compatibility distance δ = c1·E/N + c2·D/N + c3·W̄ between two genomes.</summary>
    /// <remarks>
    /// N is the larger number of connections divided by 20, at least 1: the paper's rule for genomes below 20 genes, and its
    /// growth with size above, without the jump between the two.
    /// </remarks>
    /// <param name="a">A genome.</param>
    /// <param name="b">Another.</param>
    /// <returns>The distance, at least 0.</returns>
    public double Distance(Genome a, Genome b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ReadOnlySpan<ConnectionGene> left = a.Connections, right = b.Connections;
        int i = 0, j = 0, matching = 0, disjoint = 0;
        double difference = 0;
        while (i < left.Length && j < right.Length)
        {
            int order = left[i].Innovation - right[j].Innovation;
            if (order == 0)
            {
                matching++;
                difference += Math.Abs(left[i++].Weight - right[j++].Weight);
            }
            else
            {
                disjoint++;
                (i, j) = order < 0 ? (i + 1, j) : (i, j + 1);
            }
        }

        int excess = left.Length - i + right.Length - j;
        double size = Math.Max(1, Math.Max(left.Length, right.Length) / (double)SmallGenome);
        double mean = matching == 0 ? 0 : difference / matching;
        return (((settings.ExcessWeight * excess) + (settings.DisjointWeight * disjoint)) / size) + (settings.DifferenceWeight * mean);
    }

    /// <summary>Forgets all species, as when evolution begins anew.</summary>
    public void Clear()
    {
        _species.Clear();
        Threshold = settings.Threshold;
    }

    /// <summary>Removes a species, whose members will have no children.</summary>
    /// <param name="species">The species.</param>
    public void Remove(Species species)
    {
        ArgumentNullException.ThrowIfNull(species);
        species.IsRemoved = true;
        _species.Remove(species);
    }

    /// <summary>The species of a number, or null when there is none.</summary>
    internal Species? Find(int id) => _species.Find(s => s.Id == id);

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Threshold);
        writer.Write(NextId);
        writer.Write(_species.Count);
        foreach (Species species in _species)
        {
            writer.Write(species.Id);
            writer.Write(species.Founded);
            writer.Write(species.BestFitness);
            writer.Write(species.LastProgress);
            GenomeCodec.Write(writer, species.Representative);
        }
    }

    internal void Load(BinaryReader reader)
    {
        Threshold = reader.ReadDouble();
        NextId = reader.ReadInt32();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            Species species = new(reader.ReadInt32())
            {
                Founded = reader.ReadInt64(),
                BestFitness = reader.ReadDouble(),
                LastProgress = reader.ReadInt64(),
            };
            GenomeCodec.Read(reader, species.Representative);
            _species.Add(species);
        }
    }

    // Children stay with their parents' species as long as they fit, so species that have become alike must be told.
    private void MergeAlike()
    {
        for (int i = _species.Count - 1; i > 0; i--)
        {
            for (int older = 0; older < i; older++)
            {
                if (Fits(_species[i].Representative, _species[older]))
                {
                    Remove(_species[i]);
                    break;
                }
            }
        }
    }

    private Species HomeOf(Genome genome, Species? home, long generation)
    {
        if (home is { IsRemoved: false } && Fits(genome, home))
        {
            return home;
        }

        foreach (Species species in _species)
        {
            if (species != home && Fits(genome, species))
            {
                return species;
            }
        }

        Species founded = new(NextId++) { Founded = generation, LastProgress = generation };
        founded.Representative.CopyFrom(genome);
        _species.Add(founded);
        return founded;
    }

    private bool Fits(Genome genome, Species species) => settings.MutationOnly || Distance(genome, species.Representative) < Threshold;
}
