using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Operations;

namespace Gymkhana.Tensors;

/// <content>
/// Reductions. Axes are counted from the outermost, negative ones from the innermost; without axes everything is reduced to a
/// scalar. Sums along the innermost axes are kept in sixteen lanes (see docs/determinism.md), others are in order.
/// </content>
public readonly unsafe partial struct Tensor
{
    /// <summary>Sum over axes.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The sums; 0 over no elements.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor Sum(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => Operations.Sum.Of(this, axes, keepDimensions, isMean: false);

    /// <summary>Sum over an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="keepDimensions">Whether it stays, with size 1.</param>
    /// <returns>The sums.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public Tensor Sum(int axis, bool keepDimensions = false) => Sum([axis], keepDimensions);

    /// <summary>Mean over axes.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The means; NaN over no elements.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor Mean(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => Operations.Sum.Of(this, axes, keepDimensions, isMean: true);

    /// <summary>Mean over an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="keepDimensions">Whether it stays, with size 1.</param>
    /// <returns>The means.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public Tensor Mean(int axis, bool keepDimensions = false) => Mean([axis], keepDimensions);

    /// <summary>Largest element over axes; NaN where there is one. The gradient goes to the first of the largest.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The largest elements.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice, or nothing to choose from.</exception>
    public Tensor Max(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => Extremum.Of(this, axes, keepDimensions, isMax: true);

    /// <summary>Largest element over an axis; NaN where there is one. The gradient goes to the first of the largest.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="keepDimensions">Whether it stays, with size 1.</param>
    /// <returns>The largest elements.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or nothing to choose from.</exception>
    public Tensor Max(int axis, bool keepDimensions = false) => Max([axis], keepDimensions);

    /// <summary>Smallest element over axes; NaN where there is one. The gradient goes to the first of the smallest.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The smallest elements.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice, or nothing to choose from.</exception>
    public Tensor Min(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => Extremum.Of(this, axes, keepDimensions, isMax: false);

    /// <summary>Smallest element over an axis; NaN where there is one. The gradient goes to the first of the smallest.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="keepDimensions">Whether it stays, with size 1.</param>
    /// <returns>The smallest elements.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or nothing to choose from.</exception>
    public Tensor Min(int axis, bool keepDimensions = false) => Min([axis], keepDimensions);

    /// <summary>Product over axes.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The products; 1 over no elements.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor Product(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => RowReduction<ProductReduction>.Of(this, axes, keepDimensions);

    /// <summary>ln Σ eˣ over axes, for elements of any size.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The logarithms; −∞ over no elements.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor LogSumExp(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => RowReduction<LogSumExpReduction>.Of(this, axes, keepDimensions);

    /// <summary>ln Σ eˣ over an axis, for elements of any size.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="keepDimensions">Whether it stays, with size 1.</param>
    /// <returns>The logarithms.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public Tensor LogSumExp(int axis, bool keepDimensions = false) => LogSumExp([axis], keepDimensions);

    /// <summary>√Σ x² over axes; its gradient at 0 is 0.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <returns>The norms.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor Norm(ReadOnlySpan<int> axes = default, bool keepDimensions = false) => RowReduction<NormReduction>.Of(this, axes, keepDimensions);

    /// <summary>Mean squared distance from the mean, over axes.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <param name="unbiased">Whether the squares are divided by the number of elements minus one (Bessel's correction).</param>
    /// <returns>The variances; NaN where that is a division by 0.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor Variance(ReadOnlySpan<int> axes = default, bool keepDimensions = false, bool unbiased = true)
    {
        Tensor squares = (this - Mean(axes, keepDimensions: true)).Square();
        Tensor sums = squares.Sum(axes, keepDimensions);
        int count = sums.Shape.Count == 0 ? 1 : Shape.Count / sums.Shape.Count;
        return sums / (unbiased ? count - 1f : count);
    }

    /// <summary>Square root of <see cref="Variance"/>.</summary>
    /// <param name="axes">Axes that go away; none: all.</param>
    /// <param name="keepDimensions">Whether they stay, with size 1.</param>
    /// <param name="unbiased">Whether the squares are divided by the number of elements minus one.</param>
    /// <returns>The standard deviations; where one is 0 its gradient is not a number.</returns>
    /// <exception cref="ArgumentException">An axis that there is not, or twice.</exception>
    public Tensor StandardDeviation(ReadOnlySpan<int> axes = default, bool keepDimensions = false, bool unbiased = true) => Variance(axes, keepDimensions, unbiased).Sqrt();

    /// <summary>Where the largest element of an axis is; the first of equal ones, the first NaN if there is one.</summary>
    /// <param name="axis">The axis; it goes away.</param>
    /// <returns>The indices along it.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or it is empty.</exception>
    public IndexTensor ArgMax(int axis = -1)
    {
        Tape tape = Tape;
        if (tape.Trace is not null)
        {
            throw new OnnxExportException("ArgMax within a network cannot be exported. Give the tensor as an output of kind ArgMax.");
        }

        bool recording = tape.Recording;
        tape.Recording = false; // indices have no gradient
        try
        {
            ReducedAxes walk = ReducedAxes.Of(this, [axis], keepDimensions: false, contiguous: true);
            int* indices = (int*)tape.Memory.Rent(walk.Outer);
            Extremum.Find(walk, isMax: true, indices);
            return new IndexTensor(tape, tape.Step, walk.Shape, indices);
        }
        finally
        {
            tape.Recording = recording;
        }
    }
}
