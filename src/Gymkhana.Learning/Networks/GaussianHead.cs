using System.Buffers;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;

namespace Gymkhana.Learning.Networks;

/// <summary>
/// Normal distributions with means from the network and one ln σ for each component that does not depend on the observation. Points are
/// in units of half the box around its middle where it has both bounds, so that σ = 1 suits every box; else they are taken as they are.
/// </summary>
internal sealed class GaussianHead : ActionHead
{
    private readonly ActionScale _scale;
    private readonly Parameter _logDeviation;

    public GaussianHead(float?[] low, float?[] high, Parameter logDeviation)
        : base(low.Length, low.Length)
    {
        _scale = new ActionScale(low, high);
        _logDeviation = logDeviation;
    }

    public override void Draw(Tensor outputs, ReadOnlySpan<KeyedStream> streams, Span<float> drawn)
    {
        int count = streams.Length * Size;
        float[] normals = ArrayPool<float>.Shared.Rent(count);
        for (int i = 0; i < count; i++)
        {
            normals[i] = (float)streams[i / Size].NextNormal();
        }

        Of(outputs).Sample(normals.AsSpan(0, count), drawn);
        ArrayPool<float>.Shared.Return(normals);
    }

    public override void Mode(Tensor outputs, Span<float> drawn) => Of(outputs).Mode(drawn);

    public override Tensor Mode(Tensor outputs) => _scale.FromSigned(outputs);

    public override (Tensor LogProbability, Tensor Entropy) Evaluate(Tensor outputs, ReadOnlySpan<float> drawn)
    {
        DiagonalNormal normal = Of(outputs);
        return (normal.LogProbability(outputs.Tape.Constant(outputs.Shape, drawn)), normal.Entropy());
    }

    public override void Write(ReadOnlySpan<float> drawn, Batch actions, int agent, int copy)
    {
        Batch<float> numbers = actions.As<float>();
        for (int i = 0; i < drawn.Length; i++)
        {
            numbers[agent, i, copy] = _scale.FromSigned(i, drawn[i]);
        }
    }

    private DiagonalNormal Of(Tensor outputs) => new(outputs, outputs.Tape.Use(_logDeviation));
}
