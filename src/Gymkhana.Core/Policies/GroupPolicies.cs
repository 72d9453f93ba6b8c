using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Policies;

/// <summary>One policy for some groups of agents, named, and another for all the rest: as one policy.</summary>
public sealed class GroupPolicies : IPolicy
{
    private readonly IPolicy _others;
    private readonly IReadOnlyDictionary<string, IPolicy> _byGroup;

    /// <summary>A policy of several.</summary>
    /// <param name="others">What acts for groups that are not named; it gives the origin.</param>
    /// <param name="byGroup">What acts for a group, by the group's name.</param>
    public GroupPolicies(IPolicy others, IReadOnlyDictionary<string, IPolicy> byGroup)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(byGroup);
        _others = others;
        _byGroup = byGroup;
        Name = string.Join(", ", byGroup.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}: {p.Value.Name}").Prepend(others.Name));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public PolicyOrigin? Origin => _others.Origin;

    /// <inheritdoc/>
    /// <exception cref="PolicyMismatchException">There is no group of one of the names, or a policy does not fit.</exception>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        foreach (string name in _byGroup.Keys)
        {
            if (!environment.Groups.Any(g => g.Name == name))
            {
                throw new PolicyMismatchException($"{environment.Spec.Id} has no group '{name}' here; its groups are {string.Join(", ", environment.Groups.Select(g => g.Name))}. Correct the name.");
            }
        }

        return _byGroup.GetValueOrDefault(environment.Groups[group].Name, _others).CreateActor(environment, group);
    }
}
