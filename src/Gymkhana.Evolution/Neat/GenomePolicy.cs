using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>A genome as a policy.</summary>
public sealed class GenomePolicy : IPolicy
{
    /// <summary>A policy.</summary>
    /// <param name="document">The genome and what it was evolved for.</param>
    /// <param name="name">Its name.</param>
    public GenomePolicy(ChampionDocument document, string name)
    {
        ArgumentNullException.ThrowIfNull(document);
        Document = document;
        Name = name;
        Network = new GenomeCompiler(document.Inputs, document.Outputs).Compile(document.Genome);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The genome and what it was evolved for.</summary>
    public ChampionDocument Document { get; }

    /// <summary>The network.</summary>
    public NetworkGraph Network { get; }

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment.Spec.Id != Document.Environment)
        {
            throw new PolicyMismatchException($"'{Name}' was evolved in {Document.Environment} and does not fit {environment.Spec.Id}. Use it with {Document.Environment}, or train one with 'gymkhana train neat {environment.Spec.Id}'.");
        }

        NetworkActor actor = new(environment, group);
        actor.Load(Network);
        return actor;
    }
}
