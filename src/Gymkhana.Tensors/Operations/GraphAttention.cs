using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Attention along the edges of a graph.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// The attention of a graph attention network (Veličković et al. 2018, equations 1 to 5) over dense adjacencies: for each head
        /// e[i, j] = LeakyReLU(a₁·h[i] + a₂·h[j]), α = softmax over the neighbours j of i, y[i] = Σ α[i, j] h[j]. This tensor is h, the
        /// transformed features of the nodes, [B, N, heads × F] or [N, heads × F].
        /// </summary>
        /// <param name="source">a₁, [heads, F].</param>
        /// <param name="target">a₂, [heads, F].</param>
        /// <param name="adjacency">[B, N, N] or [N, N]: not 0 where j is a neighbour of i, loops included if they are wanted. A node without neighbours gets zeros.</param>
        /// <param name="slope">LeakyReLU's slope below 0.</param>
        /// <returns>y, shaped as h, and α, [B, heads, N, N].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public AttentionResult GraphAttention(Tensor source, Tensor target, Tensor adjacency, float slope = 0.2f) =>
            Operations.GraphAttention.Of(this, source, target, adjacency, slope);
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>Attention along edges. Inputs: h, a₁, a₂, adjacency. z = a₁·h[i] + a₂·h[j] before LeakyReLU.</summary>
    internal sealed unsafe class GraphAttention : Operation
    {
        private int _batch;
        private int _nodes;
        private int _heads;
        private int _features;
        private float _slope;
        private Node? _weightsNode;
        private float* _weights;
        private float* _slopes;

        public override Node? SecondOutput => _weightsNode;

        private int Width => _heads * _features;

        private nint AdjacencyStride => Input(3).Shape.Rank == 3 ? (nint)_nodes * _nodes : 0;

        private long Work => (long)_batch * _nodes * _nodes * Width;

        public static AttentionResult Of(Tensor h, Tensor source, Tensor target, Tensor adjacency, float slope)
        {
            Shape x = h.Shape, a = source.Shape;
            bool good = x.Rank is 2 or 3 && a.Rank == 2 && target.Shape == a && a[0] * a[1] == x[-1]
                && (adjacency.Shape == new Shape(x[-2], x[-2]) || (x.Rank == 3 && adjacency.Shape == new Shape(x[0], x[1], x[1])));
            if (!good)
            {
                throw new ArgumentException(
                    $"graph attention needs features [B, N, heads × F], two vectors [heads, F] and an adjacency [B, N, N] or [N, N], got {x}, {a}, {target.Shape} and {adjacency.Shape}.");
            }

            Tape tape = h.Tape;
            GraphAttention operation = tape.Rent<GraphAttention>();
            operation.Take(h);
            operation.Take(source);
            operation.Take(target);
            operation.Take(adjacency);
            (operation._batch, operation._nodes) = (x.Rank == 3 ? x[0] : 1, x[-2]);
            (operation._heads, operation._features, operation._slope) = (a[0], a[1], slope);
            Tensor weights = tape.Uninitialised(new Shape(operation._batch, a[0], x[-2], x[-2]));
            operation._weightsNode = weights.Node;
            operation._weights = weights.Node.Values;
            operation._slopes = tape.Memory.Rent(weights.Shape.Count);
            Tensor result = tape.Run(operation, x);
            return new AttentionResult(result, weights);
        }

        public override void Forward() => Kernels.Width.Run(new ForwardAction(this));

        public override void Backward()
        {
            GradientPlace h = PlaceFor(0), source = PlaceFor(1), target = PlaceFor(2);
            int perVector = _batch * _heads * _nodes;
            float* towardsSource = Tape.Memory.Rent(perVector);
            float* towardsTarget = Tape.Memory.Rent(perVector);
            Kernels.Width.Run(new BackwardAction(this, h, towardsSource, towardsTarget));
            AddVectorGradient(source, towardsSource);
            AddVectorGradient(target, towardsTarget);
        }

        public override void Emit(OnnxEmitter emitter)
        {
            int[] dims = emitter.Dims(Input(0));
            string h = emitter.Reshaped(emitter.Input(this, 0), [dims.Length == 3 ? dims[0] : 1, dims[^2], _heads, _features]);
            string sources = emitter.Unsqueezed(Scores(emitter, h, 1), 3), targets = emitter.Unsqueezed(Scores(emitter, h, 2), 2);
            string scores = emitter.Add("LeakyRelu", [emitter.Add("Add", [sources, targets])], ("alpha", _slope));
            string weights = emitter.MaskedSoftmax(scores, emitter.MaskOfHeads(Input(3)));
            emitter.Set(_weightsNode!, weights); // set with each use
            string y = emitter.Add("MatMul", [weights, emitter.Permuted(h, 0, 2, 1, 3)]);
            emitter.Set(Output, emitter.Reshaped(emitter.Permuted(y, 0, 2, 1, 3), emitter.Dims(Output)));
        }

        public override void Reference()
        {
            double[] h = ExactX(0), a1 = ExactX(1), a2 = ExactX(2), adjacency = ExactX(3);
            double[] alpha = new double[_nodes];
            for (int place = 0; place < _batch * _nodes * _heads; place++)
            {
                (int node, int head) = Math.DivRem(place, _heads);
                (int batch, int i) = Math.DivRem(node, _nodes);
                double total = 0;
                for (int j = 0; j < _nodes; j++)
                {
                    double z = 0;
                    for (int f = 0; f < _features; f++)
                    {
                        int column = (head * _features) + f;
                        z += (a1[column] * h[(node * Width) + column]) + (a2[column] * h[(((batch * _nodes) + j) * Width) + column]);
                    }

                    bool neighbour = adjacency[(int)(batch * AdjacencyStride) + (i * _nodes) + j] != 0;
                    alpha[j] = neighbour ? Math.Exp(z > 0 ? z : _slope * z) : 0;
                    total += alpha[j];
                }

                for (int f = 0; f < _features; f++)
                {
                    double sum = 0;
                    for (int j = 0; j < _nodes; j++)
                    {
                        sum += alpha[j] * h[(((batch * _nodes) + j) * Width) + (head * _features) + f];
                    }

                    Output.Exact![(node * Width) + (head * _features) + f] = total > 0 ? sum / total : 0; // a checking tape gives it
                }
            }
        }

        // a·h[i] for each head and node, [B, heads, N].
        private string Scores(OnnxEmitter emitter, string h, int vector) =>
            emitter.Permuted(emitter.Reduced("ReduceSum", emitter.Add("Mul", [h, emitter.Input(this, vector)]), [3], keep: false), 0, 2, 1);

        /// <summary>∂a[head] += Σ ∂z · h, over nodes in order.</summary>
        private void AddVectorGradient(GradientPlace place, float* towards)
        {
            if (!place.Wanted)
            {
                return;
            }

            float* gradient = place.ToAddTo();
            for (int node = 0; node < _batch * _nodes; node++)
            {
                (int batch, int i) = Math.DivRem(node, _nodes);
                for (int head = 0; head < _heads; head++)
                {
                    float* factor = towards + ((((nint)batch * _heads) + head) * _nodes) + i;
                    float* target = gradient + (head * _features);
                    Elementwise.Map(default(ProductKernel), X(0) + ((nint)node * Width) + (head * _features), 1, factor, 0, target, _features, add: true);
                }
            }
        }

        private void ForwardPart<TWide>(int batch, int worker)
            where TWide : unmanaged, IWide<TWide>
        {
            float* scores = Workers.Scratch.Floats(worker, ScratchSlot.First, 2L * _nodes);
            float* features = X(0) + ((nint)batch * _nodes * Width);
            float* weights = _weights + ((nint)batch * _heads * _nodes * _nodes);
            float* slopes = _slopes + (weights - _weights);
            for (int head = 0; head < _heads; head++)
            {
                float* h = features + (head * _features);
                for (int i = 0; i < _nodes; i++)
                {
                    scores[i] = LaneSums.Dot(X(1) + (head * _features), h + ((nint)i * Width), _features);
                    scores[_nodes + i] = LaneSums.Dot(X(2) + (head * _features), h + ((nint)i * Width), _features);
                }

                for (int i = 0; i < _nodes; i++)
                {
                    nint row = (((nint)head * _nodes) + i) * _nodes;
                    for (int j = 0; j < _nodes; j++)
                    {
                        float z = scores[i] + scores[_nodes + j];
                        slopes[row + j] = z > 0 ? 1 : _slope;
                        weights[row + j] = z * slopes[row + j];
                    }
                }
            }

            AttentionKernel.Softmax(weights, _heads, _nodes, _nodes, 1, X(3) + (batch * AdjacencyStride));
            for (int head = 0; head < _heads; head++)
            {
                Matrix alpha = new(weights + ((nint)head * _nodes * _nodes), _nodes), h = new(features + (head * _features), Width);
                float* y = Output.Values + ((nint)batch * _nodes * Width) + (head * _features);
                new Product(_nodes, _features, _nodes, alpha, h, y, Width, false, default).Compute<TWide>(0, _nodes, 0, _features, Workers.Scratch, worker);
            }
        }

        /// <summary>∂α = ∂y hᵀ, ∂h = αᵀ ∂y + ∂z summed over targets · a₁ + ∂z summed over sources · a₂.</summary>
        private void BackwardPart<TWide>(int batch, int worker, GradientPlace place, float* towardsSource, float* towardsTarget)
            where TWide : unmanaged, IWide<TWide>
        {
            float* delta = Workers.Scratch.Floats(worker, ScratchSlot.First, (long)_nodes * _nodes);
            for (int head = 0; head < _heads; head++)
            {
                nint vector = (((nint)batch * _heads) + head) * _nodes, block = vector * _nodes, start = ((nint)batch * _nodes * Width) + (head * _features);
                Matrix upstream = new(Output.Gradient + start, Width), h = new(X(0) + start, Width);
                new Product(_nodes, _nodes, _features, upstream, h.Transposed, delta, _nodes, false, default).Compute<TWide>(0, _nodes, 0, _nodes, Workers.Scratch, worker);
                AttentionKernel.SoftmaxGradient(_weights + block, delta, _nodes, _nodes, 1);
                SumEdges(delta, _slopes + block, towardsSource + vector, towardsTarget + vector);
                if (!place.Wanted)
                {
                    continue;
                }

                float* gradient = place.Values + start;
                new Product(_nodes, _features, _nodes, new Matrix(_weights + block, _nodes).Transposed, upstream, gradient, Width, place.Add, default).Compute<TWide>(0, _nodes, 0, _features, Workers.Scratch, worker);
                for (int i = 0; i < _nodes; i++)
                {
                    float* row = gradient + ((nint)i * Width);
                    Elementwise.Map(default(ProductKernel), X(1) + (head * _features), 1, towardsSource + vector + i, 0, row, _features, add: true);
                    Elementwise.Map(default(ProductKernel), X(2) + (head * _features), 1, towardsTarget + vector + i, 0, row, _features, add: true);
                }
            }
        }

        private void SumEdges(float* delta, float* slopes, float* bySource, float* byTarget)
        {
            new Span<float>(bySource, _nodes).Clear();
            new Span<float>(byTarget, _nodes).Clear();
            for (int i = 0; i < _nodes; i++)
            {
                for (int j = 0; j < _nodes; j++)
                {
                    float z = delta[((nint)i * _nodes) + j] * slopes[((nint)i * _nodes) + j];
                    bySource[i] += z;
                    byTarget[j] += z;
                }
            }
        }

        private readonly struct ProductKernel : IBinaryKernel
        {
            public TWide Of<TWide>(TWide a, TWide b)
                where TWide : unmanaged, IWide<TWide> => a * b;
        }

        private readonly struct ForwardAction(GraphAttention operation) : IWideAction
        {
            public void Run<TWide>()
                where TWide : unmanaged, IWide<TWide> => operation.Workers.Share(new ForwardJob<TWide>(operation), operation._batch, operation.Work);
        }

        private readonly struct ForwardJob<TWide>(GraphAttention operation) : IJob
            where TWide : unmanaged, IWide<TWide>
        {
            public void Execute(int part, int worker) => operation.ForwardPart<TWide>(part, worker);
        }

        private readonly struct BackwardAction(GraphAttention operation, GradientPlace place, float* towardsSource, float* towardsTarget) : IWideAction
        {
            public void Run<TWide>()
                where TWide : unmanaged, IWide<TWide> => operation.Workers.Share(new BackwardJob<TWide>(operation, place, towardsSource, towardsTarget), operation._batch, 2 * operation.Work);
        }

        private readonly struct BackwardJob<TWide>(GraphAttention operation, GradientPlace place, float* towardsSource, float* towardsTarget) : IJob
            where TWide : unmanaged, IWide<TWide>
        {
            public void Execute(int part, int worker) => operation.BackwardPart<TWide>(part, worker, place, towardsSource, towardsTarget);
        }
    }
}
