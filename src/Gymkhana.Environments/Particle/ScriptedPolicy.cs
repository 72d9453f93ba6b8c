using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// A script as a policy for one side of simple_tag_v3. It looks at the world itself and not at observations, so that it plays any class of hunters the same.
/// </summary>
public sealed class ScriptedPolicy : IPolicy
{
    private readonly TagScript _script;
    private readonly bool _hunts;

    private ScriptedPolicy(string name, TagScript script, bool hunts) => (Name, _script, _hunts) = (name, script, hunts);

    /// <summary>The scripts that play one side.</summary>
    public static ImmutableArray<ScriptedPolicy> All { get; } =
    [
        new("chase", TagScript.Chase, hunts: true),
        new("lookahead", TagScript.Lookahead, hunts: true),
        new("flee", TagScript.Flee, hunts: false),
        new("flee-naive", TagScript.FleeNaive, hunts: false),
    ];

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <exception cref="PolicyMismatchException">Another environment, or the other side.</exception>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment is not SimpleTagEnvironment tag)
        {
            throw new PolicyMismatchException($"'{Name}' plays {SimpleTagPage.Id} and knows nothing of {environment.Spec.Id}; use another policy, such as random.");
        }

        string name = tag.Groups[group].Name;
        bool isPrey = name == HunterClass.PreyGroup;
        if (isPrey == _hunts)
        {
            string instead = _hunts ? "Let a script act for the prey, such as with --set prey=flee." : "Let a script act for the hunters, such as with --set hunters=chase.";
            throw new PolicyMismatchException($"'{Name}' plays the {(_hunts ? "hunters" : "prey")} of {SimpleTagPage.Id}, but group '{name}' is {(isPrey ? "the prey" : "of the hunters")}. {instead}");
        }

        return new Actor(tag, _script, group);
    }

    private sealed class Actor(SimpleTagEnvironment environment, TagScript script, int group) : IActor
    {
        public void Reset(ReadOnlySpan<ulong> seeds)
        {
        }

        public void Act() => environment.WriteActions(script, group);

        public void EpisodeEnded(int copy)
        {
        }
    }
}
