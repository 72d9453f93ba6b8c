using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Matrix product.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>Matrix product of the innermost two axes; the axes before them are batches and repeat where one has size 1, as NumPy does.</summary>
        /// <param name="right">[..., K, N] ([..., N, K] when transposed).</param>
        /// <param name="transposeRight">Whether the right factor's last two axes are exchanged first; nothing is copied.</param>
        /// <returns>[..., M, N], for a left factor of [..., M, K].</returns>
        /// <exception cref="ArgumentException">The shapes do not go together.</exception>
        public Tensor MatMul(Tensor right, bool transposeRight = false) => Operations.MatMul.Of(this, right, transposeRight);
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>C = A B or A Bᵀ for each matrix of a batch; A [M, K], B [K, N] (or [N, K]), C [M, N].</summary>
    internal sealed unsafe class MatMul : Operation
    {
        private bool _transposed;
        private Broadcast _batches;
        private bool _plain;
        private int _rows;
        private int _depth;
        private int _columns;

        private int Batch => Output.Count / Math.Max(1, _rows * _columns);

        private nint SizeA => (nint)_rows * _depth;

        private nint SizeB => (nint)_depth * _columns;

        public static Tensor Of(Tensor a, Tensor b, bool transposed)
        {
            Shape left = a.Shape, right = b.Shape;
            if (left.Rank < 2 || right.Rank < 2 || left[-1] != right[transposed ? -1 : -2])
            {
                throw new ArgumentException($"a matrix product needs [..., M, K] and {(transposed ? "[..., N, K]" : "[..., K, N]")}, got {left} and {right}.");
            }

            MatMul operation = a.Tape.Rent<MatMul>();
            operation.Take(a);
            operation.Take(b);
            operation._transposed = transposed;
            (operation._rows, operation._depth, operation._columns) = (left[-2], left[-1], right[transposed ? -2 : -1]);
            Shape batchA = left.Without(-1).Without(-1), batchB = right.Without(-1).Without(-1);
            Shape batch = Broadcast.Join(batchA, batchB);
            operation._batches = new Broadcast(batchA, batchB, batch);
            operation._plain = batchA == batchB;
            if (batchB.Count == 1 && batchA.Count == batch.Count)
            {
                // One right factor for all: the left ones are the rows of one large matrix.
                operation._rows *= batch.Count;
                operation._batches = new Broadcast(new Shape([]), new Shape([]), new Shape([]));
                operation._plain = true;
            }

            return a.Tape.Run(operation, batch.Insert(batch.Rank, left[-2]).Insert(batch.Rank + 1, operation._columns));
        }

        public override void Forward() => Multiply(
            new(_rows, _columns, _depth), A(X(0)), SizeA, B(X(1)), SizeB, Output.Values, _columns, (nint)_rows * _columns, Which.Left, Which.Right, add: false);

        /// <summary>∂A = ∂C Bᵀ, ∂B = Aᵀ ∂C (and ∂B = ∂Cᵀ A for A Bᵀ); matrices that were repeated sum over the repetitions.</summary>
        public override void Backward()
        {
            Matrix upstream = new(Output.Gradient, _columns);
            nint size = (nint)_rows * _columns;
            GradientPlace left = PlaceFor(0);
            if (left.Wanted)
            {
                bool add = _plain ? left.Add : left.ToAddTo() != null;
                Multiply(new(_rows, _depth, _columns), upstream, size, B(X(1)).Transposed, SizeB, left.Values, _depth, SizeA, Which.Output, Which.Right, add, Which.Left);
            }

            GradientPlace right = PlaceFor(1);
            if (!right.Wanted)
            {
                return;
            }

            bool addRight = _plain ? right.Add : right.ToAddTo() != null;
            if (_transposed)
            {
                Multiply(new(_columns, _depth, _rows), upstream.Transposed, size, A(X(0)), SizeA, right.Values, _depth, SizeB, Which.Output, Which.Left, addRight, Which.Right);
            }
            else
            {
                Multiply(new(_depth, _columns, _rows), A(X(0)).Transposed, SizeA, upstream, size, right.Values, _columns, SizeB, Which.Left, Which.Output, addRight, Which.Right);
            }
        }

        public override void Emit(OnnxEmitter emitter)
        {
            string left = emitter.Input(this, 0);
            int rank = Input(1).Shape.Rank;
            long[] order = [.. Enumerable.Range(0, rank - 2).Select(a => (long)a), rank - 1, rank - 2];
            string right = !_transposed ? emitter.Input(this, 1) : rank == 2 ? emitter.Transposed(Input(1)) : emitter.Permuted(emitter.Input(this, 1), order);
            emitter.Set(Output, emitter.Add("MatMul", [left, right]));
        }

        public override void Reference()
        {
            double[] a = ExactX(0), b = ExactX(1);
            int number = 0;
            for (BroadcastRow row = BroadcastRow.First; row.Output < Batch; row = _batches.Next(row))
            {
                for (int i = 0; i < _batches.InnerCount; i++, number++)
                {
                    long left = (row.A + (i * (long)_batches.InnerA)) * SizeA, right = (row.B + (i * (long)_batches.InnerB)) * SizeB;
                    for (int place = 0; place < _rows * _columns; place++)
                    {
                        (int r, int c) = Math.DivRem(place, _columns);
                        double sum = 0;
                        for (int k = 0; k < _depth; k++)
                        {
                            sum += a[left + (r * _depth) + k] * b[right + (_transposed ? (c * _depth) + k : (k * _columns) + c)];
                        }

                        Output.Exact![(number * _rows * _columns) + place] = sum; // a checking tape gives it
                    }
                }
            }
        }

        private Matrix A(float* start) => new(start, _depth);

        private Matrix B(float* start) => _transposed ? new Matrix(start, _depth).Transposed : new Matrix(start, _columns);

        /// <summary>One product for each matrix of the result; equal batches go to the kernel at once.</summary>
        private void Multiply(
            (int Rows, int Columns, int Depth) sizes, Matrix a, nint aSize, Matrix b, nint bSize, float* c, int cStride, nint cSize, Which first, Which second, bool add, Which target = Which.Output)
        {
            if (_plain && Batch == 1)
            {
                Gemm.Multiply(Workers, sizes.Rows, sizes.Columns, sizes.Depth, a, b, c, cStride, add);
                return;
            }

            if (_plain)
            {
                Gemm.MultiplyBatch(Workers, Batch, sizes.Rows, sizes.Columns, sizes.Depth, a, aSize, b, bSize, c, cStride, cSize, add);
                return;
            }

            int number = 0;
            for (BroadcastRow row = BroadcastRow.First; row.Output < Batch; row = _batches.Next(row))
            {
                for (int i = 0; i < _batches.InnerCount; i++, number++)
                {
                    int left = row.A + (i * _batches.InnerA), right = row.B + (i * _batches.InnerB);
                    Matrix from = a.Moved(Pick(first, left, right, number) * aSize), with = b.Moved(Pick(second, left, right, number) * bSize);
                    Gemm.Multiply(Workers, sizes.Rows, sizes.Columns, sizes.Depth, from, with, c + (Pick(target, left, right, number) * cSize), cStride, add);
                }
            }
        }

        private static nint Pick(Which which, int left, int right, int output) => which switch
        {
            Which.Left => left,
            Which.Right => right,
            _ => output,
        };

        private enum Which
        {
            Left,
            Right,
            Output,
        }
    }
}
