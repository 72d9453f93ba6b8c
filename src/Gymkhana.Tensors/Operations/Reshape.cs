using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Other shapes of the same elements.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>The same elements in another shape; nothing is copied.</summary>
        /// <param name="sizes">Sizes; one of them may be −1 and is then what is left.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ArgumentException">Another number of elements.</exception>
        public Tensor Reshape(params ReadOnlySpan<int> sizes)
        {
            Span<int> resolved = stackalloc int[sizes.Length];
            sizes.CopyTo(resolved);
            int open = sizes.IndexOf(-1);
            if (open >= 0)
            {
                resolved[open] = 1;
                int rest = new Shape(resolved).Count;
                resolved[open] = rest == 0 ? 0 : Shape.Count / rest;
            }

            return Reshape(new Shape(resolved));
        }

        /// <summary>The same elements in another shape; nothing is copied.</summary>
        /// <param name="shape">The shape.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ArgumentException">Another number of elements.</exception>
        public Tensor Reshape(Shape shape)
        {
            if (shape.Count != Shape.Count)
            {
                throw new ArgumentException($"a tensor of shape {Shape} has {Shape.Count} elements and cannot take the shape {shape} of {shape.Count}.", nameof(shape));
            }

            Operations.Reshape operation = Tape.Rent<Operations.Reshape>();
            operation.Take(this);
            return Tape.RunView(operation, shape);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>The same elements in another shape: a view, whose gradient is that of what it views.</summary>
    internal sealed class Reshape : Operation
    {
        public override void Forward()
        {
        }

        public override void Backward()
        {
        }

        public override void Emit(OnnxEmitter emitter)
        {
            int[] dims = emitter.Dims(Output);
            string x = emitter.Input(this, 0);
            emitter.Set(Output, emitter.Dims(Input(0)).AsSpan().SequenceEqual(dims) ? x : emitter.Reshaped(x, dims));
        }

        public override void Reference() => ExactX(0).CopyTo(Output.Exact!, 0); // a checking tape gives it
    }
}
