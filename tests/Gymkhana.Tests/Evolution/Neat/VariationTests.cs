using Gymkhana.Evolution.Neat;

namespace Gymkhana.Tests.Evolution.Neat;

public sealed class VariationTests
{
    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.0, 2)]
    [InlineData(0.5, 3)]
    [InlineData(0.5, 4)]
    public void ManyGenerations_AnyGenome_KeepsItsOrderAndDistinctGenes(double recurrent, ulong seed)
    {
        GenomeSamples samples = new(seed, 3, 2, $"recurrent={recurrent}");
        Genome[] pool = [.. Enumerable.Range(0, 20).Select(i => samples.First((ulong)i))];
        for (int made = 0; made < 3000; made++)
        {
            Genome child = new();
            Genome mother = pool[samples.Rng.NextInt(pool.Length)], father = pool[samples.Rng.NextInt(pool.Length)];
            Crossover.Cross(mother, father, child, samples.Rng);
            Assert.Equal(Structure(mother), Structure(child));
            samples.Mutation.Apply(child, 0, samples.Rng);
            Assert.True(GenomeSamples.HasOrder(child));
            Assert.Equal(child.ConnectionCount, child.Connections.ToArray().DistinctBy(c => (c.From, c.To)).Count());
            Assert.All(child.Connections.ToArray(), c => Assert.True(child.PlaceOf(c.From) >= 0 && child.PlaceOf(c.To) >= 3));
            Assert.True(recurrent > 0 || !child.Connections.ToArray().Any(c => c.Recurrent));
            Assert.All(child.Connections.ToArray(), c => Assert.InRange(Math.Abs(c.Weight), 0, samples.Settings.WeightLimit));

            // Genomes grow without a price: replace small ones rather than let the pool swell.
            pool[child.NodeCount > 40 ? 0 : samples.Rng.NextInt(pool.Length)] = child.NodeCount > 40 ? samples.First((ulong)made) : child;
        }
    }

    [Fact]
    public void Cross_MatchingGenes_ComeFromBothParents()
    {
        GenomeSamples samples = new(5, 3, 2);
        Genome mother = samples.Grown(0, 30), father = new(), child = new();
        father.CopyFrom(mother);
        foreach (ref ConnectionGene gene in father.Connections)
        {
            gene.Weight = 100;
        }

        int fromFather = 0, all = 0;
        for (int i = 0; i < 200; i++)
        {
            Crossover.Cross(mother, father, child, samples.Rng);
            fromFather += child.Connections.ToArray().Count(c => c.Weight == 100);
            all += child.ConnectionCount;
        }

        // Binomial with p = 0.5: six standard deviations either side.
        Assert.InRange(fromFather / (double)all, 0.5 - (3 / Math.Sqrt(all)), 0.5 + (3 / Math.Sqrt(all)));
    }

    [Fact]
    public void Grow_AnyGenome_ComputesWhatItDidWithMoreNodes()
    {
        GenomeSamples samples = new(7, 3, 2, "recurrent=0.3", "grow-hidden=3", "grow-nodes=2", "grow-connections=4");
        float[][] steps = [[0.5f, -1, 2], [0, 0.25f, -3], [1, 1, 1]];
        for (int i = 0; i < 50; i++)
        {
            Genome genome = samples.Grown((ulong)i, 20), grown = new();
            grown.CopyFrom(genome);
            samples.Mutation.Grow(grown, samples.Rng);
            Assert.True(grown.NodeCount >= genome.NodeCount + 3);
            Assert.True(GenomeSamples.HasOrder(grown));
            Assert.Equal(GenomeSamples.Evaluate(genome, 3, 2, steps), GenomeSamples.Evaluate(grown, 3, 2, steps));
            Assert.Contains(grown.Connections.ToArray(), c => c.From < 3 && Math.Abs(c.Weight) > 1);
        }
    }

    [Fact]
    public void Draws_Many_HaveTheirMoments()
    {
        GenomeSamples samples = new(6, 1, 1);
        const int Count = 200_000;
        double sum = 0, squares = 0, beyond = 0;
        for (int i = 0; i < Count; i++)
        {
            double x = samples.Rng.NextNormal();
            sum += x;
            squares += x * x;
            beyond += Math.Abs(x) > 1.959964 ? 1 : 0;
        }

        // Six standard errors of the mean, the variance and the share beyond the 95 % bounds.
        Assert.InRange(sum / Count, -0.0134, 0.0134);
        Assert.InRange(squares / Count, 0.981, 1.019);
        Assert.InRange(beyond / Count, 0.047, 0.053);
        Assert.InRange(Enumerable.Range(0, 2000).Sum(_ => System.Numerics.BitOperations.PopCount(samples.Rng.NextBits(3))) / 128000.0, 0.1195, 0.1305);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(samples.Rng.NextInt(7), 0, 6));
    }

    [Fact]
    public void Distance_ByHand_IsThePapersFormula()
    {
        Genome left = With((0, 1f), (1, 2f), (2, 0f), (4, 1f));
        Genome right = With((0, 3f), (2, -1f), (3, 5f));
        Speciation speciation = new(GenomeSamples.SettingsOf("excess-weight=2", "disjoint-weight=3", "difference-weight=0.5"));

        // Matching 0 and 2 differ by 2 and 1; 1 and 3 are disjoint; 4 is excess; below 20 genes N is 1.
        Assert.Equal((2 * 1) + (3 * 2) + (0.5 * 1.5), speciation.Distance(left, right), 12);
        Assert.Equal(0, speciation.Distance(left, left));
        Genome large = With([.. Enumerable.Range(0, 40).Select(i => (i, 1f))]);

        // N = 40 / 20: 0, 1, 2 and 4 match, 3 is disjoint, 35 are excess.
        Assert.Equal((((2.0 * 35) + 3) / 2) + (0.5 * 0.5), speciation.Distance(large, left), 12);
    }

    [Fact]
    public void Allot_Species_SharesByMeanFitnessAndSumsUp()
    {
        Reproduction reproduction = new(GenomeSamples.SettingsOf(), new Innovations(1, 1));
        Species best = new(1), middle = new(2), worst = new(3);
        best.Members.AddRange([0, 1]);
        middle.Members.AddRange([2]);
        worst.Members.AddRange([3, 4]);
        double[] fitness = [9, 5, 4, 1, 1];

        // Means above the worst: 6, 3, 0 of 9.
        Assert.Equal([7, 3, 0], reproduction.Allot([best, middle, worst], fitness, 10).ToArray());
        for (int total = 1; total < 100; total++)
        {
            Assert.Equal(total, reproduction.Allot([best, middle, worst], fitness, total).ToArray().Sum());
            Assert.Equal(total, reproduction.Allot([best, middle, worst], new double[5], total).ToArray().Sum());
        }
    }

    private static Genome With(params (int Innovation, float Weight)[] genes)
    {
        Genome genome = new();
        foreach ((int innovation, float weight) in genes)
        {
            genome.Add(new ConnectionGene { Innovation = innovation, Weight = weight, Enabled = true });
        }

        return genome;
    }

    private static (int, int, int)[] Structure(Genome genome) => [.. genome.Connections.ToArray().Select(c => (c.Innovation, c.From, c.To))];
}
