using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class SoftmaxTests
{
    [Fact]
    public void Softmax_RecordedRowsFarFromZero_GivesItsResultAndGradient()
    {
        GoldenCase golden = new("softmax_logsoftmax");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Tensor softmax = x.Softmax(), logarithm = x.LogSoftmax();
        golden.Check("out.softmax", softmax.Values);
        golden.Check("out.logsoftmax", logarithm.Values);
        golden.Seed(softmax, "gout.softmax");
        golden.Seed(logarithm, "gout.logsoftmax");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
    }

    [Fact]
    public void MaskedSoftmax_Recorded_GivesItsResultAndGradient()
    {
        GoldenCase golden = new("softmax_masked");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Tensor y = x.MaskedSoftmax(golden.Constant(tape, "c.mask"));
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public void Softmax_RowsOfAnyLength_HasTheGradientOfFiniteDifferences(int count)
    {
        (Shape, float[])[] inputs = [Draw.Normal(new Shape(2, 9, count), 1)];
        float[] mask = [.. Draw.Normal(new Shape(9, count), 2).Values.Select(v => v > 0.3f ? 1f : 0)];
        Array.Clear(mask, count, count); // a row where nothing is allowed
        Func<Tape, IReadOnlyList<Tensor>, Tensor>[] functions =
        [
            (_, x) => x[0].Softmax(), (_, x) => x[0].LogSoftmax(), (_, x) => x[0].Softmax(1), (_, x) => x[0].LogSoftmax(0),
            (_, x) => x[0].Softmax() * x[0].LogSoftmax(), (t, x) => x[0].MaskedSoftmax(t.Constant(new Shape(9, count), mask)),
        ];
        foreach ((Func<Tape, IReadOnlyList<Tensor>, Tensor> function, int number) in functions.Select((f, i) => (f, i)))
        {
            GradientFindings findings = GradientCheck.Run(function, inputs);
            Assert.True(findings.IsRight, $"function {number}: {findings}");
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(100)]
    public void MaskedSoftmax_NothingAllowed_GivesZerosAndNoGradient(int count)
    {
        Tape tape = new();
        Tensor x = tape.Variable(new Shape(2, count), [.. Enumerable.Repeat(3f, 2 * count)]);
        Tensor y = x.MaskedSoftmax(tape.Constant(new Shape(2, 1), [0, 1]));
        Assert.Equal([.. Enumerable.Repeat(0f, count), .. Enumerable.Repeat(1f / count, count)], y.Values.ToArray());
        tape.SeedGradient(y, [.. Enumerable.Range(0, 2 * count).Select(i => (float)i)]);
        tape.Backward();
        Assert.All(x.Gradient[..count].ToArray(), g => Assert.Equal(0, g));
        Assert.Contains(x.Gradient.ToArray(), g => g != 0);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    public void Softmax_OfNaNOrHugeNumbers_IsNotGarbage(int count)
    {
        Tape tape = new();
        float[] values = new float[3 * count];
        values[0] = 1e30f;
        values[count + 1] = float.NegativeInfinity;
        values[(2 * count) + 1] = float.NaN;
        Tensor x = tape.Constant(new Shape(3, count), values);
        float[] y = x.Softmax().Values.ToArray();
        Assert.Equal([1, .. Enumerable.Repeat(0f, count - 1)], y[..count]);
        Assert.Equal(0, y[count + 1]);
        Assert.Equal(1f / (count - 1), y[count], 1e-7f);
        Assert.All(y[(2 * count)..], v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void Softmax_OfRowsAlone_HasTheBitsOfRowsAmongOthersAtAnyNumberOfThreads()
    {
        (Shape shape, float[] values) = Draw.Normal(new Shape(9001, 7), 1);
        Tape one = new(), three = new(3);
        float[] together = one.Constant(shape, values).Softmax().Values.ToArray();
        Assert.Equal(together, three.Constant(shape, values).Softmax().Values.ToArray());
        foreach (int row in (int[])[0, 15, 16, 9000])
        {
            float[] alone = one.Constant(new Shape(7), values.AsSpan(row * 7, 7)).Softmax().Values.ToArray();
            Assert.Equal(together[(row * 7)..((row * 7) + 7)], alone);
        }
    }
}
