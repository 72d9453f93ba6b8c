using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Operations;

/// <summary>Largest or smallest element along the middle axis of [outer, count, inner], and where it is; the counterpart of <see cref="Extremum"/> where inner is more than 1.</summary>
internal sealed unsafe class ColumnExtremum : Operation
{
    /// <summary>Most elements along the axis: places are kept as floats.</summary>
    public const int MostCount = 1 << 24;

    private float* _places;
    private (int Outer, int Count, int Inner) _size;
    private bool _isMax;

    public static Tensor Of(ReducedAxes walk, bool isMax)
    {
        ColumnExtremum operation = walk.Tensor.Tape.Rent<ColumnExtremum>();
        operation.Take(walk.Tensor);
        operation._places = walk.Tensor.Tape.Memory.Rent(walk.Outer * walk.Inner);
        (operation._size, operation._isMax) = ((walk.Outer, walk.Count, walk.Inner), isMax);
        return walk.Tensor.Tape.Run(operation, walk.Shape);
    }

    public override void Forward() => ExtremeColumns.Find(Workers, X(0), _size, _isMax, Output.Values, _places);

    public override void Backward()
    {
        GradientPlace place = PlaceFor(0);
        ExtremeColumns.Spread(Workers, Output.Gradient, _places, _size, place.Values, place.Add);
    }

    public override void Emit(OnnxEmitter emitter) => emitter.ReduceRun(this, _isMax ? "ReduceMax" : "ReduceMin", _size.Outer, _size.Count, _size.Inner);

    public override void Reference()
    {
        // The element found in float: finite differences then move the same one.
        for (int i = 0; i < Output.Count; i++)
        {
            (int outer, int inner) = Math.DivRem(i, _size.Inner);
            Output.Exact![i] = ExactX(0)[(((outer * _size.Count) + (int)_places[i]) * _size.Inner) + inner]; // a checking tape gives it
        }
    }
}
