using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class InitializationTests
{
    [Theory]
    [InlineData("orthogonal_6x4")]
    [InlineData("orthogonal_4x6")]
    [InlineData("orthogonal_5x5")]
    public void Orthogonalize_RecordedNormalNumbers_GivesTheRecordedMatrix(string name)
    {
        GoldenCase golden = new(name);
        Parameter weight = new(golden.Shape("c.gauss"));
        golden.Fill(weight, "c.gauss");
        Initialization.Orthogonalize(weight, golden.Attributes.GetProperty("gain").GetDouble());
        golden.Check("out.w", weight.Values);
        golden.Check("out.gram", Gram(weight));
    }

    [Fact]
    public void Gram_RecordedSample_IsTwiceTheIdentity()
    {
        GoldenCase golden = new("orthogonal_sample_64x4");
        Parameter recorded = new(golden.Shape("out.w"));
        golden.Fill(recorded, "out.w");
        Parameter own = new(recorded.Shape);
        Initialization.Orthogonal(own, Stream(5), Math.Sqrt(2));
        AssertIdentity(Gram(recorded), 4, 2);
        AssertIdentity(Gram(own), 4, 2);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(3, 50)]
    [InlineData(130, 129)]
    public void Orthogonal_AnyShape_HasOrthogonalRowsOrColumns(int rows, int columns)
    {
        Parameter weight = new(new Shape(rows, columns));
        Initialization.Orthogonal(weight, Stream(1), 0.5);
        AssertIdentity(Gram(weight), Math.Min(rows, columns), 0.25);
    }

    [Fact]
    public void Orthogonal_ConvolutionWeight_FlattensTheInputs()
    {
        Parameter weight = new(new Shape(4, 3, 2, 2));
        Initialization.Orthogonal(weight, Stream(1));
        AssertIdentity(Gram(weight), 4, 1);
    }

    [Fact]
    public void Orthogonalize_MatrixOfZeros_IsStillOrthogonal()
    {
        Parameter weight = new(new Shape(4, 2));
        Initialization.Orthogonalize(weight, 1);
        AssertIdentity(Gram(weight), 2, 1);
    }

    [Fact]
    public void Uniform_Kinds_StayWithinTheirBoundsAndFillThem()
    {
        Parameter weight = new(new Shape(40, 25, 2, 2));
        double fanIn = 100, fanOut = 160;
        Check(weight, () => Initialization.KaimingUniform(weight, Stream(1)), Math.Sqrt(6 / fanIn));
        Check(weight, () => Initialization.XavierUniform(weight, Stream(2), 2), 2 * Math.Sqrt(6 / (fanIn + fanOut)));
        Check(weight, () => Initialization.FanInUniform(weight, null, Stream(3)), 1 / Math.Sqrt(fanIn));
    }

    [Fact]
    public void Normal_Kinds_HaveTheirDeviation()
    {
        Parameter weight = new(new Shape(40, 25, 2, 2));
        Initialization.KaimingNormal(weight, Stream(1));
        Assert.Equal(Math.Sqrt(2.0 / 100), Deviation(weight), 0.005); // four standard errors of the deviation of 4,000 draws
        Initialization.XavierNormal(weight, Stream(2));
        Assert.Equal(Math.Sqrt(2.0 / 260), Deviation(weight), 0.004);
        Initialization.Normal(weight, Stream(3), 7, 0.5);
        Assert.Equal(7, weight.Values.ToArray().Average(), 0.04);
        Initialization.Constant(weight, 3);
        Assert.True(!weight.Values.ContainsAnyExcept(3f));
    }

    [Fact]
    public void Orthogonal_Vector_IsRefused() =>
        Assert.Contains("[out, in, ...]", Assert.Throws<ArgumentException>(() => Initialization.Orthogonalize(new Parameter(new Shape(3)), 1)).Message, StringComparison.Ordinal);

    private static void Check(Parameter weight, Action fill, double bound)
    {
        fill();
        float[] values = weight.Values.ToArray();
        Assert.InRange(values.Max(), 0.99 * bound, bound);
        Assert.InRange(values.Min(), -bound, -0.99 * bound);
    }

    private static double Deviation(Parameter weight)
    {
        float[] values = weight.Values.ToArray();
        double mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    // Products of the rows, or of the columns where there are fewer.
    private static float[] Gram(Parameter weight)
    {
        int rows = weight.Shape[0], columns = weight.Shape.Count / rows, side = Math.Min(rows, columns);
        float[] values = weight.Values.ToArray(), gram = new float[side * side];
        for (int i = 0; i < side; i++)
        {
            for (int j = 0; j < side; j++)
            {
                double sum = 0;
                for (int k = 0; k < Math.Max(rows, columns); k++)
                {
                    sum += rows < columns ? values[(i * columns) + k] * (double)values[(j * columns) + k] : values[(k * columns) + i] * (double)values[(k * columns) + j];
                }

                gram[(i * side) + j] = (float)sum;
            }
        }

        return gram;
    }

    private static void AssertIdentity(float[] gram, int side, double diagonal)
    {
        for (int i = 0; i < gram.Length; i++)
        {
            Assert.Equal(i / side == i % side ? diagonal : 0, gram[i], 1e-6 * Math.Max(1, diagonal)); // roundings of the weights to float
        }
    }

    private static KeyedStream Stream(ulong seed) => new(seed, 0, StreamPurpose.Initialization);
}
