using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Parts of a tensor.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>Elements start, start + step, … before end along an axis; copied.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <param name="start">First index, 0 to the size; negative counts from the end.</param>
        /// <param name="end">Past the last index, 0 to the size; negative counts from the end.</param>
        /// <param name="step">At least 1.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The range is not inside the axis, or the step below 1.</exception>
        public Tensor Slice(int axis, int start, int end, int step = 1)
        {
            axis = Shape.Axis(axis);
            int size = Shape[axis];
            int first = start < 0 ? start + size : start;
            int past = end < 0 ? end + size : end;
            if (first < 0 || past < first || past > size || step < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(start), $"a slice of axis {axis} of {Shape} lies within 0 to {size} with a step of at least 1, got {start} to {end} by {step}.");
            }

            Operations.Slice operation = Tape.Rent<Operations.Slice>();
            operation.Take(this);
            operation.Axis = axis;
            operation.Start = first;
            operation.Step = step;
            return Tape.Run(operation, Shape.With(axis, (past - first + step - 1) / step));
        }

        /// <summary>Elements from an index to the end of an axis; copied.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <param name="start">First index, 0 to the size; negative counts from the end.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The index is not inside the axis.</exception>
        public Tensor SliceFrom(int axis, int start) => Slice(axis, start, Shape[axis]);

        /// <summary>Parts of the given sizes, one behind the other along an axis.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <param name="sizes">Their sizes; they add up to that of the axis.</param>
        /// <param name="parts">Receives the tensors, as many as sizes.</param>
        /// <exception cref="ArgumentException">The sizes do not add up, or there is another number of parts.</exception>
        public void Split(int axis, ReadOnlySpan<int> sizes, Span<Tensor> parts)
        {
            int sum = 0;
            foreach (int size in sizes)
            {
                sum += size;
            }

            if (sum != Shape[axis] || parts.Length != sizes.Length)
            {
                throw new ArgumentException($"axis {axis} of {Shape} has size {Shape[axis]}; {sizes.Length} parts of {sum} together for {parts.Length} tensors do not fit it.", nameof(sizes));
            }

            for (int i = 0, start = 0; i < sizes.Length; start += sizes[i++])
            {
                parts[i] = Slice(axis, start, start + sizes[i]);
            }
        }

        /// <summary>Equal parts along an axis.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <param name="parts">Receives the tensors; their number divides the size of the axis.</param>
        /// <exception cref="ArgumentException">The axis cannot be divided by so many.</exception>
        public void Split(int axis, Span<Tensor> parts)
        {
            if (parts.IsEmpty || Shape[axis] % parts.Length != 0)
            {
                throw new ArgumentException($"axis {axis} of {Shape} has size {Shape[axis]} and cannot be split into {parts.Length} equal parts.", nameof(parts));
            }

            int size = Shape[axis] / parts.Length;
            for (int i = 0; i < parts.Length; i++)
            {
                parts[i] = Slice(axis, i * size, (i + 1) * size);
            }
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y[o, r, i] = x[o, start + r · step, i].</summary>
    internal sealed unsafe class Slice : Operation
    {
        public int Axis { get; set; }

        public int Start { get; set; }

        public int Step { get; set; }

        private int Outer => Output.Shape.Product(0, Axis);

        private int Inner => Output.Shape.Product(Axis + 1, Output.Shape.Rank);

        private int Runs => Step == 1 ? 1 : Output.Shape[Axis];

        private int Run => Step == 1 ? Output.Shape[Axis] * Inner : Inner;

        public override void Forward()
        {
            for (int o = 0, target = 0; o < Outer; o++)
            {
                for (int r = 0; r < Runs; r++, target += Run)
                {
                    Blocks.Put(X(0) + Source(o, r), Output.Values + target, Run, add: false);
                }
            }
        }

        public override void Backward()
        {
            float* gradient = PlaceFor(0).ToAddTo();
            for (int o = 0, target = 0; o < Outer; o++)
            {
                for (int r = 0; r < Runs; r++, target += Run)
                {
                    Blocks.Put(Output.Gradient + target, gradient + Source(o, r), Run, add: true);
                }
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            bool open = emitter.Dims(Output)[Axis] < 0;
            int count = Output.Shape[Axis];
            bool toTheEnd = Start + (count * Step) >= Input(0).Shape[Axis];
            if (emitter.TwinOf(this).Start != Start || (open && !toTheEnd))
            {
                throw OnnxEmitter.Refuse(this, $"where it begins or ends along axis {Axis} depends on the batch. Slice along other axes, or from a fixed place to the end.");
            }

            long end = open ? int.MaxValue : Start + ((count - 1L) * Step) + 1;
            emitter.Set(Output, emitter.Sliced(emitter.Input(this, 0), Axis, Start, end, Step));
        }

        public override void Reference()
        {
            for (int o = 0, target = 0; o < Outer; o++)
            {
                for (int r = 0; r < Runs; r++, target += Run)
                {
                    Array.Copy(ExactX(0), Source(o, r), Output.Exact!, target, Run); // a checking tape gives it
                }
            }
        }

        private int Source(int outer, int run) => ((outer * Input(0).Shape[Axis]) + Start + (run * Step)) * Inner;
    }
}
