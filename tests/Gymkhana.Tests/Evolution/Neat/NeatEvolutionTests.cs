using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Tests.Evolution.Neat;

public sealed class NeatEvolutionTests
{
    [Fact]
    [Trait("Category", "Determinism")]
    public void Generations_OneAndTwoThreads_AreTheSameBits()
    {
        NeatEvolution one = Evolve(1, 30), two = Evolve(2, 30);
        Assert.Equal(Bytes(one), Bytes(two));
        Assert.NotEqual(Bytes(one), Bytes(Evolve(1, 29)));
    }

    [Fact]
    [Trait("Category", "Determinism")]
    public void Load_MidRun_ContinuesAsIfNeverSaved()
    {
        CaseTask task = CaseTask.Multiplexer(1);
        NeatEvolution whole = Evolve(1, 30), part = Evolve(1, 12);
        using MemoryStream memory = new(Bytes(part));
        using BinaryReader reader = new(memory);
        NeatEvolution resumed = NeatEvolution.Load(reader, Settings, task, 5, 1);
        Advance(resumed, 18);
        Assert.Equal(Bytes(whole), Bytes(resumed));
    }

    [Fact]
    public void Xor_FiveSeeds_AreSolved()
    {
        CaseTask task = CaseTask.Xor();
        for (ulong seed = 1; seed <= 5; seed++)
        {
            NeatEvolution evolution = new(GenomeSamples.SettingsOf("population=150", "activations=leaky-relu", "output-activation=leaky-relu"), task, seed, 1);
            double best = 0;
            for (int generation = 0; generation < 1000 && best < task.SolvedFitness; generation++)
            {
                evolution.Evaluate([], keepScores: true);
                best = evolution.Scores[evolution.Ranking[0]].Fitness;
                evolution.Breed();
            }

            Assert.True(best >= task.SolvedFitness, $"seed {seed}: best fitness {best} after 1000 generations");
        }
    }

    [Fact]
    public void Species_ManyGenerations_StayNearTheWantedNumberAndHoldEveryGenomeOnce()
    {
        NeatEvolution evolution = Evolve(1, 0);
        for (int generation = 0; generation < 150; generation++)
        {
            evolution.Evaluate([], keepScores: true);
            int[] members = [.. evolution.Speciation.All.SelectMany(s => s.Members).Order()];
            Assert.Equal(Enumerable.Range(0, 60), members);
            Assert.All(evolution.Speciation.All, s => Assert.Equal(s.Members.OrderByDescending(m => evolution.Fitness[m]).Select(m => evolution.Fitness[m]), s.Members.Select(m => evolution.Fitness[m])));
            Assert.True(generation < 60 || evolution.Speciation.All.Count <= 2 * Settings.Species, $"{evolution.Speciation.All.Count} species in generation {generation}");
            evolution.Breed();
        }
    }

    [Fact]
    public void Generation_AfterWarmUp_AllocatesAlmostNothing()
    {
        NeatEvolution evolution = Evolve(1, 300);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Advance(evolution, 100);

        // Growing genomes and new species still ask for room now and then: under 100 bytes a genome, where a copy takes a thousand.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 60 * 100);
    }

    private static NeatSettings Settings { get; } = GenomeSamples.SettingsOf("population=60", "activations=relu+sigmoid", "species=5", "crossover=0.5", "connection-price=0.05", "recurrent=0.2");

    private static NeatEvolution Evolve(int threads, int generations)
    {
        NeatEvolution evolution = new(Settings, CaseTask.Multiplexer(1), 5, threads);
        Advance(evolution, generations);
        return evolution;
    }

    private static void Advance(NeatEvolution evolution, int generations)
    {
        for (int i = 0; i < generations; i++)
        {
            evolution.Evaluate([], keepScores: true);
            evolution.Breed();
        }
    }

    private static byte[] Bytes(NeatEvolution evolution)
    {
        using MemoryStream memory = new();
        using BinaryWriter writer = new(memory);
        evolution.Save(writer);
        writer.Flush();
        return memory.ToArray();
    }
}
