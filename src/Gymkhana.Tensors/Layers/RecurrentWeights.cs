using System.Globalization;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>The four parameters of a recurrent layer: W [gates × H, in] and b of the inputs, U [gates × H, H] and b of the state.</summary>
internal readonly record struct RecurrentWeights(Parameter Input, Parameter State, Parameter InputBias, Parameter StateBias)
{
    /// <summary>Makes them by PyTorch's names and defaults: all numbers evenly from ±1/√H.</summary>
    public static RecurrentWeights Make(Func<string, Shape, Parameter> add, int? layer, int inputs, int hidden, int gates, KeyedStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        string suffix = layer is { } number ? string.Create(CultureInfo.InvariantCulture, $"_l{number}") : string.Empty;
        RecurrentWeights weights = new(
            add("weight_ih" + suffix, new Shape(gates * hidden, inputs)),
            add("weight_hh" + suffix, new Shape(gates * hidden, hidden)),
            add("bias_ih" + suffix, new Shape(gates * hidden)),
            add("bias_hh" + suffix, new Shape(gates * hidden)));
        double bound = 1 / Math.Sqrt(hidden);
        Initialization.Uniform(weights.Input, random, -bound, bound);
        Initialization.Uniform(weights.State, random, -bound, bound);
        Initialization.Uniform(weights.InputBias, random, -bound, bound);
        Initialization.Uniform(weights.StateBias, random, -bound, bound);
        return weights;
    }

    /// <summary>What the inputs give to the gates, for all steps in one product.</summary>
    public Tensor Gates(Tensor input)
    {
        if (input.Shape.Rank != 3 || input.Shape[2] != Input.Shape[1])
        {
            throw new ArgumentException($"a recurrent layer takes [batch, steps, {Input.Shape[1]}], got {input.Shape}.", nameof(input));
        }

        return input.Linear(input.Tape.Use(Input), input.Tape.Use(InputBias));
    }

    /// <summary>Checks a state.</summary>
    public static void CheckState(Tensor state, Shape expected, string name)
    {
        if (state.Shape != expected)
        {
            throw new ArgumentException($"the state has the shape {state.Shape}, expected {expected} for this input.", name);
        }
    }
}
