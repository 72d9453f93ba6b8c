namespace Gymkhana.Tensors.Layers;

/// <summary>Layers one after another, named "0", "1", ... as PyTorch does. A function after a <see cref="Linear"/> is applied within its product.</summary>
public class Sequential : Layer
{
    private readonly Layer[] _layers;

    /// <summary>Layers in order.</summary>
    /// <param name="layers">At least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public Sequential(params IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
        {
            throw new ArgumentException("a sequence needs at least one layer.", nameof(layers));
        }

        _layers = [.. layers];
        for (int i = 0; i < _layers.Length; i++)
        {
            AddModule(i.ToString(System.Globalization.CultureInfo.InvariantCulture), _layers[i]);
        }
    }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        Tensor x = input;
        for (int i = 0; i < _layers.Length; i++)
        {
            if (_layers[i] is Linear linear && i + 1 < _layers.Length && _layers[i + 1] is Nonlinearity { Kind: { } activation })
            {
                x = linear.Forward(x, activation);
                i++;
                continue;
            }

            x = _layers[i].Forward(x);
        }

        return x;
    }
}
