using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Learning.Datasets;

/// <summary>
/// What one observation of a dataset is made of. Pictures are stored once, frame by frame; an observation that is a stack of the last
/// few frames is put together again when it is read, the first frame of an episode filling the places before it.
/// </summary>
public sealed record DatasetLayout
{
    private const int DeepestStack = 16;
    private const int SmallestPicture = 8;

    /// <summary>A layout.</summary>
    /// <param name="frame">Sizes of one stored frame, such as [96, 96], or [4] for four numbers.</param>
    /// <param name="stack">Frames of one observation, at least 1.</param>
    /// <param name="isPixels">Whether a frame is bytes; else it is 32-bit floats.</param>
    /// <exception cref="ArgumentException">An axis or the stack is below 1.</exception>
    public DatasetLayout(ImmutableArray<int> frame, int stack, bool isPixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stack, 1);
        if (frame.IsDefaultOrEmpty || frame.Any(axis => axis < 1))
        {
            throw new ArgumentException("A frame needs at least one axis, and each of at least 1.", nameof(frame));
        }

        Frame = frame;
        Stack = stack;
        IsPixels = isPixels;
        FrameBytes = checked(frame.Aggregate(1, (product, axis) => checked(product * axis)) * (isPixels ? 1 : sizeof(float)));
    }

    /// <summary>Sizes of one stored frame.</summary>
    public ImmutableArray<int> Frame { get; }

    /// <summary>Frames of one observation, the newest last.</summary>
    public int Stack { get; }

    /// <summary>Whether numbers are bytes; else 32-bit floats.</summary>
    public bool IsPixels { get; }

    /// <summary>Bytes of one stored frame.</summary>
    public int FrameBytes { get; }

    /// <summary>Bytes of one observation.</summary>
    public int ObservationBytes => Stack * FrameBytes;

    /// <summary>Numbers of one observation.</summary>
    public int ObservationSize => ObservationBytes / (IsPixels ? 1 : sizeof(float));

    /// <summary>Sizes of one observation: the stack, where there is one, and the frame.</summary>
    public ImmutableArray<int> Observation => Stack == 1 ? Frame : Frame.Insert(0, Stack);

    /// <summary>The layout for what a group of agents observes: a byte box [S, H, W] is a stack of S pictures, a float vector is a frame of its own.</summary>
    /// <param name="group">The group, of one agent that chooses among actions.</param>
    /// <returns>The layout.</returns>
    /// <exception cref="DatasetException">Spaces that datasets do not hold.</exception>
    public static DatasetLayout Of(AgentGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Agents.Length != 1 || group.ActionSpace is not DiscreteSpace)
        {
            throw new DatasetException($"A dataset holds what one agent does that chooses among actions, but group '{group.Name}' has {group.Agents.Length} agents that act in {group.ActionSpace}. Choose another environment, or settings with discrete actions.");
        }

        ImmutableArray<int> shape = group.ObservationSpace.Shape;
        return group.ObservationSpace switch
        {
            BoxSpace { ElementType: ElementType.UInt8 } when shape is [> 1 and <= DeepestStack, >= SmallestPicture, >= SmallestPicture] =>
                new DatasetLayout(shape.RemoveAt(0), shape[0], isPixels: true),
            BoxSpace { ElementType: ElementType.UInt8 } => new DatasetLayout(shape, 1, isPixels: true),
            BoxSpace { ElementType: ElementType.Float32 } => new DatasetLayout(shape, 1, isPixels: false),
            _ => throw new DatasetException($"A dataset holds pictures of bytes or vectors of floats, but '{group.Name}' sees {group.ObservationSpace}. Choose another environment."),
        };
    }

    /// <inheritdoc/>
    public bool Equals(DatasetLayout? other) =>
        other is not null && other.Stack == Stack && other.IsPixels == IsPixels && other.Frame.AsSpan().SequenceEqual(Frame.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => ObservationBytes;

    /// <summary>As "4×96×96 uint8".</summary>
    /// <returns>The observation in words.</returns>
    public override string ToString() => $"{string.Join('×', Observation)} {(IsPixels ? "uint8" : "float32")}";
}
