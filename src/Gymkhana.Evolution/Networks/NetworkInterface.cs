using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Evolution.Networks;

/// <summary>
/// How a network's inputs and outputs meet a group's spaces: float vectors in; out either one number in [−1, 1] for each
/// number of a bounded box, stretched to its bounds, or one preference for each discrete choice, of which the largest wins.
/// </summary>
/// <param name="Inputs">Inputs of the network.</param>
/// <param name="Outputs">Outputs of the network.</param>
public sealed record NetworkInterface(int Inputs, int Outputs)
{
    /// <summary>The interface for a group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The interface.</returns>
    /// <exception cref="PolicyMismatchException">Spaces that these networks do not serve.</exception>
    public static NetworkInterface For(AgentGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.ObservationSpace is not BoxSpace { ElementType: ElementType.Float32 } || group.Agents.Length != 1)
        {
            throw new PolicyMismatchException($"NEAT networks take one agent's float vector, but group '{group.Name}' has {group.Agents.Length} agents that see {group.ObservationSpace}. Choose an environment with float observations.");
        }

        int outputs = group.ActionSpace switch
        {
            DiscreteSpace discrete => discrete.Count,
            BoxSpace { ElementType: ElementType.Float32 } box when box.Low.All(float.IsFinite) && box.High.All(float.IsFinite) => box.Size,
            _ => throw new PolicyMismatchException($"NEAT networks act in bounded boxes and discrete spaces, but group '{group.Name}' acts in {group.ActionSpace}. Choose another environment."),
        };
        return new NetworkInterface(group.ObservationSpace.Size, outputs);
    }
}
