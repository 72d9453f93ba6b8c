using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Networks;
using Gymkhana.Learning.Policies;

namespace Gymkhana.Tests.Learning.Policies;

public sealed class NetworkPolicyTests
{
    private static readonly Dictionary<string, string> Settings = new() { ["episode-steps"] = "50" };

    [Fact]
    public void File_WrittenAndRead_ActsTheSameAndKnowsItsOrigin()
    {
        NetworkPolicy policy = Policy();
        using var memory = new MemoryStream();
        NetworkPolicyFile.Write(policy, memory);
        byte[] bytes = memory.ToArray();
        memory.Position = 0;
        NetworkPolicy again = NetworkPolicyFile.Read(memory, "file");
        Assert.Equal(("CartPole-v1", "50"), (again.Origin.EnvironmentId, again.Origin.Settings["episode-steps"]));
        Assert.Equal(Play(policy, 4, 1), Play(again, 4, 1));
        using var second = new MemoryStream();
        NetworkPolicyFile.Write(again, second);
        Assert.Equal(bytes, second.ToArray());
    }

    [Fact]
    public void Read_Damaged_IsOneLine()
    {
        using var memory = new MemoryStream();
        NetworkPolicyFile.Write(Policy(), memory);
        byte[] bytes = memory.ToArray();
        foreach (int length in new[] { 0, 7, 40, bytes.Length - 1 })
        {
            using var cut = new MemoryStream(bytes[..length]);
            string message = Assert.ThrowsAny<GymkhanaException>(() => NetworkPolicyFile.Read(cut, "champ")).Message;
            Assert.Contains("champ", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void CreateActor_OtherWorld_NamesTheOneItIsFor()
    {
        IEnvironment pendulum = Pendulum.Registration.Create(Pendulum.Registration.Schema.Defaults, 1);
        string message = Assert.Throws<PolicyMismatchException>(() => Policy().CreateActor(pendulum)).Message;
        Assert.Contains("CartPole-v1 with --set episode-steps=50", message, StringComparison.Ordinal);
        Assert.Contains("Pendulum-v1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Act_Stochastic_DependsOnTheEpisodesSeedOnly()
    {
        NetworkPolicy policy = Policy().With(isStochastic: true);
        int[] many = Play(policy, 6, 1), fewer = Play(policy, 3, 1), later = Play(policy, 3, 4);
        Assert.Equal(many.Chunk(6).SelectMany(row => row[..3]), fewer);
        Assert.Equal(many.Chunk(6).SelectMany(row => row[3..]), later);
        Assert.NotEqual(Play(Policy(), 6, 1), many);
    }

    [Fact]
    public void Act_Warm_AllocatesNothing()
    {
        CartPole world = new(CartPole.Registration.Schema.Defaults, 16);
        IActor actor = Policy().With(isStochastic: true).CreateActor(world);
        world.Reset(1);
        actor.Reset(new ulong[16]);
        Assert.Equal(0, Allocations.Least(actor.Act));
    }

    private static NetworkPolicy Policy()
    {
        CartPole world = new(CartPole.Registration.Schema.Defaults, 1);
        NetworkDescription description = NetworkDescription.For(world.Groups[0].ObservationSpace, world.Groups[0].ActionSpace, HeadKind.Gaussian);
        return new NetworkPolicy(new ActorCritic(description, new KeyedStream(5, 0, StreamPurpose.Initialization)), "net", new PolicyOrigin("CartPole-v1", Settings));
    }

    private static int[] Play(NetworkPolicy policy, int copies, ulong seed)
    {
        CartPole world = new(CartPole.Registration.Schema.Defaults, copies);
        ulong[] seeds = [.. Enumerable.Range(0, copies).Select(i => seed + (ulong)i)];
        IActor actor = policy.CreateActor(world);
        world.Reset(seeds);
        actor.Reset(seeds);
        List<int> actions = [];
        for (int step = 0; step < 40; step++)
        {
            actor.Act();
            actions.AddRange(world.Groups[0].Actions.As<int>().Lane(0));
            world.Step();
        }

        return [.. actions];
    }
}
