using Gymkhana.Core.Environments;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

/// <summary>The worlds against recorded episodes of MPE2.</summary>
public sealed class RecordedParticlesTests
{
    private const int Copies = 3;
    private const int Watched = 1;

    // One step moves the recorded state by rounding of the contact's exponential only.
    private const double OneStep = 1e-12;

    // Contacts are chaotic: noise of one unit in the last place grows to 2e-11 over the random cases.
    private const double WholeEpisode = 1e-6;

    public static TheoryData<string> Names => ParticleRecordings.Names;

    public static TheoryData<string> RandomNames => [.. ParticleRecordings.All.Where(r => r.IsRandom).Select(r => r.Name)];

    [Fact]
    public void Recordings_All_AreThere() => Assert.Equal(64, ParticleRecordings.All.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reset_RecordedSeed_StartsAtTheRecordedPlacesToTheBit(string name)
    {
        ParticleRecordings truth = ParticleRecordings.Named(name);
        ParticleEnvironment environment = Begin(truth, 16);
        ComparePlaces(truth.Starts[0], environment, 0);
        CompareObservations(truth, truth.Observations0, 0, environment, final: false);

        // Two further episodes: their starts follow in the same stream.
        for (int episode = 1; episode <= 2; episode++)
        {
            do
            {
                truth.Act(environment, Math.Min(environment.StepsOf(Watched), truth.Steps - 1), Watched);
                environment.Step();
            }
            while (environment.StepsOf(Watched) != 0);

            ComparePlaces(truth.Starts[episode], environment, 0);
        }
    }

    [Theory]
    [MemberData(nameof(RandomNames))]
    public void Step_RandomActionsFromReset_FollowsTheWholeEpisode(string name)
    {
        ParticleRecordings truth = ParticleRecordings.Named(name);
        foreach (int width in (int[])[1, 4, 8, 16])
        {
            ParticleEnvironment environment = Begin(truth, width);
            for (int step = 0; step < truth.Steps; step++)
            {
                truth.Act(environment, step, Watched);
                environment.Step();
                CompareState(truth, environment, step, WholeEpisode);
                CompareOutcome(truth, environment, step, WholeEpisode);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_OneFromEachRecordedState_GivesTheNext(string name)
    {
        ParticleRecordings truth = ParticleRecordings.Named(name);
        foreach (int width in (int[])[1, 16])
        {
            ParticleEnvironment environment = Begin(truth, width);
            for (int step = 0; step < truth.Steps; step++)
            {
                truth.Load(environment, step, Watched);
                truth.Act(environment, step, Watched);
                environment.Step();
                CompareState(truth, environment, step, OneStep);
                CompareOutcome(truth, environment, step, OneStep);
                CompareObservations(truth, truth.Observations, step, environment, final: environment.StepsOf(Watched) == 0);
            }
        }
    }

    private static ParticleEnvironment Begin(ParticleRecordings truth, int width)
    {
        ParticleEnvironment environment = truth.Create(Copies, width);
        environment.RecordsState = true;
        environment.Reset([77, truth.Seed, 78]);
        return environment;
    }

    private static void ComparePlaces(double[] expected, ParticleEnvironment environment, int row)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double actual = environment.At(ParticleRows.Place(0) + (i * ParticleRows.Lanes), Watched);
            Assert.True(expected[i].Equals(actual), $"row {row}, place {i}: expected {expected[i]:R}, got {actual:R}");
        }
    }

    private static void CompareState(ParticleRecordings truth, ParticleEnvironment environment, int step, double tolerance)
    {
        int numbers = 2 * truth.Agents.Length;
        for (int i = 0; i < numbers; i++)
        {
            Assert.Equal(truth.Places[((step + 1) * numbers) + i], environment.State[0].Values.Read(0, i, Watched), tolerance);
            Assert.Equal(truth.Velocities[((step + 1) * numbers) + i], environment.State[1].Values.Read(0, i, Watched), tolerance);
        }
    }

    private static void CompareOutcome(ParticleRecordings truth, ParticleEnvironment environment, int step, double tolerance)
    {
        int row = step * truth.Agents.Length;
        foreach (AgentGroup group in environment.Groups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++)
            {
                Assert.Equal(truth.Agents[row % truth.Agents.Length], group.Agents[agent]);
                Assert.Equal(truth.Rewards[row], group.Rewards[agent, 0, Watched], tolerance);
                Assert.Equal(truth.Terminations[row], group.Terminated[agent, 0, Watched]);
                Assert.Equal(truth.Truncations[row], group.Truncated[agent, 0, Watched]);
                row++;
            }
        }
    }

    private static void CompareObservations(ParticleRecordings truth, float[] expected, int row, ParticleEnvironment environment, bool final)
    {
        int agentRow = row * truth.Agents.Length;
        foreach (AgentGroup group in environment.Groups)
        {
            Batch<float> seen = (final ? group.FinalObservations : group.Observations).As<float>();
            for (int agent = 0; agent < group.Agents.Length; agent++, agentRow++)
            {
                Assert.Equal(truth.Sizes[agentRow % truth.Agents.Length], seen.Features);
                for (int i = 0; i < seen.Features; i++)
                {
                    float wanted = expected[(agentRow * truth.Width) + i], got = seen[agent, i, Watched];
                    Assert.True(wanted == got, $"{truth.Name} row {row}, {group.Agents[agent]}, number {i}: expected {wanted:R}, got {got:R}");
                }
            }
        }
    }
}
