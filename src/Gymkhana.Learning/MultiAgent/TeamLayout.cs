using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>A group of agents of a class of the team.</summary>
/// <param name="Group">Index of the group in the environment.</param>
/// <param name="Class">Index of the class in the team.</param>
/// <param name="Agents">How many they are.</param>
/// <param name="Parts">How what one of them sees is made up.</param>
/// <param name="FirstTalker">Number of its first agent among the talkers; −1 where they do not talk.</param>
public sealed record TeamMembers(int Group, int Class, int Agents, ImmutableArray<ObservationPart> Parts, int FirstTalker)
{
    /// <summary>Numbers of what one of them sees.</summary>
    public int Size { get; } = Parts.Sum(p => p.Size);
}

/// <summary>How the agents of one environment are those of a team: which group is of which class, how many they are and who talks.</summary>
public sealed class TeamLayout
{
    private TeamLayout(TeamDescription description, ImmutableArray<TeamMembers> members, ICommunicating? talking, ImmutableArray<ObservationPart> state)
    {
        Description = description;
        Members = members;
        State = state;
        Agents = members.Sum(m => m.Agents);
        StateSize = state.Sum(p => p.Size);
        Talkers = talking?.Talkers ?? 0;
        IsDelayed = talking?.TalkDelay > 0;
        Talking = talking is null ? [] : [.. talking.TalkingGroups.Select(g => members.First(m => m.Group == g))];
    }

    /// <summary>The team.</summary>
    public TeamDescription Description { get; }

    /// <summary>The groups that are of the team.</summary>
    public ImmutableArray<TeamMembers> Members { get; }

    /// <summary>Those of them that talk, in the order of the talkers.</summary>
    public ImmutableArray<TeamMembers> Talking { get; }

    /// <summary>How many talk; 0 where there are no messages.</summary>
    public int Talkers { get; }

    /// <summary>Whether what is heard was said the step before.</summary>
    public bool IsDelayed { get; }

    /// <summary>How the whole state is made up; empty where nobody looks at it.</summary>
    public ImmutableArray<ObservationPart> State { get; }

    /// <summary>Numbers of the whole state.</summary>
    public int StateSize { get; }

    /// <summary>Agents of the team.</summary>
    public int Agents { get; }

    /// <summary>Numbers of all links of a copy.</summary>
    public int EdgeSize => Talkers * Talkers * Description.LinkFeatures;

    /// <summary>Finds the team in an environment.</summary>
    /// <param name="description">The team.</param>
    /// <param name="environment">The environment; where there are messages its links are switched on.</param>
    /// <param name="name">What to call the team in messages.</param>
    /// <param name="withState">Whether critics will look at the whole state; it is switched on then.</param>
    /// <param name="origin">Where the team was trained, where that is worth saying.</param>
    /// <returns>The layout.</returns>
    /// <exception cref="PolicyMismatchException">A group is no class of the team, sees or does something else, or nobody hears anybody.</exception>
    public static TeamLayout Of(TeamDescription description, IEnvironment environment, string name, bool withState, PolicyOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(environment);
        ICommunicating? talking = description.Messages == Messages.MessageKind.None ? null : environment as ICommunicating;
        if (talking is null != (description.Messages == Messages.MessageKind.None) || talking is { TalkingGroups.Length: 0 } || (talking is not null && talking.LinkFeatureNames.Length != description.LinkFeatures))
        {
            throw new PolicyMismatchException($"'{name}' is a team that talks over links of {description.LinkFeatures} numbers, which {environment.Spec.Id} does not offer here. Use it where it was trained.");
        }

        var members = ImmutableArray.CreateBuilder<TeamMembers>();
        for (int g = 0; g < environment.Groups.Length; g++)
        {
            AgentGroup group = environment.Groups[g];
            int kind = Array.FindIndex(description.Classes, c => c.Name == group.Name);
            bool talks = talking?.TalkingGroups.Contains(g) ?? false;
            if (kind >= 0)
            {
                members.Add(new TeamMembers(g, kind, group.Agents.Length, Checked(description.Classes[kind], group, environment, name), talks ? First(talking!, environment, g) : -1)); // who talks is known where somebody does
            }
            else if (talks || withState)
            {
                throw new PolicyMismatchException($"'{name}' is a team of classes {Names(description)}{(origin is null ? string.Empty : $", trained in {origin.EnvironmentId}")}, but {environment.Spec.Id} has a group '{group.Name}' here. Give it a policy of its own, or settings with these classes.");
            }
        }

        if (members.Count == 0)
        {
            throw new PolicyMismatchException($"'{name}' is a team of classes {Names(description)}{(origin is null ? string.Empty : $", trained in {origin.EnvironmentId}")}, but {environment.Spec.Id} has only {string.Join(", ", environment.Groups.Select(g => g.Name))} here. Give the settings it was trained with (--set classes=...).");
        }

        if (talking is not null)
        {
            talking.KeepsLinks = true;
        }

        ImmutableArray<ObservationPart> state = [];
        if (withState && description.State.Length > 0)
        {
            var whole = (IGlobalState)environment;
            whole.KeepsGlobalState = true;
            state = [.. whole.GlobalParts.Where(p => p.Features > 0)];
        }

        return new TeamLayout(description, members.ToImmutable(), talking, state);
    }

    private static ImmutableArray<ObservationPart> Checked(TeamClass one, AgentGroup group, IEnvironment environment, string name)
    {
        ImmutableArray<ObservationPart> parts = [.. group.Parts.Where(p => p.Features > 0)];
        if (!EntityEncoder.Match([.. one.Kinds], parts))
        {
            throw new PolicyMismatchException(
                $"'{name}' was trained with a class {one.Name} that sees {string.Join(", ", one.Kinds.Select(k => $"{k.Name} ({k.Features})"))}, but in {environment.Spec.Id} it sees {string.Join(", ", parts.Select(p => $"{p.Name} ({p.Features})"))} here. Give the settings it was trained with.");
        }

        return one.Actor.Fits(new Core.Spaces.BoxSpace(0, 1, one.Actor.ObservationSize), group.ActionSpace)
            ? parts
            : throw new PolicyMismatchException($"'{name}' was trained for other actions than those of '{group.Name}' in {environment.Spec.Id}, {group.ActionSpace}. Give the settings it was trained with.");
    }

    private static int First(ICommunicating talking, IEnvironment environment, int group)
    {
        int first = 0;
        for (int i = 0; talking.TalkingGroups[i] != group; i++)
        {
            first += environment.Groups[talking.TalkingGroups[i]].Agents.Length;
        }

        return first;
    }

    private static string Names(TeamDescription description) => string.Join(", ", description.Classes.Select(c => c.Name));
}
