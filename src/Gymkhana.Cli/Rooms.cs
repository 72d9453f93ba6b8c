using System.Collections.Immutable;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Particle;
using Gymkhana.Environments.Walker;
using Gymkhana.Evolution.Neat;
using Gymkhana.Learning.MultiAgent;
using Gymkhana.Learning.Offline;
using Gymkhana.Learning.Ppo;

namespace Gymkhana.Cli;

/// <summary>The one place where the program says what it is made of: its environments, algorithms and built-in policies.</summary>
internal sealed class Rooms
{
    public Rooms(EnvironmentRegistry environments, ImmutableArray<IAlgorithm> algorithms, ImmutableArray<IPolicy> policies)
    {
        Environments = environments;
        Algorithms = algorithms;
        Policies = policies;
    }

    /// <summary>The environments.</summary>
    public EnvironmentRegistry Environments { get; }

    /// <summary>The algorithms, with distinct names.</summary>
    public ImmutableArray<IAlgorithm> Algorithms { get; }

    /// <summary>The built-in policies, found by their names.</summary>
    public ImmutableArray<IPolicy> Policies { get; }

    public static Rooms Open() => new(
        new EnvironmentRegistry(
        [
            WalkerEnvironment.Registration,
            CarRacingEnvironment.Registration,
            CartPole.Registration,
            MountainCar.Registration,
            Acrobot.Registration,
            Pendulum.Registration,
            SimpleTagEnvironment.Registration,
            SimpleSpreadEnvironment.Registration,
        ]),
        [new NeatAlgorithm(), new PpoAlgorithm(), .. MappoAlgorithm.All, .. OfflineAlgorithm.All],
        [new RandomPolicy(), .. ScriptedPolicy.All]);

    /// <summary>Finds an algorithm.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The algorithm.</returns>
    /// <exception cref="UnknownNameException">No such name; the message names the nearest one.</exception>
    public IAlgorithm Algorithm(string name) =>
        Algorithms.FirstOrDefault(a => a.Name == name)
        ?? throw UnknownNameException.For("algorithm", name, Algorithms.Select(a => a.Name), "the algorithms are " + string.Join(", ", Algorithms.Select(a => a.Name)));
}
