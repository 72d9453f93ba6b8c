using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;

namespace Gymkhana.Learning.Networks;

/// <summary>Beta distributions with α = 1 + softplus and β = 1 + softplus of the outputs, so that each has one peak; (0, 1) is scaled to the box.</summary>
internal sealed class BetaHead : ActionHead
{
    private readonly ActionScale _scale;

    public BetaHead(float?[] low, float?[] high)
        : base(2 * low.Length, low.Length) => _scale = new ActionScale(low, high);

    public override void Draw(Tensor outputs, ReadOnlySpan<KeyedStream> streams, Span<float> drawn) => Of(outputs).Sample(streams, drawn);

    public override void Mode(Tensor outputs, Span<float> drawn) => Of(outputs).Mean(drawn);

    public override Tensor Mode(Tensor outputs)
    {
        Beta beta = Of(outputs);
        return _scale.FromUnit(beta.Alpha / (beta.Alpha + beta.BetaParameter));
    }

    public override (Tensor LogProbability, Tensor Entropy) Evaluate(Tensor outputs, ReadOnlySpan<float> drawn)
    {
        Beta beta = Of(outputs);
        return (beta.LogProbability(outputs.Tape.Constant(beta.Alpha.Shape, drawn)), beta.Entropy());
    }

    public override void Write(ReadOnlySpan<float> drawn, Batch actions, int agent, int copy)
    {
        Batch<float> numbers = actions.As<float>();
        for (int i = 0; i < drawn.Length; i++)
        {
            numbers[agent, i, copy] = _scale.FromUnit(i, drawn[i]);
        }
    }

    // The first half of the outputs makes α, the second β.
    private Beta Of(Tensor outputs)
    {
        Tensor above = outputs.Softplus() + 1f;
        return new Beta(above.Slice(1, 0, Size), above.SliceFrom(1, Size));
    }
}
