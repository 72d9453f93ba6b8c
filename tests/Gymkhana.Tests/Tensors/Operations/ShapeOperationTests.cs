using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class ShapeOperationTests
{
    [Fact]
    public void ShapeOperations_Recorded_GiveTheirResultAndGradients()
    {
        GoldenCase golden = new("shape_ops");
        Tape tape = new();
        Tensor a = golden.Variable(tape, "in.a"), b = golden.Variable(tape, "in.b");
        Tensor joined = Tensor.Concat(1, a, b);
        Tensor mask = tape.Constant(b.Shape, [.. b.Values.ToArray().Select(v => v > 0 ? 1f : 0)]);
        (string Key, Tensor Value)[] results =
        [
            ("y", joined.Gather(1, golden.Indices(tape, "c.idx"))), ("t", joined.Permute(2, 0, 1)),
            ("s", joined.Slice(1, 1, 4, 2).Slice(2, 0, 4, 2)), ("w", Tensor.Where(mask, 2 * b, joined.Slice(1, 0, 2))),
        ];
        foreach ((string key, Tensor value) in results)
        {
            Assert.Equal(golden.Shape("out." + key), value.Shape);
            golden.Check("out." + key, value.Values);
            golden.Seed(value, "gout." + key);
        }

        tape.Backward();
        golden.Check("g.a", a.Gradient);
        golden.Check("g.b", b.Gradient);
    }

    [Fact]
    public void Embedding_RecordedWithRepeatedRows_GivesItsResultAndGradient()
    {
        GoldenCase golden = new("embedding");
        Tape tape = new();
        Tensor weight = golden.Variable(tape, "p.weight");
        Tensor y = weight.Embedding(golden.Indices(tape, "c.idx"));
        Assert.Equal(golden.Shape("out.y"), y.Shape);
        golden.Check("out.y", y.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.weight", weight.Gradient);
    }

    [Theory]
    [InlineData("17,33", "1,0")]
    [InlineData("2,3,4", "2,0,1")]
    [InlineData("2,3,4", "0,2,1")]
    [InlineData("2,3,4", "1,0,2")]
    [InlineData("2,3,4", "2,1,0")]
    [InlineData("3,1,5", "1,2,0")]
    [InlineData("2,3,4,5", "3,1,2,0")]
    [InlineData("2,3,4,5", "-2,-1,-4,-3")]
    [InlineData("2,3,2,3,2,2", "5,3,4,1,0,2")]
    public void Permute_AnyOrder_HasTheValuesAndGradientsOfItsReference(string sizes, string order)
    {
        int[] axes = [.. order.Split(',').Select(int.Parse)];
        GradientFindings findings = GradientCheck.Run((_, x) => x[0].Permute(axes) + (x[0] * x[0]).Permute(axes), [Draw.Normal(Parse(sizes), 1)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void ShapeOperations_OfManyKinds_HaveTheGradientOfFiniteDifferences()
    {
        Func<Tape, IReadOnlyList<Tensor>, Tensor>[] functions =
        [
            (_, x) => x[0].Transpose(0, -1),
            (_, x) => Tensor.Concat(1, x[0], x[1], x[0]),
            (_, x) => Tensor.Concat(-1, x[0] * x[0], x[0]),
            (_, x) => Tensor.Concat(1, [.. Enumerable.Range(0, 19).Select(i => x[i % 2] * (i + 1f))]),
            (_, x) => Tensor.Stack(0, x[0], 2 * x[0]),
            (_, x) => Tensor.Stack(-1, x[0], 2 * x[0], x[0]),
            (_, x) => Tensor.Stack(2, [.. Enumerable.Range(0, 10).Select(i => x[0] * (i + 1f))]),
            (_, x) => x[0].Slice(1, -2, 3),
            (_, x) => x[0].Slice(2, 1, 4, 2),
            (_, x) => x[0].SliceFrom(0, 1),
            (t, x) => x[0].Gather(2, t.Indices(new Shape(2, 3, 3), [0, 0, 1, 3, 3, 3, 2, 1, 0, 0, 0, 1, 3, 3, 3, 2, 1, 0])),
            (t, x) => x[0].Gather(1, t.Indices(new Shape(2, 4), [0, 0, 1, 2, 2, 1, 0, 0])),
            (t, x) => x[1].Embedding(t.Indices(new Shape(2, 2), [1, 0, 0, 0])),
            (t, x) => Tensor.Where(t.Constant(new Shape(4), [0, 1, 1, 0]), x[0], x[0] * x[0]),
            (t, x) => Tensor.Where(t.Constant(new Shape(2, 1, 1), [0, -1]), x[2], x[0]),
            (_, x) => x[2].BroadcastTo(new Shape(2, 3, 4)) * x[0],
            (_, x) => x[2].BroadcastTo(new Shape(5, 2, 3, 4)),
            (_, x) => x[3].BroadcastTo(new Shape(2, 3, 7)),
            (_, x) => x[3].BroadcastTo(new Shape(4, 2, 3, 1)),
        ];
        foreach ((Func<Tape, IReadOnlyList<Tensor>, Tensor> function, int number) in functions.Select((f, i) => (f, i)))
        {
            GradientFindings findings = GradientCheck.Run(
                function, [Draw.Normal(new Shape(2, 3, 4), 1), Draw.Normal(new Shape(2, 2, 4), 2), Draw.Normal(new Shape(3, 1), 3), Draw.Normal(new Shape(2, 3, 1), 4)]);
            Assert.True(findings.IsRight, $"function {number}: {findings}");
        }
    }

    [Fact]
    public void Split_EqualAndGivenParts_AreWhatConcatJoins()
    {
        Tape tape = new();
        (Shape shape, float[] values) = Draw.Normal(new Shape(2, 6, 3), 1);
        Tensor x = tape.Variable(shape, values);
        Tensor[] equal = new Tensor[3], given = new Tensor[2];
        x.Split(1, equal);
        x.Split(1, [1, 5], given);
        Assert.Equal(new Shape(2, 2, 3), equal[1].Shape);
        Assert.Equal(new Shape(2, 5, 3), given[1].Shape);
        Assert.Equal(values, Tensor.Concat(1, equal).Values.ToArray());
        Tensor joined = Tensor.Concat(1, given);
        Assert.Equal(values, joined.Values.ToArray());
        tape.SeedGradient(joined, values);
        tape.Backward();
        Assert.Equal(values, x.Gradient.ToArray());
        Assert.Contains("4 equal parts", Assert.Throws<ArgumentException>(() => x.Split(1, new Tensor[4])).Message, StringComparison.Ordinal);
        Assert.Contains("do not fit", Assert.Throws<ArgumentException>(() => x.Split(1, [1, 4], given)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Detach_InAProduct_LetsNoGradientFlow()
    {
        Tape tape = new();
        Tensor x = tape.Variable(new Shape(2), [3, 5]);
        Tensor constant = x.Detach();
        Assert.False(constant.NeedsGradient);
        Assert.True(tape.Recording);
        tape.Backward((x * constant).Sum());
        Assert.Equal([3f, 5], x.Gradient.ToArray());
    }

    [Fact]
    public void OneHot_Indices_AreOnesAtTheirPlaces()
    {
        Tape tape = new();
        Tensor y = Tensor.OneHot(tape, tape.Indices(new Shape(2, 2), [0, 2, 1, 1]), 3);
        Assert.Equal(new Shape(2, 2, 3), y.Shape);
        Assert.Equal([1f, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0], y.Values.ToArray());
    }

    [Fact]
    public void ShapeOperations_ArgumentsThatDoNotFit_SayWhatIsExpected()
    {
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(2, 3, 4), 1);
        Assert.Contains("each of its 3 axes once", Assert.Throws<ArgumentException>(() => x.Permute(0, 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("all other axes must agree", Assert.Throws<ArgumentException>(() => Tensor.Concat(0, x, x.Transpose())).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 3", Assert.Throws<ArgumentOutOfRangeException>(() => x.Slice(1, 1, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("element 1 is 4", Assert.Throws<ArgumentOutOfRangeException>(() => x.Gather(2, tape.Indices(new Shape(2, 3), [0, 4, 0, 0, 0, 0]))).Message, StringComparison.Ordinal);
        Assert.Contains("of shape [2, 3]", Assert.Throws<ArgumentException>(() => x.Gather(2, tape.Indices(new Shape(3), [0, 0, 0]))).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => x.Embedding(tape.Indices(new Shape(1), [-1]))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be repeated", Assert.Throws<ArgumentException>(() => x.BroadcastTo(new Shape(2, 3, 1))).Message, StringComparison.Ordinal);
    }

    private static Shape Parse(string sizes) => new([.. sizes.Split(',').Select(int.Parse)]);
}
