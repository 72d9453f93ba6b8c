namespace Gymkhana.Tensors;

/// <summary>A function applied to each element of a product before it is stored.</summary>
public enum Activation
{
    /// <summary>x</summary>
    None,

    /// <summary>max(0, x); NaN stays NaN.</summary>
    Relu,

    /// <summary>Hyperbolic tangent, <see cref="Core.Simd.WideMath.Tanh"/>.</summary>
    Tanh,

    /// <summary>Logistic function, <see cref="Core.Simd.WideMath.Sigmoid"/>.</summary>
    Sigmoid,
}
