using Gymkhana.Core.Randomness;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>Makes the next generation: how many children each species has, which genomes survive, who the parents are.</summary>
public sealed class Reproduction(NeatSettings settings, Innovations innovations)
{
    private readonly Mutation _mutation = new(settings, innovations);
    private readonly GeneRng _rng = new(0, 0, StreamPurpose.Mutation);
    private double[] _shares = [];
    private int[] _offspring = [];

    /// <summary>A first genome, of the generation's own stream.</summary>
    /// <param name="genome">Receives the genes.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="stream">Number of the genome in the run.</param>
    public void Create(Genome genome, ulong seed, ulong stream)
    {
        ArgumentNullException.ThrowIfNull(genome);
        _rng.Rekey(seed, stream, StreamPurpose.Initialization);
        genome.Clear();
        genome.Scale = 1;
        for (int id = 0; id < innovations.Inputs + innovations.Outputs; id++)
        {
            genome.Add(new NodeGene { Id = id, Activation = settings.OutputActivation });
        }

        for (int hidden = 0; hidden < settings.StartHidden; hidden++)
        {
            Activation activation = settings.Activations[_rng.NextInt(settings.Activations.Count)];
            genome.Add(new NodeGene { Id = innovations.Inputs + innovations.Outputs + hidden, Activation = activation });
        }

        int beyondOutputs = innovations.Inputs + innovations.Outputs + settings.StartHidden;
        for (int to = innovations.Inputs; to < beyondOutputs; to++)
        {
            bool isOutput = to < innovations.Inputs + innovations.Outputs;
            for (int from = 0; from < (isOutput ? beyondOutputs : innovations.Inputs); from++)
            {
                if (from < innovations.Inputs || from >= innovations.Inputs + innovations.Outputs)
                {
                    ConnectAtFirst(genome, from, to);
                }
            }
        }
    }

    private void ConnectAtFirst(Genome genome, int from, int to)
    {
        double share = settings.Start switch { "full" => 1, "some" => 0.3, _ => 0 };
        int innovation = innovations.Connection(from, to);
        if (_rng.NextBool(share))
        {
            float weight = (float)(_rng.NextNormal() * 2 * settings.WeightPower);
            genome.Add(new ConnectionGene { Innovation = innovation, From = from, To = to, Weight = weight, Enabled = true });
        }
    }

    /// <summary>
    /// Fills the next generation. Species share it in proportion to their members' mean fitness above the worst of the
    /// generation (explicit fitness sharing); the best of each survive unchanged, the rest are children.
    /// </summary>
    /// <param name="species">The species, members ranked best first.</param>
    /// <param name="population">The present generation.</param>
    /// <param name="fitness">Its fitness.</param>
    /// <param name="next">Receives the next generation; other genomes than the population's.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="generation">The present generation's number.</param>
    /// <param name="elites">Receives, for each genome of the next generation, the place it was copied from unchanged, or −1.</param>
    /// <param name="homes">Receives, for each genome of the next generation, the species that it comes from.</param>
    public void Breed(List<Species> species, Genome[] population, ReadOnlySpan<double> fitness, Genome[] next, ulong seed, long generation, Span<int> elites, Span<Species?> homes)
    {
        ArgumentNullException.ThrowIfNull(species);
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(next);
        Allot(species, fitness, next.Length);
        double progress = generation / (double)settings.Generations;
        int made = 0;
        for (int s = 0; s < species.Count; s++)
        {
            List<int> members = species[s].Members;
            int kept = Math.Min(members.Count, Math.Min(_offspring[s], Math.Max(1, (int)Math.Round(settings.Elites * _offspring[s]))));
            int parents = Math.Max(1, (int)Math.Ceiling(settings.Survival * members.Count));
            for (int i = 0; i < _offspring[s]; i++, made++)
            {
                homes[made] = species[s];
                if (i < kept)
                {
                    next[made].CopyFrom(population[members[i]]);
                    elites[made] = members[i];
                    continue;
                }

                elites[made] = -1;
                _rng.Rekey(seed, ((ulong)generation << 24) | (uint)made, StreamPurpose.Mutation);
                MakeChild(species, members, parents, population, fitness, next[made]);
                _mutation.Apply(next[made], progress, _rng);
            }
        }
    }

    private void MakeChild(List<Species> species, List<int> members, int parents, Genome[] population, ReadOnlySpan<double> fitness, Genome child)
    {
        int mother = members[_rng.NextInt(parents)];
        if (settings.MutationOnly || !_rng.NextBool(settings.Crossover))
        {
            child.CopyFrom(population[mother]);
            return;
        }

        int father = members[_rng.NextInt(parents)];
        if (_rng.NextBool(settings.Interspecies))
        {
            List<int> others = species[_rng.NextInt(species.Count)].Members;
            father = others[_rng.NextInt(Math.Max(1, (int)Math.Ceiling(settings.Survival * others.Count)))];
        }

        // Equal fitness: the smaller genome gives the structure.
        bool motherLeads = fitness[mother] > fitness[father]
            || (fitness[mother] == fitness[father] && population[mother].ConnectionCount <= population[father].ConnectionCount);
        Crossover.Cross(population[motherLeads ? mother : father], population[motherLeads ? father : mother], child, _rng);
    }

    /// <summary>Children for each species: proportional shares rounded down, the rest to the largest remainders in order.</summary>
    internal ReadOnlySpan<int> Allot(List<Species> species, ReadOnlySpan<double> fitness, int total)
    {
        if (_offspring.Length < species.Count)
        {
            _offspring = new int[species.Count * 2];
            _shares = new double[species.Count * 2];
        }

        double worst = double.PositiveInfinity;
        foreach (Species s in species)
        {
            // Ranked: the last is the worst.
            worst = Math.Min(worst, fitness[s.Members[^1]]);
        }

        double sum = 0;
        for (int i = 0; i < species.Count; i++)
        {
            double mean = 0;
            foreach (int member in species[i].Members)
            {
                mean += fitness[member] - worst;
            }

            _shares[i] = mean / species[i].Members.Count;
            sum += _shares[i];
        }

        int allotted = 0;
        for (int i = 0; i < species.Count; i++)
        {
            double share = sum > 0 ? _shares[i] / sum * total : total / (double)species.Count;
            _offspring[i] = (int)share;
            _shares[i] = share - _offspring[i];
            allotted += _offspring[i];
        }

        for (; allotted < total; allotted++)
        {
            int largest = 0;
            for (int i = 1; i < species.Count; i++)
            {
                largest = _shares[i] > _shares[largest] ? i : largest;
            }

            _offspring[largest]++;
            _shares[largest] = -1;
        }

        return _offspring.AsSpan(0, species.Count);
    }
}
