using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>Losses: how far this tensor is from a target. Gradients flow to both; <see cref="Detach"/> the target where they should not.</content>
public readonly unsafe partial struct Tensor
{
    /// <summary>(x − target)².</summary>
    /// <param name="target">Of a shape that goes with this one.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <returns>A scalar, or the losses.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public Tensor MseLoss(Tensor target, LossReduction reduction = LossReduction.Mean) => (this - target).Square().Reduce(reduction);

    /// <summary>|x − target|.</summary>
    /// <param name="target">Of a shape that goes with this one.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <returns>A scalar, or the losses.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public Tensor L1Loss(Tensor target, LossReduction reduction = LossReduction.Mean) => (this - target).Abs().Reduce(reduction);

    /// <summary>d²/(2β) for |d| &lt; β, |d| − β/2 from there on, with d = x − target.</summary>
    /// <param name="target">Of a shape that goes with this one.</param>
    /// <param name="beta">β, above 0.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <returns>A scalar, or the losses.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">β is not above 0.</exception>
    public Tensor SmoothL1Loss(Tensor target, float beta = 1, LossReduction reduction = LossReduction.Mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        return Unary<HuberFunction>.Of(this - target, new HuberFunction(beta, 1 / beta)).Reduce(reduction);
    }

    /// <summary>d²/2 for |d| &lt; δ, δ (|d| − δ/2) from there on, with d = x − target (Huber, 1964).</summary>
    /// <param name="target">Of a shape that goes with this one.</param>
    /// <param name="delta">δ, above 0.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <returns>A scalar, or the losses.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">δ is not above 0.</exception>
    public Tensor HuberLoss(Tensor target, float delta = 1, LossReduction reduction = LossReduction.Mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        return Unary<HuberFunction>.Of(this - target, new HuberFunction(delta, 1)).Reduce(reduction);
    }

    /// <summary>Binary cross entropy of logits, ln(1 + eˣ) − x · target, for logits of any size.</summary>
    /// <param name="target">Probabilities, of a shape that goes with this one.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <returns>A scalar, or the losses.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public Tensor BinaryCrossEntropyWithLogits(Tensor target, LossReduction reduction = LossReduction.Mean) => (Softplus() - (this * target)).Reduce(reduction);

    /// <summary>
    /// Kullback-Leibler divergence KL(p ‖ q) = Σ p (ln p − ln q) along the innermost axis, of this tensor, ln q, from p. Take Mean() of it
    /// for the mean over a batch.
    /// </summary>
    /// <param name="target">p, probabilities, of the same shape; where p is 0 the term is 0.</param>
    /// <returns>One number for each distribution: the shape without the innermost axis.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Tensor KlDivergence(Tensor target)
    {
        if (target.Shape != Shape)
        {
            throw new ArgumentException($"a divergence is between tensors of one shape, got {Shape} and {target.Shape}.", nameof(target));
        }

        return (Unary<EntropyFunction>.Of(target) - (target * this)).Sum(-1);
    }

    /// <summary>−x[target]: the loss of logarithms of probabilities, as <see cref="LogSoftmax"/> gives them.</summary>
    /// <param name="target">The right class of each row, [...].</param>
    /// <param name="weight">A weight for each class, [classes]; no gradient goes to it.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <returns>A scalar, or the losses [...], for an x of [..., classes].</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public Tensor NllLoss(IndexTensor target, Tensor? weight = null, LossReduction reduction = LossReduction.Mean)
    {
        CheckClasses(target, weight);
        Tensor losses = -Gather(-1, target);
        if (weight is not { } given)
        {
            return losses.Reduce(reduction);
        }

        Tensor weights = given.Detach().Embedding(target);
        losses *= weights;
        return reduction == LossReduction.Mean ? losses.Sum() / weights.Sum() : losses.Reduce(reduction);
    }

    private Tensor Reduce(LossReduction reduction) => reduction switch
    {
        LossReduction.Mean => Mean(),
        LossReduction.Sum => Sum(),
        LossReduction.None => this,
        _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "no reduction of this number."),
    };

    private void CheckClasses(IndexTensor target, Tensor? weight)
    {
        if (Shape.Rank == 0 || target.Shape != Shape.Without(-1) || (weight is { } w && w.Shape != new Shape(Shape[-1])))
        {
            throw new ArgumentException($"scores of {Shape} need targets {(Shape.Rank == 0 ? "[...]" : Shape.Without(-1))} and weights [classes], got {target.Shape} and {weight?.Shape.ToString() ?? "no weights"}.", nameof(target));
        }
    }

    // factor · (d²/2 within the bound, bound (|d| − bound/2) outside).
    private readonly struct HuberFunction(float bound, float factor) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>
        {
            TWide size = TWide.Abs(x);
            TWide near = TWide.Multiply(size * size, 0.5f);
            TWide far = TWide.Multiply(size - TWide.Broadcast(0.5f * bound), bound);
            return TWide.Multiply(TWide.Select(TWide.LessThan(size, TWide.Broadcast(bound)), near, far), factor);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(TensorMath.Clamp(x, -bound, bound), factor);

        public string? Emit(OnnxEmitter emitter, string x) => null;

        public double Exact(double x) => factor * (Math.Abs(x) < bound ? 0.5 * x * x : bound * (Math.Abs(x) - (0.5 * bound)));
    }

    // p ln p, 0 at 0.
    private readonly struct EntropyFunction : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Value<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(x, default), default, x * TensorMath.Log(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Slope<TWide>(TWide x, TWide y)
            where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(x, default), default, TensorMath.Log(x) + TWide.Broadcast(1));

        public string? Emit(OnnxEmitter emitter, string x) => null;

        public double Exact(double x) => x == 0 ? 0 : x * Math.Log(x);
    }
}
