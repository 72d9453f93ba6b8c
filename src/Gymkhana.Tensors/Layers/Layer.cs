namespace Gymkhana.Tensors.Layers;

/// <summary>A module that makes one tensor from one tensor.</summary>
public abstract class Layer : Module
{
    /// <summary>The result for an input, on the input's tape.</summary>
    /// <param name="input">The input, whose innermost axes are those that the layer works on.</param>
    /// <returns>The result.</returns>
    public abstract Tensor Forward(Tensor input);
}
