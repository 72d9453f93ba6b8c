namespace Gymkhana.Tensors.Layers;

/// <summary>A function of each element as a layer without parameters, so that layers after it are numbered as in PyTorch.</summary>
public sealed class Nonlinearity : Layer
{
    private readonly Func<Tensor, Tensor> _function;

    /// <summary>One of the functions that a product can apply itself; after a <see cref="Linear"/> in a <see cref="Sequential"/> it does.</summary>
    /// <param name="activation">The function.</param>
    public Nonlinearity(Activation activation)
    {
        Kind = activation;
        _function = activation switch
        {
            Activation.None => x => x,
            Activation.Relu => x => x.Relu(),
            Activation.Tanh => x => x.Tanh(),
            Activation.Sigmoid => x => x.Sigmoid(),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "no activation of this number."),
        };
    }

    /// <summary>Any function.</summary>
    /// <param name="function">Computes a tensor from a tensor, such as <c>x =&gt; x.Gelu()</c>.</param>
    public Nonlinearity(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    /// <summary>The function, where it is one that a product can apply; otherwise null.</summary>
    public Activation? Kind { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _function(input);
}
