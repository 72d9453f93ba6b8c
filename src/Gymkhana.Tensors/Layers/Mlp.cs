using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// Linear layers with a function between each two (a multilayer perceptron). Named as the same thing is in PyTorch's
/// <c>nn.Sequential</c>: "0.weight", "0.bias", "2.weight", ...
/// </summary>
public sealed class Mlp : Sequential
{
    /// <summary>A perceptron with PyTorch's default weights.</summary>
    /// <param name="sizes">Inputs, hidden sizes, outputs: at least two numbers.</param>
    /// <param name="hidden">The function after each layer but the last.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="output">The function after the last layer.</param>
    public Mlp(ReadOnlySpan<int> sizes, Activation hidden, KeyedStream random, Activation output = Activation.None)
        : base(Build(sizes, hidden, random, output))
    {
    }

    /// <summary>The linear layers, first to last.</summary>
    public IEnumerable<Linear> Linears => Layers.OfType<Linear>();

    /// <summary>
    /// Draws all weights anew as is usual for PPO: orthogonal matrices of one gain in the hidden layers and of another in the last,
    /// biases 0 (Andrychowicz et al., "What Matters In On-Policy Reinforcement Learning?", 2020).
    /// </summary>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <param name="outputGain">Gain of the last layer: 0.01 for a policy, 1 for a value.</param>
    /// <param name="hiddenGain">Gain of the others; √2 by default.</param>
    /// <returns>This network.</returns>
    public Mlp InitializeOrthogonal(KeyedStream random, double outputGain, double hiddenGain = 1.4142135623730951)
    {
        Linear last = Linears.Last();
        foreach (Linear linear in Linears)
        {
            Initialization.Orthogonal(linear.Weight, random, linear == last ? outputGain : hiddenGain);
            linear.Bias!.Values.Clear(); // Build gives each a bias
        }

        return this;
    }

    private static List<Layer> Build(ReadOnlySpan<int> sizes, Activation hidden, KeyedStream random, Activation output)
    {
        if (sizes.Length < 2)
        {
            throw new ArgumentException($"a perceptron has inputs and outputs: at least two sizes, got {sizes.Length}.", nameof(sizes));
        }

        List<Layer> layers = [];
        for (int i = 1; i < sizes.Length; i++)
        {
            layers.Add(new Linear(sizes[i - 1], sizes[i], random));
            Activation activation = i < sizes.Length - 1 ? hidden : output;
            if (activation != Activation.None)
            {
                layers.Add(new Nonlinearity(activation));
            }
        }

        return layers;
    }
}
