using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>Brings observations to the input of a model.</summary>
internal sealed class ObservationPort
{
    // A float input takes pixel b as (b − 128)/128.
    private const float PixelMiddle = 128;
    private readonly OnnxPlan _plan;
    private readonly string _input;
    private readonly Batch _observations;
    private readonly int _rows;
    private readonly bool _takesBytes;

    public ObservationPort(string policy, OnnxValueSpec input, OnnxPlan plan, AgentGroup group, int rows)
    {
        (_plan, _input, _observations, _rows) = (plan, input.Name, group.Observations, rows);
        ElementType element = group.ObservationSpace.ElementType;
        _takesBytes = input.Type == OnnxElementType.UInt8;
        if (input.Type != OnnxElementType.Float32 && !(_takesBytes && element == ElementType.UInt8))
        {
            throw new PolicyMismatchException($"'{policy}': its input is {input}, expected float32{(element == ElementType.UInt8 ? " or uint8" : string.Empty)} for {group.ObservationSpace}. Export the model anew.");
        }

        ReadOnlySpan<int> sample = plan.InputShape(_input)[1..];
        int size = 1;
        foreach (int axis in sample)
        {
            size *= axis;
        }

        bool fits = size == group.ObservationSpace.Size && (sample.Length == 1 || sample.SequenceEqual(group.ObservationSpace.Shape.AsSpan()));
        if (!fits)
        {
            throw new PolicyMismatchException($"'{policy}': its input is {input}, but group '{group.Name}' sees {group.ObservationSpace}. Use it with the environment and the settings it was made for.");
        }
    }

    /// <summary>Copies that the model takes at once: all of them, or one where its batch is fixed at 1.</summary>
    public static int RowsOf(string policy, OnnxValueSpec input, AgentGroup group, int copies)
    {
        if (input.Shape is not { Length: >= 2 } shape)
        {
            throw new PolicyMismatchException($"'{policy}': its input is {input}, expected a batch of observations [batch, ...] for {group.ObservationSpace}. Export the model anew.");
        }

        if (!shape[0].IsFixed)
        {
            return copies;
        }

        return shape[0].Size == 1
            ? 1
            : throw new PolicyMismatchException($"'{policy}': its input is {input}, with a batch fixed at {shape[0].Size}. Export it with an open batch axis, or with a batch of 1.");
    }

    /// <summary>Writes the observations of the copies from this one on, as many as the plan has rows.</summary>
    public void Write(int copy)
    {
        int features = _observations.Features;
        if (_observations is Batch<byte> pixels)
        {
            ReadOnlySpan<byte> source = pixels.Values.Slice(copy * features, _rows * features);
            if (_takesBytes)
            {
                source.CopyTo(_plan.Input<byte>(_input));
                return;
            }

            Span<float> scaled = _plan.Input<float>(_input);
            for (int i = 0; i < source.Length; i++)
            {
                scaled[i] = (source[i] - PixelMiddle) / PixelMiddle;
            }

            return;
        }

        Span<float> target = _plan.Input<float>(_input);
        Batch<float> numbers = _observations.As<float>();
        for (int feature = 0; feature < features; feature++)
        {
            ReadOnlySpan<float> lane = numbers.Lane(feature).Slice(copy, _rows);
            for (int row = 0; row < lane.Length; row++)
            {
                target[(row * features) + feature] = lane[row];
            }
        }
    }
}
