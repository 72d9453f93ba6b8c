using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <summary>What an attention gives.</summary>
    /// <param name="Result">[B, queries, embedding].</param>
    /// <param name="Weights">[B, heads, queries, keys]: how much each place looked at each other one; carries no gradient.</param>
    public readonly record struct AttentionResult(Tensor Result, Tensor Weights);

    /// <content>Attention.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>
        /// Scaled dot-product attention with several heads, softmax(Q Kᵀ / √d) V, within one sequence (Vaswani et al. 2017): this tensor holds
        /// queries, keys and values side by side, [B, S, 3E], as one linear map makes them.
        /// </summary>
        /// <param name="heads">Heads; they divide E.</param>
        /// <param name="allowed">[B, S, S] or [S, S]: 0 where a query (row) may not look at a key (column); or none. A query that may look nowhere gets zeros.</param>
        /// <returns>[B, S, E], and the weights.</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public AttentionResult SelfAttention(int heads, Tensor? allowed = null) => Operations.Attention.Of(this, null, heads, allowed);

        /// <summary>The same from one sequence to another: this tensor holds the queries, [B, S, E].</summary>
        /// <param name="keysAndValues">Keys and values side by side, [B, T, 2E].</param>
        /// <param name="heads">Heads; they divide E.</param>
        /// <param name="allowed">[B, S, T] or [S, T], as there; or none.</param>
        /// <returns>[B, S, E], and the weights.</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public AttentionResult CrossAttention(Tensor keysAndValues, int heads, Tensor? allowed = null) => Operations.Attention.Of(this, keysAndValues, heads, allowed);
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>Attention. Inputs: (packed), or (queries, keys and values); then the mask, if there is one.</summary>
    internal sealed unsafe class Attention : Operation
    {
        private AttentionSizes _sizes;
        private bool _self;
        private Node? _weights;

        public override Node? SecondOutput => _weights;

        private int Sources => _self ? 1 : 2;

        private bool IsMasked => InputCount > Sources;

        private int KeySource => _self ? 0 : 1;

        private int KeyOffset => _self ? _sizes.Embedding : 0;

        private float* Queries => X(0);

        private float* Keys => X(KeySource) + KeyOffset;

        private float* Values => Keys + _sizes.Embedding;

        private float* Weights => _weights!.Values; // set with each use

        private nint AllowedStride => Input(Sources).Shape.Rank == 3 ? (nint)_sizes.Queries * _sizes.Keys : 0;

        public static AttentionResult Of(Tensor x, Tensor? keysAndValues, int heads, Tensor? allowed)
        {
            Shape q = x.Shape, k = keysAndValues?.Shape ?? x.Shape;
            bool self = keysAndValues is null;
            int embedding = q.Rank == 3 ? q[2] / (self ? 3 : 1) : 0;
            bool good = q.Rank == 3 && k.Rank == 3 && heads > 0 && embedding % heads == 0 && embedding > 0 && k[0] == q[0] && k[2] == (self ? 3 : 2) * embedding;
            if (!good)
            {
                throw new ArgumentException(self
                    ? $"self-attention of {heads} heads needs queries, keys and values side by side, [B, S, 3E] with E divided by the heads, got {q}."
                    : $"cross-attention of {heads} heads needs queries [B, S, E] and keys with values [B, T, 2E] with E divided by the heads, got {q} and {k}.");
            }

            if (allowed is { } mask && mask.Shape != new Shape(q[0], q[1], k[1]) && mask.Shape != new Shape(q[1], k[1]))
            {
                throw new ArgumentException($"the mask of this attention has the shape [{q[0]}, {q[1]}, {k[1]}] or [{q[1]}, {k[1]}], got {mask.Shape}.", nameof(allowed));
            }

            Tape tape = x.Tape;
            Attention operation = tape.Rent<Attention>();
            operation.Take(x);
            operation.TakeOptional(keysAndValues);
            operation.TakeOptional(allowed);
            operation._self = self;
            operation._sizes = new AttentionSizes(q[0], heads, q[1], k[1], embedding / heads, q[2], k[2]);
            Tensor weights = tape.Uninitialised(new Shape(q[0], heads, q[1], k[1]));
            operation._weights = weights.Node;
            Tensor result = tape.Run(operation, q.With(2, embedding));
            return new AttentionResult(result, weights);
        }

        public override void Forward() =>
            AttentionKernel.Forward(Workers, _sizes, Queries, Keys, Values, IsMasked ? X(Sources) : null, IsMasked ? AllowedStride : 0, Weights, Output.Values);

        public override void Backward()
        {
            GradientPlace query = PlaceFor(0), key = _self ? query : PlaceFor(1);
            float* keyGradient = key.Wanted ? key.Values + KeyOffset : null;
            float* valueGradient = key.Wanted ? keyGradient + _sizes.Embedding : null;
            AttentionKernel.Backward(Workers, _sizes, Queries, Keys, Values, Weights, Output.Gradient, query.Values, query.Add, keyGradient, valueGradient, key.Add);
        }

        public override void Emit(OnnxEmitter emitter)
        {
            int embedding = _sizes.Embedding;
            string first = emitter.Input(this, 0), second = emitter.Input(this, KeySource);
            string queries = Heads(emitter, _self ? emitter.Sliced(first, 2, 0, embedding) : first, 0, [0, 2, 1, 3]);
            string keys = Heads(emitter, emitter.Sliced(second, 2, KeyOffset, KeyOffset + embedding), KeySource, [0, 2, 3, 1]);
            string values = Heads(emitter, emitter.Sliced(second, 2, KeyOffset + embedding, KeyOffset + (2L * embedding)), KeySource, [0, 2, 1, 3]);
            string scores = emitter.Add("Mul", [emitter.Add("MatMul", [queries, keys]), emitter.Scalar(_sizes.Scale)]);
            string weights = emitter.MaskedSoftmax(scores, IsMasked ? emitter.MaskOfHeads(Input(Sources)) : null);
            emitter.Set(_weights!, weights); // set with each use
            emitter.Set(Output, emitter.Reshaped(emitter.Permuted(emitter.Add("MatMul", [weights, values]), 0, 2, 1, 3), emitter.Dims(Output)));
        }

        public override void Reference()
        {
            AttentionSizes s = _sizes;
            double[] weights = new double[s.Keys];
            for (int place = 0; place < s.Batch * s.Queries * s.Heads; place++)
            {
                (int rest, int head) = Math.DivRem(place, s.Heads);
                (int batch, int row) = Math.DivRem(rest, s.Queries);
                ReferenceWeights(weights, batch, row, head);
                for (int d = 0; d < s.HeadSize; d++)
                {
                    double sum = 0;
                    for (int j = 0; j < s.Keys; j++)
                    {
                        sum += weights[j] * ExactX(KeySource)[(((batch * s.Keys) + j) * s.KeyStride) + KeyOffset + s.Embedding + (head * s.HeadSize) + d];
                    }

                    Output.Exact![(rest * s.Embedding) + (head * s.HeadSize) + d] = sum; // a checking tape gives it
                }
            }
        }

        // [B, S, E] as [B, S, heads, size], and its axes in the order that a product needs.
        private string Heads(OnnxEmitter emitter, string value, int source, long[] order)
        {
            int[] dims = emitter.Dims(Input(source));
            return emitter.Permuted(emitter.Reshaped(value, [dims[0], dims[1], _sizes.Heads, _sizes.HeadSize]), order);
        }

        private void ReferenceWeights(double[] weights, int batch, int row, int head)
        {
            AttentionSizes s = _sizes;
            double[] q = ExactX(0), k = ExactX(KeySource);
            double total = 0;
            for (int j = 0; j < s.Keys; j++)
            {
                double score = 0;
                for (int d = 0; d < s.HeadSize; d++)
                {
                    int column = (head * s.HeadSize) + d;
                    score += q[(((batch * s.Queries) + row) * s.QueryStride) + column] * k[(((batch * s.Keys) + j) * s.KeyStride) + KeyOffset + column];
                }

                bool allowed = !IsMasked || ExactX(Sources)[(int)(batch * AllowedStride) + (row * s.Keys) + j] != 0;
                weights[j] = allowed ? Math.Exp(score / Math.Sqrt(s.HeadSize)) : 0;
                total += weights[j];
            }

            for (int j = 0; j < s.Keys; j++)
            {
                weights[j] = total > 0 ? weights[j] / total : 0;
            }
        }
    }
}
