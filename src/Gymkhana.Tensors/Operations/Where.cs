using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Choices by a mask, and repetition.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>The elements of one tensor where a mask is set, of another elsewhere. The gradient goes to the one that was chosen.</summary>
        /// <param name="mask">Set where not 0; no gradient goes to it.</param>
        /// <param name="whenSet">Taken where the mask is set.</param>
        /// <param name="otherwise">Taken elsewhere.</param>
        /// <returns>The elements, in the shape that all three have together.</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public static Tensor Where(Tensor mask, Tensor whenSet, Tensor otherwise)
        {
            Shape shape = Operations.Broadcast.Join(Operations.Broadcast.Join(mask.Shape, whenSet.Shape), otherwise.Shape);
            Operations.Where operation = mask.Tape.Rent<Operations.Where>();
            operation.Take(mask.BroadcastTo(shape));
            operation.Take(whenSet.BroadcastTo(shape));
            operation.Take(otherwise.BroadcastTo(shape));
            return mask.Tape.Run(operation, shape);
        }

        /// <summary>The tensor repeated along axes of size 1 and along new outer axes.</summary>
        /// <param name="shape">The shape wanted.</param>
        /// <returns>A tensor of that shape; this one if it has it already.</returns>
        /// <exception cref="ArgumentException">An axis that is not 1 would change its size.</exception>
        public Tensor BroadcastTo(Shape shape)
        {
            if (shape == Shape)
            {
                return this;
            }

            if (shape.Rank < Shape.Rank || Operations.Broadcast.Join(Shape, shape) != shape)
            {
                throw new ArgumentException($"a tensor of shape {Shape} cannot be repeated to {shape}: only axes of size 1 and new outer axes repeat.", nameof(shape));
            }

            Operations.Repeat operation = Tape.Rent<Operations.Repeat>();
            operation.Take(this);
            operation.Broadcast = new Operations.Broadcast(Shape, shape, shape);
            return Tape.Run(operation, shape);
        }

        /// <summary>The same values as a constant: no gradient flows back through it. Nothing is copied.</summary>
        /// <returns>The tensor.</returns>
        public Tensor Detach()
        {
            Tape tape = Tape;
            bool recording = tape.Recording;
            tape.Recording = false;
            try
            {
                return Reshape(Shape);
            }
            finally
            {
                tape.Recording = recording;
            }
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y = mask ≠ 0 ? a : b, all of one shape.</summary>
    internal sealed unsafe class Where : Operation
    {
        public override void Forward() => Elementwise.Map(Workers, default(Choice), X(0), X(1), X(2), Output.Values, Output.Count);

        public override void Backward()
        {
            if (Input(1).NeedsGradient)
            {
                GradientPlace place = PlaceFor(1);
                Elementwise.Map(Workers, default(WhereSet), X(0), Output.Gradient, place.Values, place.Count, place.Add);
            }

            if (Input(2).NeedsGradient)
            {
                GradientPlace place = PlaceFor(2);
                Elementwise.Map(Workers, default(WhereClear), X(0), Output.Gradient, place.Values, place.Count, place.Add);
            }
        }

        // What was repeated to one shape before repeats by itself.
        public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Add(
            "Where",
            [emitter.Mask(emitter.Source(Input(0))), emitter.Value(emitter.Source(Input(1))), emitter.Value(emitter.Source(Input(2)))]));

        public override void Reference()
        {
            double[] mask = ExactX(0), a = ExactX(1), b = ExactX(2);
            for (int i = 0; i < Output.Count; i++)
            {
                Output.Exact![i] = mask[i] != 0 ? a[i] : b[i]; // a checking tape gives it
            }
        }

        private readonly struct Choice : ITernaryKernel
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TWide Of<TWide>(TWide a, TWide b, TWide c)
                where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(a, default), c, b);
        }

        private readonly struct WhereSet : IBinaryKernel
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TWide Of<TWide>(TWide a, TWide b)
                where TWide : unmanaged, IWide<TWide> => TWide.Select(TWide.Equal(a, default), default, b);
        }

        private readonly struct WhereClear : IBinaryKernel
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TWide Of<TWide>(TWide a, TWide b)
                where TWide : unmanaged, IWide<TWide> => TWide.Equal(a, default) & b;
        }
    }

    /// <summary>x repeated; the gradient is the sum over the repetitions, in the order of the output.</summary>
    internal sealed unsafe class Repeat : Operation
    {
        public Broadcast Broadcast { get; set; }

        public override void Forward()
        {
            Broadcast walk = Broadcast;
            for (BroadcastRow row = BroadcastRow.First; row.Output < Output.Count; row = walk.Next(row))
            {
                float* to = Output.Values + row.Output;
                if (walk.InnerA == 0)
                {
                    Blocks.Fill(X(0)[row.A], to, walk.InnerCount, add: false);
                }
                else
                {
                    Blocks.Put(X(0) + row.A, to, walk.InnerCount, add: false);
                }
            }
        }

        public override void Backward()
        {
            Broadcast walk = Broadcast;
            float* gradient = PlaceFor(0).ToAddTo();
            for (BroadcastRow row = BroadcastRow.First; row.Output < Output.Count; row = walk.Next(row))
            {
                float* upstream = Output.Gradient + row.Output;
                if (walk.InnerA == 0)
                {
                    gradient[row.A] += LaneSums.Sum(upstream, walk.InnerCount);
                }
                else
                {
                    Blocks.Put(upstream, gradient + row.A, walk.InnerCount, add: true);
                }
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            int[] from = emitter.Dims(Input(0)), to = emitter.Dims(Output);
            for (int axis = 1; axis <= from.Length; axis++)
            {
                to[^axis] = from[^axis] == to[^axis] ? 1 : to[^axis];
            }

            emitter.Set(Output, emitter.Add("Expand", [emitter.Input(this, 0), emitter.ShapeOf(to)]));
        }

        public override void Reference()
        {
            Broadcast walk = Broadcast;
            for (BroadcastRow row = BroadcastRow.First; row.Output < Output.Count; row = walk.Next(row))
            {
                for (int i = 0; i < walk.InnerCount; i++)
                {
                    Output.Exact![row.Output + i] = ExactX(0)[row.A + (i * walk.InnerA)]; // a checking tape gives it
                }
            }
        }
    }
}
