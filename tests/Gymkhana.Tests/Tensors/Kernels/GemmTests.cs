using Gymkhana.Core.Randomness;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>Products against the plain chain, bit by bit, at every width and on one and two threads.</summary>
public sealed unsafe class GemmTests
{
    private static readonly int[] Edges = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Multiply_AnySizesAndStrides_IsThePlainChain(int width) =>
        Assert.Equal(width, WideWidth.Dispatch(width, new RandomProducts()));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void MultiplyBatch_AnySizes_IsEachProduct(int width) =>
        Assert.Equal(width, WideWidth.Dispatch(width, new RandomBatches()));

    [Theory]
    [InlineData(130, 70, 900)]
    [InlineData(3, 300, 700)]
    [InlineData(64, 640, 385)]
    public void Multiply_LongSumsAndManyBlocks_IsThePlainChain(int rows, int columns, int depth)
    {
        var random = new KeyedStream(8, 1, StreamPurpose.Scenario);
        var a = new Floats(rows * depth, random);
        var b = new Floats(depth * columns, random);
        var expected = new Floats(rows * columns);
        PlainProduct.Multiply(rows, columns, depth, new Matrix(a.Start, depth), new Matrix(b.Start, columns), expected.Start, columns);
        foreach (int threads in (int[])[1, 2, 3])
        {
            var actual = new Floats(rows * columns);
            Gemm.Multiply(new Workers(threads), rows, columns, depth, new Matrix(a.Start, depth), new Matrix(b.Start, columns), actual.Start, columns);
            actual.AssertSameBits(expected, $"{threads} threads");
        }
    }

    [Theory]
    [InlineData(131, 170, 1024)]
    [InlineData(200, 97, 700)]
    [InlineData(140, 66, 2048)]
    public void Multiply_BothFactorsTransposed_IsThePlainChain(int rows, int columns, int depth)
    {
        // Long enough strides that the left factor is packed, and, at 1024 and 2048, that the rows of the right one share cache sets.
        var random = new KeyedStream(8, 4, StreamPurpose.Scenario);
        var a = new Floats(rows * depth, random);
        var b = new Floats(depth * columns, random);
        var expected = new Floats(rows * columns, random);
        Floats[] actual = [expected.Copy(), expected.Copy()];
        PlainProduct.Multiply(rows, columns, depth, new Matrix(a.Start, 1, rows), new Matrix(b.Start, 1, depth), expected.Start, columns, accumulate: true);
        for (int threads = 1; threads <= 2; threads++)
        {
            Gemm.Multiply(new Workers(threads), rows, columns, depth, new Matrix(a.Start, 1, rows), new Matrix(b.Start, 1, depth), actual[threads - 1].Start, columns, accumulate: true);
            actual[threads - 1].AssertSameBits(expected, $"{threads} threads");
        }
    }

