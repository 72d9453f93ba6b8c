namespace Gymkhana.Tensors.Layers;

/// <summary>
/// Batch normalisation of [N, C, H, W] by channel (Ioffe and Szegedy, "Batch Normalization", 2015): by the batch's own mean and
/// variance while <see cref="Module.IsTraining"/>, by the running ones otherwise. Parameters: "weight" and "bias", [C];
/// buffers: "running_mean" and "running_var", [C].
/// </summary>
public sealed class BatchNorm2d : Layer
{
    private readonly float _momentum;
    private readonly float _epsilon;

    /// <summary>A layer with weights 1 and biases 0.</summary>
    /// <param name="channels">C, at least 1.</param>
    /// <param name="momentum">Share of a batch in the running figures.</param>
    /// <param name="epsilon">Added to the variance under the root.</param>
    public BatchNorm2d(int channels, float momentum = 0.1f, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (_momentum, _epsilon) = (momentum, epsilon);
        Weight = AddParameter("weight", new Shape(channels));
        Bias = AddParameter("bias", new Shape(channels));
        RunningMean = AddBuffer("running_mean", new Shape(channels));
        RunningVariance = AddBuffer("running_var", new Shape(channels));
        Initialization.Constant(Weight, 1);
        Initialization.Constant(RunningVariance, 1);
    }

    /// <summary>Factors, [C].</summary>
    public Parameter Weight { get; }

    /// <summary>Summands, [C].</summary>
    public Parameter Bias { get; }

    /// <summary>Running means, [C].</summary>
    public Parameter RunningMean { get; }

    /// <summary>Running variances (unbiased, as PyTorch keeps them), [C].</summary>
    public Parameter RunningVariance { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        Tape tape = input.Tape;
        return input.BatchNorm(tape.Use(Weight), tape.Use(Bias), RunningMean, RunningVariance, IsTraining, _momentum, _epsilon);
    }
}
