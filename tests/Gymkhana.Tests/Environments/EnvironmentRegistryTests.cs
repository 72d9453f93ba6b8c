using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Environments.ClassicControl;

namespace Gymkhana.Tests.Environments;

public sealed class EnvironmentRegistryTests
{
    private static readonly EnvironmentRegistry Registry = new([Pendulum.Registration, CartPole.Registration, ToyEnvironment.Registration()]);

    [Fact]
    public void Registrations_AreOrderedById() =>
        Assert.Equal(["CartPole-v1", "Pendulum-v1", "Toy-v0"], Registry.Registrations.Select(r => r.Id));

    [Theory]
    [InlineData("cartpole-v1")]
    [InlineData("CartPole")]
    [InlineData("CartPole-v0")]
    public void Find_MisspeltId_SuggestsTheNearest(string id)
    {
        UnknownNameException failure = Assert.Throws<UnknownNameException>(() => Registry.Find(id));
        Assert.Equal($"There is no environment named '{id}'. Did you mean 'CartPole-v1'? 'gymkhana envs' lists them.", failure.Message);
    }

    [Fact]
    public void Create_WithoutSettings_TakesTheDefaults()
    {
        IEnvironment environment = Registry.Create("CartPole-v1", 5);

        Assert.Equal(5, environment.Count);
        Assert.Equal(500, environment.Spec.MaxEpisodeSteps);
        Assert.Equal(7, Registry.Create("CartPole-v1", 1, CartPole.Registration.Schema.Defaults.With("episode-steps", "7")).Spec.MaxEpisodeSteps);
    }

    [Fact]
    public void Registry_TwoOfOneId_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new EnvironmentRegistry([CartPole.Registration, new EnvironmentRegistration("CartPole-v1", "Another.", CartPole.Registration.Schema, (_, _) => null!)]));

    [Fact]
    public void Reset_OneSeed_CountsUpThroughTheCopies()
    {
        IEnvironment several = Registry.Create("CartPole-v1", 3);
        IEnvironment one = Registry.Create("CartPole-v1", 1);
        several.Reset(ulong.MaxValue);
        one.Reset([1]);

        Assert.Equal(one.Groups[0].Observations.Read(0, 0, 0), several.Groups[0].Observations.Read(0, 0, 2));
    }
}
