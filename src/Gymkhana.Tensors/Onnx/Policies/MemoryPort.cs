using Gymkhana.Core.Policies;

namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>An input that takes what an output gave in the step before: <c>m</c> and <c>next_m</c>, the batch outermost.</summary>
internal sealed class MemoryPort
{
    private const string Prefix = "next_";
    private readonly OnnxPlan _plan;
    private readonly string _input;
    private readonly string _output;
    private readonly int _width;
    private readonly float[] _kept;

    public MemoryPort(string policy, OnnxValueSpec input, OnnxPlan plan, int rows, int copies)
    {
        (_plan, _input, _output) = (plan, input.Name, Prefix + input.Name);
        if (!plan.InputShape(_input).SequenceEqual(plan.OutputShape(_output)))
        {
            throw new PolicyMismatchException($"'{policy}': memory {OnnxText.Quote(_input)} is [{Sizes(plan.InputShape(_input))}] and {OnnxText.Quote(_output)} is [{Sizes(plan.OutputShape(_output))}], expected the same shape. Export the model anew.");
        }

        _width = plan.Input<float>(_input).Length / rows;
        _kept = new float[_width * copies];
    }

    /// <summary>Whether an input is memory.</summary>
    public static bool Is(OnnxModel model, OnnxValueSpec input) =>
        input.Type == OnnxElementType.Float32 && model.Outputs.Any(o => o.Name == Prefix + input.Name && o.Type == OnnxElementType.Float32);

    /// <summary>Gives the model what is remembered of the copies from this one on, as many as the plan has rows.</summary>
    public void Write(int copy)
    {
        Span<float> target = _plan.Input<float>(_input);
        _kept.AsSpan(copy * _width, target.Length).CopyTo(target);
    }

    /// <summary>Remembers what the model gave for these copies.</summary>
    public void Keep(int copy) => _plan.Output<float>(_output).CopyTo(_kept.AsSpan(copy * _width));

    public void Forget() => _kept.AsSpan().Clear();

    public void Forget(int copy) => _kept.AsSpan(copy * _width, _width).Clear();

    private static string Sizes(ReadOnlySpan<int> shape) => string.Join(", ", shape.ToArray());
}
