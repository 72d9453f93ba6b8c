using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Elements chosen by indices.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// Elements chosen along an axis: for axis 1 of three, y[i, j, k] = x[i, index[i, j, k], k]. Indices without that axis choose
        /// one element each, y[i, k] = x[i, index[i, k], k]: the values of the actions taken, say.
        /// </summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <param name="indices">0 to the size of the axis − 1; of this shape but for that axis, or of this shape without it.</param>
        /// <returns>The elements, in the shape of the indices.</returns>
        /// <exception cref="ArgumentException">The indices have another shape.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
        public Tensor Gather(int axis, IndexTensor indices)
        {
            axis = Shape.Axis(axis);
            bool single = indices.Shape == Shape.Without(axis);
            if (!single && (indices.Shape.Rank != Shape.Rank || indices.Shape.With(axis, 1) != Shape.With(axis, 1)))
            {
                throw new ArgumentException($"indices along axis {axis} of {Shape} agree with it in all other axes, or are of shape {Shape.Without(axis)}, got {indices.Shape}.", nameof(indices));
            }

            CheckIndices(indices, Shape[axis]);
            Operations.Gather operation = Tape.Rent<Operations.Gather>();
            operation.Take(this);
            operation.Indices = indices.Pointer;
            operation.Size = Shape[axis];
            operation.Axis = axis;
            operation.Chosen = single ? 1 : indices.Shape[axis];
            operation.Inner = Shape.Product(axis + 1, Shape.Rank);
            return Tape.Run(operation, indices.Shape);
        }

        /// <summary>Rows of this tensor by their number, such as the vectors of words.</summary>
        /// <param name="indices">0 to the size of axis 0 − 1, in any shape.</param>
        /// <returns>[..indices, ..rest], for a tensor of [count, ..rest].</returns>
        /// <exception cref="ArgumentException">This tensor is a scalar.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
        public Tensor Embedding(IndexTensor indices)
        {
            if (Shape.Rank == 0)
            {
                throw new ArgumentException("an embedding needs a table [count, ...], got a scalar.");
            }

            CheckIndices(indices, Shape[0]);
            Span<int> sizes = stackalloc int[2 * Shape.MaxRank];
            indices.Shape.CopyTo(sizes);
            for (int axis = 1; axis < Shape.Rank; axis++)
            {
                sizes[indices.Shape.Rank + axis - 1] = Shape[axis];
            }

            Operations.Embedding operation = Tape.Rent<Operations.Embedding>();
            operation.Take(this);
            operation.Indices = indices.Pointer;
            operation.Length = Shape.Product(1, Shape.Rank);
            return Tape.Run(operation, new Shape(sizes[..(indices.Shape.Rank + Shape.Rank - 1)]));
        }

        /// <summary>1 at the index, 0 elsewhere.</summary>
        /// <param name="tape">The tape.</param>
        /// <param name="indices">0 to <paramref name="classes"/> − 1.</param>
        /// <param name="classes">Size of the new innermost axis.</param>
        /// <returns>[..indices, classes]; no gradient is kept for it.</returns>
        /// <exception cref="ArgumentOutOfRangeException">An index is outside the classes.</exception>
        public static Tensor OneHot(Tape tape, IndexTensor indices, int classes)
        {
            ArgumentNullException.ThrowIfNull(tape);
            CheckIndices(indices, classes);
            Tensor result = tape.Filled(indices.Shape.Insert(indices.Shape.Rank, classes), 0);
            for (int i = 0; i < indices.Shape.Count; i++)
            {
                int place = (i * classes) + indices.Pointer[i];
                result.Node.Values[place] = 1;
                if (result.Node.Exact is { } exact)
                {
                    exact[place] = 1;
                }
            }

            return result;
        }

        private static void CheckIndices(IndexTensor indices, int size)
        {
            ReadOnlySpan<int> values = indices.Values;
            for (int i = 0; i < values.Length; i++)
            {
                if ((uint)values[i] >= (uint)size)
                {
                    throw new ArgumentOutOfRangeException(nameof(indices), values[i], $"indices go from 0 to {size - 1}; element {i} is {values[i]}.");
                }
            }
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y[o, c, i] = x[o, index[o, c, i], i].</summary>
    internal sealed unsafe class Gather : Operation
    {
        public int* Indices { get; set; }

        public int Axis { get; set; }

        public int Size { get; set; }

        public int Chosen { get; set; }

        public int Inner { get; set; }

        public override void Forward()
        {
            float* x = X(0);
            for (int i = 0; i < Output.Count; i++)
            {
                Output.Values[i] = x[Source(i)];
            }
        }

        /// <summary>Each upstream element goes back to where its value came from, in the order of the output.</summary>
        public override void Backward()
        {
            float* gradient = PlaceFor(0).ToAddTo();
            for (int i = 0; i < Output.Count; i++)
            {
                gradient[Source(i)] += Output.Gradient[i];
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            Gather twin = emitter.TwinOf(this);
            string x = emitter.Input(this, 0);
            string indices = emitter.Indices(this, Indices, twin.Indices, Output.Shape, twin.Output.Shape);
            bool single = Output.Shape.Rank < Input(0).Shape.Rank;
            string y = emitter.Add("GatherElements", [x, single ? emitter.Unsqueezed(indices, Axis) : indices], ("axis", (long)Axis));
            emitter.Set(Output, single ? emitter.Squeezed(y, Axis) : y);
        }

        public override void Reference()
        {
            for (int i = 0; i < Output.Count; i++)
            {
                Output.Exact![i] = ExactX(0)[Source(i)]; // a checking tape gives it
            }
        }

        private int Source(int i) => (((i / (Chosen * Inner) * Size) + Indices[i]) * Inner) + (i % Inner);
    }

    /// <summary>y[i, :] = x[index[i], :].</summary>
    internal sealed unsafe class Embedding : Operation
    {
        public int* Indices { get; set; }

        public int Length { get; set; }

        private int Rows => Length == 0 ? 0 : Output.Count / Length;

        private Shape IndexShape
        {
            get
            {
                Span<int> sizes = stackalloc int[Shape.MaxRank];
                Output.Shape.CopyTo(sizes);
                return new Shape(sizes[..(Output.Shape.Rank - Input(0).Shape.Rank + 1)]);
            }
        }

        public override void Forward()
        {
            for (int i = 0; i < Rows; i++)
            {
                Kernels.Blocks.Put(X(0) + ((nint)Indices[i] * Length), Output.Values + ((nint)i * Length), Length, add: false);
            }
        }

        /// <summary>Rows are added to the table's gradient one after another, so that repeated ones accumulate.</summary>
        public override void Backward()
        {
            float* gradient = PlaceFor(0).ToAddTo();
            for (int i = 0; i < Rows; i++)
            {
                Kernels.Blocks.Put(Output.Gradient + ((nint)i * Length), gradient + ((nint)Indices[i] * Length), Length, add: true);
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            Embedding twin = emitter.TwinOf(this);
            string indices = emitter.Indices(this, Indices, twin.Indices, IndexShape, twin.IndexShape);
            emitter.Set(Output, emitter.Add("Gather", [emitter.Input(this, 0), indices], ("axis", 0L)));
        }

        public override void Reference()
        {
            for (int i = 0; i < Rows; i++)
            {
                Array.Copy(ExactX(0), Indices[i] * Length, Output.Exact!, i * Length, Length); // a checking tape gives it
            }
        }
    }
}
