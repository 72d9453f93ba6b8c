using System.Buffers;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;

namespace Gymkhana.Learning.Networks;

/// <summary>One choice, or several independent ones: each part of an action has logits of its own, side by side in the outputs.</summary>
internal sealed class CategoricalHead : ActionHead
{
    private readonly int[] _choices;

    public CategoricalHead(int[] choices)
        : base(choices.Sum(), choices.Length) => _choices = choices;

    public override void Draw(Tensor outputs, ReadOnlySpan<KeyedStream> streams, Span<float> drawn)
    {
        int rows = streams.Length;
        double[] uniforms = ArrayPool<double>.Shared.Rent(rows);
        int[] classes = ArrayPool<int>.Shared.Rent(rows);
        for (int part = 0; part < _choices.Length; part++)
        {
            for (int row = 0; row < rows; row++)
            {
                uniforms[row] = streams[row].NextDouble();
            }

            Part(outputs, part).Sample(uniforms.AsSpan(0, rows), classes.AsSpan(0, rows));
            Spread(classes.AsSpan(0, rows), part, drawn);
        }

        ArrayPool<double>.Shared.Return(uniforms);
        ArrayPool<int>.Shared.Return(classes);
    }

    public override void Mode(Tensor outputs, Span<float> drawn)
    {
        int rows = outputs.Shape[0];
        int[] classes = ArrayPool<int>.Shared.Rent(rows);
        for (int part = 0; part < _choices.Length; part++)
        {
            Part(outputs, part).Mode(classes.AsSpan(0, rows));
            Spread(classes.AsSpan(0, rows), part, drawn);
        }

        ArrayPool<int>.Shared.Return(classes);
    }

    public override Tensor Mode(Tensor outputs) => throw new NotSupportedException("The choice of a categorical head is made of its logits.");

    public override (Tensor LogProbability, Tensor Entropy) Evaluate(Tensor outputs, ReadOnlySpan<float> drawn)
    {
        int rows = outputs.Shape[0];
        int[] classes = ArrayPool<int>.Shared.Rent(rows);
        Tensor logProbability = default, entropy = default;
        for (int part = 0; part < _choices.Length; part++)
        {
            for (int row = 0; row < rows; row++)
            {
                classes[row] = (int)drawn[(row * Size) + part];
            }

            Categorical categorical = Part(outputs, part);
            Tensor ofPart = categorical.LogProbability(outputs.Tape.Indices(new Shape(rows), classes.AsSpan(0, rows)));
            logProbability = part == 0 ? ofPart : logProbability + ofPart;
            entropy = part == 0 ? categorical.Entropy() : entropy + categorical.Entropy();
        }

        ArrayPool<int>.Shared.Return(classes);
        return (logProbability, entropy);
    }

    public override void Write(ReadOnlySpan<float> drawn, Batch actions, int agent, int copy)
    {
        Batch<int> choices = actions.As<int>();
        for (int part = 0; part < drawn.Length; part++)
        {
            choices[agent, part, copy] = (int)drawn[part];
        }
    }

    private Categorical Part(Tensor outputs, int part)
    {
        int start = Before(part);
        return new Categorical(_choices.Length == 1 ? outputs : outputs.Slice(1, start, start + _choices[part]));
    }

    private int Before(int part)
    {
        int sum = 0;
        for (int i = 0; i < part; i++)
        {
            sum += _choices[i];
        }

        return sum;
    }

    private void Spread(ReadOnlySpan<int> classes, int part, Span<float> drawn)
    {
        for (int row = 0; row < classes.Length; row++)
        {
            drawn[(row * Size) + part] = classes[row];
        }
    }
}