    [Fact]
    public void Multiply_AgainstDoublePrecision_IsWithinTheBoundOfTheChain()
    {
        var random = new KeyedStream(8, 2, StreamPurpose.Scenario);
        const int size = 40, depth = 1000;
        var a = new Floats(size * depth, random);
        var b = new Floats(depth * size, random);
        var c = new Floats(size * size);
        Gemm.Multiply(new Workers(1), size, size, depth, new Matrix(a.Start, depth), new Matrix(b.Start, size), c.Start, size);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double sum = 0, magnitude = 0;
                for (int k = 0; k < depth; k++)
                {
                    double product = (double)a[(i * depth) + k] * b[(k * size) + j];
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                // Each of the n roundings errs by at most 2^-24 of a partial sum, which the sum of magnitudes bounds.
                Assert.InRange(c[(i * size) + j], sum - (depth * 6e-8 * magnitude), sum + (depth * 6e-8 * magnitude));
            }
        }
    }

    [Fact]
    public void Multiply_AfterTheFirst_AllocatesNothing()
    {
        var random = new KeyedStream(8, 3, StreamPurpose.Scenario);
        var a = new Floats(256 * 256, random);
        var b = new Floats(256 * 256, random);
        var c = new Floats(256 * 256);
        var workers = new Workers(2);
        Assert.Equal(0, Allocations.Least(() =>
        {
            Gemm.Multiply(workers, 256, 256, 256, new Matrix(a.Start, 256), new Matrix(b.Start, 1, 256), c.Start, 256);
            Gemm.MultiplyBatch(workers, 16, 64, 64, 64, new Matrix(a.Start, 64), 4096, new Matrix(b.Start, 64), 4096, c.Start, 64, 4096);
        }));
    }

    private sealed class RandomProducts : IWideFactory<int>
    {
        public int Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            var random = new KeyedStream(7, (ulong)TWide.Lanes, StreamPurpose.Scenario);
            var one = new Workers(1);
            var two = new Workers(2);
            for (int trial = 0; trial < 300; trial++)
            {
                int rows = Edges[random.NextInt(Edges.Length)], columns = Edges[random.NextInt(Edges.Length)], depth = Edges[random.NextInt(Edges.Length)];
                bool accumulate = random.NextBool(0.5), tall = random.NextBool(0.5);
                int pad = random.NextInt(4);
                var a = new Floats((rows + pad) * (depth + pad), random);
                var b = new Floats((columns + pad) * (depth + pad), random);
                Matrix left = random.NextBool(0.5) ? new Matrix(a.Start, depth + pad) : new Matrix(a.Start, 1, rows + pad);
                Matrix right = random.NextInt(3) switch
                {
                    0 => new Matrix(b.Start, columns + pad),
                    1 => new Matrix(b.Start, 1, depth + pad),
                    _ => new Matrix(b.Start, columns, 1),
                };
                int stride = columns + random.NextInt(3);
                var columnBias = new Floats(columns, random);
                var rowBias = new Floats(rows, random);
                var activation = (Activation)random.NextInt(4);
                float* byColumn = random.NextBool(0.5) ? columnBias.Start : null;
                float* byRow = random.NextBool(0.3) ? rowBias.Start : null;
                var expected = new Floats(rows * stride, random);
                Floats actual = expected.Copy(), shared = expected.Copy();
                PlainProduct.Multiply(rows, columns, depth, left, right, expected.Start, stride, accumulate, byColumn, byRow, activation);
                var epilogue = new Epilogue(byColumn, activation, byRow);
                string what = $"{rows} × {columns} × {depth}, strides {left.RowStride} {left.ColumnStride} {right.RowStride} {right.ColumnStride}, {activation}, {TWide.Lanes} lanes";
                Gemm.Multiply<TWide>(one, new Product(rows, columns, depth, left, right, actual.Start, stride, accumulate, epilogue));
                actual.AssertSameBits(expected, what);
                Gemm.Multiply<TWide>(two, new Product(rows, columns, depth, left, right, shared.Start, stride, accumulate, epilogue));
                shared.AssertSameBits(expected, what + ", two threads");
            }

            return TWide.Lanes;
        }
    }

    private sealed class RandomBatches : IWideFactory<int>
    {
        public int Create<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            var random = new KeyedStream(9, (ulong)TWide.Lanes, StreamPurpose.Scenario);
            Workers[] crews = [new Workers(1), new Workers(2)];
            for (int trial = 0; trial < 60; trial++)
            {
                int batch = random.NextInt(1, 20), rows = Edges[random.NextInt(11)], columns = Edges[random.NextInt(11)], depth = Edges[random.NextInt(Edges.Length)];
                bool transposed = random.NextBool(0.5);
                var a = new Floats(batch * rows * depth, random);
                var b = new Floats(batch * columns * depth, random);
                var expected = new Floats(batch * rows * columns);
                Matrix right = transposed ? new Matrix(b.Start, 1, depth) : new Matrix(b.Start, columns);
                var left = new Matrix(a.Start, depth);
                for (int item = 0; item < batch; item++)
                {
                    var itsLeft = new Matrix(a.Start + (item * rows * depth), left.RowStride, left.ColumnStride);
                    var itsRight = new Matrix(b.Start + (item * columns * depth), right.RowStride, right.ColumnStride);
                    PlainProduct.Multiply(rows, columns, depth, itsLeft, itsRight, expected.Start + (item * rows * columns), columns);
                }

                foreach (Workers workers in crews)
                {
                    var actual = new Floats(batch * rows * columns);
                    var first = new Product(rows, columns, depth, left, right, actual.Start, columns, false, default);
                    Gemm.MultiplyBatch<TWide>(workers, new ProductBatch(first, batch, rows * depth, columns * depth, rows * columns));
                    actual.AssertSameBits(expected, $"{batch} × {rows} × {columns} × {depth}, {TWide.Lanes} lanes");
                }
            }

            return TWide.Lanes;
        }
    }
}
