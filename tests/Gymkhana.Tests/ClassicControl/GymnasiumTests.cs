using Gymkhana.Core.Environments;
using Gymkhana.Environments.ClassicControl;

namespace Gymkhana.Tests.ClassicControl;

/// <summary>Every world against the episodes that Gymnasium recorded, alone and as one of several copies.</summary>
public sealed class GymnasiumTests
{
    private static readonly EnvironmentRegistration[] Worlds = [CartPole.Registration, MountainCar.Registration, Acrobot.Registration, Pendulum.Registration];

    public static TheoryData<string, ulong> Recordings()
    {
        var cases = new TheoryData<string, ulong>();
        foreach (EnvironmentRegistration world in Worlds)
        {
            for (ulong seed = 0; seed < 4; seed++)
            {
                cases.Add(world.Id, seed);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Step_RecordedActions_FollowsGymnasium(string id, ulong seed)
    {
        RecordedEpisodes truth = RecordedEpisodes.Load(id, seed);
        IEnvironment environment = Array.Find(Worlds, w => w.Id == id)!.Create(Array.Find(Worlds, w => w.Id == id)!.Schema.Defaults, 3);
        AgentGroup agent = environment.Groups[0];
        environment.Reset([seed + 100, seed, seed + 200]);
        int row = 0;
        Compare(truth, row++, agent.Observations, $"{id} seed {seed}, start");
        for (int step = 0; step < truth.Actions.Length; step++)
        {
            agent.Actions.Write(0, 0, 1, truth.Actions[step]);
            environment.Step();
            string where = $"{id} seed {seed}, step {step}";
            Assert.Equal(truth.Terminated[step], agent.Terminated[0, 0, 1]);
            Assert.Equal(truth.Truncated[step], agent.Truncated[0, 0, 1]);

            // The sines of NumPy and of this runtime's mathematics library may differ in the last of 53 bits. That does not show in the
            // single-precision observations, but Pendulum's rewards are computed from the state in double precision, and 10 s near
            // upright, where it is unstable, make 1e-15 grow to about 1e-11.
            Assert.Equal(truth.Rewards[step], agent.Rewards[0, 0, 1], id == "Pendulum-v1" ? 1e-9 : 0);
            bool ended = truth.ResetAfterStep.Contains(step);
            Assert.Equal(ended, agent.Terminated[0, 0, 1] || agent.Truncated[0, 0, 1]);
            Compare(truth, row++, ended ? agent.FinalObservations : agent.Observations, where);
            if (ended)
            {
                Compare(truth, row++, agent.Observations, where + " (reset)");
            }
        }

        Assert.Equal(truth.Observations.Length, row * agent.ObservationSpace.Size);
    }

    private static void Compare(RecordedEpisodes truth, int row, Batch observations, string where)
    {
        for (int i = 0; i < observations.Features; i++)
        {
            float expected = truth.Observations[(row * observations.Features) + i];
            float actual = (float)observations.Read(0, i, 1);
            Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual), $"{where}, feature {i}: expected {expected:R}, got {actual:R}");
        }
    }
}
