namespace Gymkhana.Tensors.Layers;

/// <summary>
/// Layer normalisation over the innermost axis: (x − mean) / √(variance + ε) · weight + bias (Ba, Kiros and Hinton, "Layer
/// Normalization", 2016). Parameters: "weight" and "bias", [width].
/// </summary>
public sealed class LayerNorm : Layer
{
    private readonly float _epsilon;

    /// <summary>A layer with weights 1 and biases 0.</summary>
    /// <param name="width">Size of the innermost axis, at least 1.</param>
    /// <param name="epsilon">ε.</param>
    public LayerNorm(int width, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        _epsilon = epsilon;
        Weight = AddParameter("weight", new Shape(width));
        Bias = AddParameter("bias", new Shape(width));
        Initialization.Constant(Weight, 1);
    }

    /// <summary>Factors, [width].</summary>
    public Parameter Weight { get; }

    /// <summary>Summands, [width].</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        Tape tape = input.Tape;
        return input.LayerNorm(tape.Use(Weight), tape.Use(Bias), 1, _epsilon);
    }
}
