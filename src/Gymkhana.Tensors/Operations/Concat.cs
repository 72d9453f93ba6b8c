using System.Runtime.CompilerServices;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Several tensors as one.</content>
    public readonly unsafe partial struct Tensor
    {
        private const int MaxParts = 8;

        /// <summary>Tensors behind one another along an axis.</summary>
        /// <param name="axis">The axis; negative counts from the innermost.</param>
        /// <param name="parts">At least one; their shapes differ in that axis at most.</param>
        /// <returns>The tensor.</returns>
        /// <exception cref="ArgumentException">No parts, or their shapes do not go together.</exception>
        public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts)
        {
            if (parts.IsEmpty)
            {
                throw new ArgumentException("Concat needs at least one tensor.", nameof(parts));
            }

            if (parts.Length > MaxParts)
            {
                return ConcatMany(axis, parts);
            }

            Shape first = parts[0].Shape;
            axis = first.Axis(axis);
            int size = 0;
            Operations.Concat operation = parts[0].Tape.Rent<Operations.Concat>();
            foreach (Tensor part in parts)
            {
                if (part.Shape.Rank != first.Rank || part.Shape.With(axis, 1) != first.With(axis, 1))
                {
                    throw new ArgumentException($"tensors of shapes {first} and {part.Shape} cannot be joined along axis {axis}: all other axes must agree.", nameof(parts));
                }

                size += part.Shape[axis];
                operation.Take(part);
            }

            operation.Axis = axis;
            return parts[0].Tape.Run(operation, first.With(axis, size));
        }

        /// <summary>Tensors of one shape side by side along a new axis.</summary>
        /// <param name="axis">Where the new axis comes, 0 to the rank; negative counts from the end, −1 being the new innermost.</param>
        /// <param name="parts">At least one.</param>
        /// <returns>The tensor, with one axis more.</returns>
        /// <exception cref="ArgumentException">No parts, or of different shapes.</exception>
        public static Tensor Stack(int axis, params ReadOnlySpan<Tensor> parts)
        {
            if (parts.IsEmpty)
            {
                throw new ArgumentException("Stack needs at least one tensor.", nameof(parts));
            }

            int rank = parts[0].Shape.Rank;
            int place = axis < 0 ? axis + rank + 1 : axis;
            if ((uint)place > (uint)rank)
            {
                throw new ArgumentOutOfRangeException(nameof(axis), axis, $"a new axis of a tensor of shape {parts[0].Shape} comes at {-rank - 1} to {rank}.");
            }

            Tensor[]? many = parts.Length > MaxParts ? new Tensor[parts.Length] : null;
            EightTensors few = default;
            Span<Tensor> thick = many is null ? few[..parts.Length] : many;
            for (int i = 0; i < parts.Length; i++)
            {
                thick[i] = parts[i].Reshape(parts[i].Shape.Insert(place, 1));
            }

            return Concat(place, thick);
        }

        // An operation has at most eight inputs: eighths are joined first.
        private static Tensor ConcatMany(int axis, ReadOnlySpan<Tensor> parts)
        {
            EightTensors joined = default;
            int group = (parts.Length + MaxParts - 1) / MaxParts;
            int groups = (parts.Length + group - 1) / group;
            for (int i = 0; i < groups; i++)
            {
                joined[i] = Concat(axis, parts[(i * group)..Math.Min(parts.Length, (i + 1) * group)]);
            }

            return Concat(axis, joined[..groups]);
        }

        [InlineArray(MaxParts)]
        private struct EightTensors
        {
            private Tensor _first;
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>Inputs [outer, nᵢ, inner] as one [outer, Σ nᵢ, inner].</summary>
    internal sealed unsafe class Concat : Operation
    {
        public int Axis { get; set; }

        private int Outer => Output.Shape.Product(0, Axis);

        private int Row => Output.Shape.Product(Axis, Output.Shape.Rank);

        public override void Forward()
        {
            for (int i = 0, place = 0; i < InputCount; i++)
            {
                int block = Block(i);
                float* x = X(i);
                for (int o = 0; o < Outer; o++)
                {
                    Blocks.Put(x + ((nint)o * block), Output.Values + ((nint)o * Row) + place, block, add: false);
                }

                place += block;
            }
        }

        public override void Backward()
        {
            for (int i = 0, at = 0; i < InputCount; i++)
            {
                int block = Block(i);
                GradientPlace place = PlaceFor(i);
                for (int o = 0; o < Outer && place.Wanted; o++)
                {
                    Blocks.Put(Output.Gradient + ((nint)o * Row) + at, place.Values + ((nint)o * block), block, place.Add);
                }

                at += block;
            }
        }

        public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Add("Concat", emitter.Inputs(this, 0), ("axis", (long)Axis)));

        public override void Reference()
        {
            for (int i = 0, place = 0; i < InputCount; i++)
            {
                int block = Block(i);
                for (int o = 0; o < Outer; o++)
                {
                    Array.Copy(ExactX(i), o * block, Output.Exact!, (o * Row) + place, block); // a checking tape gives it
                }

                place += block;
            }
        }

        private int Block(int input) => Input(input).Shape.Product(Axis, Output.Shape.Rank);
    }
}
