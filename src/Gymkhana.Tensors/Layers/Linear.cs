using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>y = x Wᵀ + b over the innermost axis. Parameters: "weight" [out, in], "bias" [out].</summary>
public sealed class Linear : Layer
{
    /// <summary>A layer with PyTorch's default weights: all numbers evenly from ±1/√in.</summary>
    /// <param name="inputs">Numbers that come in, at least 1.</param>
    /// <param name="outputs">Numbers that go out, at least 1.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="bias">Whether there is a b.</param>
    public Linear(int inputs, int outputs, KeyedStream random, bool bias = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Weight = AddParameter("weight", new Shape(outputs, inputs));
        Bias = bias ? AddParameter("bias", new Shape(outputs)) : null;
        Initialization.FanInUniform(Weight, Bias, random);
    }

    /// <summary>W, [out, in].</summary>
    public Parameter Weight { get; }

    /// <summary>b, [out], or none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, Activation.None);

    /// <summary>f(x Wᵀ + b), with f applied while the product is stored.</summary>
    /// <param name="input">x, [..., in].</param>
    /// <param name="activation">f.</param>
    /// <returns>[..., out].</returns>
    public Tensor Forward(Tensor input, Activation activation)
    {
        Tape tape = input.Tape;
        return input.Linear(tape.Use(Weight), Bias is null ? null : tape.Use(Bias), activation);
    }
}
