using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class RecurrenceTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 4, 5)]
    [InlineData(3, 2, 17)]
    public void LstmSequence_AnySize_HasTheGradientOfFiniteDifferences(int batch, int steps, int hidden)
    {
        GradientFindings findings = GradientCheck.Run(
            (_, x) => LstmSequence.Of(x[0], x[1], x[2], x[3], x[4]),
            [
                Draw.Normal(new Shape(batch, steps, 4 * hidden), 1),
                Draw.Uniform(new Shape(4 * hidden, hidden), -0.4, 0.4, 2),
                Draw.Normal(new Shape(4 * hidden), 3),
                Draw.Normal(new Shape(batch, hidden), 4),
                Draw.Normal(new Shape(batch, hidden), 5),
            ]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 4, 5)]
    [InlineData(3, 2, 17)]
    public void GruSequence_AnySize_HasTheGradientOfFiniteDifferences(int batch, int steps, int hidden)
    {
        GradientFindings findings = GradientCheck.Run(
            (_, x) => GruSequence.Of(x[0], x[1], x[2], x[3]),
            [
                Draw.Normal(new Shape(batch, steps, 3 * hidden), 1),
                Draw.Uniform(new Shape(3 * hidden, hidden), -0.4, 0.4, 2),
                Draw.Normal(new Shape(3 * hidden), 3),
                Draw.Normal(new Shape(batch, hidden), 4),
            ]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void LstmCell_RecordedCase_GivesItsResultAndGradients()
    {
        GoldenCase golden = new("lstm_cell");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), h = golden.Variable(tape, "in.h"), c = golden.Variable(tape, "in.c");
        LstmCell cell = new(x.Shape[1], h.Shape[1], Stream());
        Fill(golden, cell);
        LstmState after = cell.Forward(x, new LstmState(h, c));
        golden.Check("out.h", after.Hidden.Values);
        golden.Check("out.c", after.Memory.Values);
        golden.Seed(after.Hidden, "gout.h");
        golden.Seed(after.Memory, "gout.c");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.h", h.Gradient);
        golden.Check("g.c", c.Gradient);
        CheckGradients(golden, cell);
    }

    [Fact]
    public void GruCell_RecordedCase_GivesItsResultAndGradients()
    {
        GoldenCase golden = new("gru_cell");
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), h = golden.Variable(tape, "in.h");
        GruCell cell = new(x.Shape[1], h.Shape[1], Stream());
        Fill(golden, cell);
        Tensor after = cell.Forward(x, h);
        golden.Check("out.h", after.Values);
        golden.Seed(after, "gout.h");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        golden.Check("g.h", h.Gradient);
        CheckGradients(golden, cell);
    }

    [Fact]
    public void Lstm_RecordedSequence_GivesItsResultsAndGradients()
    {
        GoldenCase golden = new("lstm_sequence");
        Lstm lstm = new(4, 5, Stream(), layers: 2);
        Fill(golden, lstm);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        (Tensor y, LstmState end) = lstm.Forward(x, lstm.Begin(tape, x.Shape[0]));
        golden.Check("out.y", y.Values);
        golden.Check("out.hn", end.Hidden.Values);
        golden.Check("out.cn", end.Memory.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        CheckGradients(golden, lstm);
    }

    [Fact]
    public void Gru_RecordedSequence_GivesItsResultsAndGradients()
    {
        GoldenCase golden = new("gru_sequence");
        Gru gru = new(4, 5, Stream());
        Fill(golden, gru);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        (Tensor y, Tensor end) = gru.Forward(x, gru.Begin(tape, x.Shape[0]));
        golden.Check("out.y", y.Values);
        golden.Check("out.hn", end.Values);
        golden.Seed(y, "gout.y");
        tape.Backward();
        golden.Check("g.x", x.Gradient);
        CheckGradients(golden, gru);
    }

    [Fact]
    public void Lstm_Sequence_IsItsCellsStepByStep()
    {
        GoldenCase golden = new("lstm_cell");
        LstmCell first = new(4, 5, Stream()), second = new(5, 5, Stream(2));
        Fill(golden, first);
        Lstm lstm = new(4, 5, Stream(3), layers: 2);
        CopyLayer(first, lstm, 0);
        CopyLayer(second, lstm, 1);
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(3, 6, 4), Draw.Normal(new Shape(3, 6, 4), 1).Values);
        (Tensor y, LstmState end) = lstm.Forward(x, lstm.Begin(tape, 3));
        LstmState lower = new(tape.Filled(new Shape(3, 5), 0), tape.Filled(new Shape(3, 5), 0)), upper = lower;
        for (int t = 0; t < 6; t++)
        {
            lower = first.Forward(x.Slice(1, t, t + 1).Reshape(3, 4), lower);
            upper = second.Forward(lower.Hidden, upper);
            Assert.Equal(upper.Hidden.Values.ToArray(), y.Slice(1, t, t + 1).Values.ToArray());
        }

        Assert.Equal([.. lower.Hidden.Values, .. upper.Hidden.Values], end.Hidden.Values.ToArray());
        Assert.Equal([.. lower.Memory.Values, .. upper.Memory.Values], end.Memory.Values.ToArray());
    }

    [Fact]
    public void Gru_Sequence_IsItsCellsStepByStep()
    {
        GoldenCase golden = new("gru_cell");
        GruCell cell = new(4, 5, Stream());
        Fill(golden, cell);
        Gru gru = new(4, 5, Stream(2));
        CopyLayer(cell, gru, 0);
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(3, 6, 4), Draw.Normal(new Shape(3, 6, 4), 1).Values);
        (Tensor y, Tensor end) = gru.Forward(x, gru.Begin(tape, 3));
        Tensor hidden = tape.Filled(new Shape(3, 5), 0);
        for (int t = 0; t < 6; t++)
        {
            hidden = cell.Forward(x.Slice(1, t, t + 1).Reshape(3, 4), hidden);
            Assert.Equal(hidden.Values.ToArray(), y.Slice(1, t, t + 1).Values.ToArray());
        }

        Assert.Equal(hidden.Values.ToArray(), end.Values.ToArray());
    }

    [Fact]
    public void RecurrentLayers_WholeNetwork_HaveTheGradientsOfFiniteDifferences()
    {
        Lstm lstm = new(3, 4, Stream(), layers: 2);
        Gru gru = new(4, 3, Stream(2), layers: 2);
        GradientFindings findings = GradientCheck.Run(
            (tape, x) => gru.Forward(lstm.Forward(x[0], lstm.Begin(tape, 2)).Output, gru.Begin(tape, 2)).Output,
            [Draw.Normal(new Shape(2, 4, 3), 1)],
            [.. lstm.Parameters.Concat(gru.Parameters).Select(p => p.Parameter)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void Lstm_InTwoParts_GivesTheSameBitsAsInOne()
    {
        Lstm lstm = new(3, 18, Stream(), layers: 2);
        Gru gru = new(3, 18, Stream(), layers: 2);
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(2, 5, 3), Draw.Normal(new Shape(2, 5, 3), 1).Values);
        (Tensor whole, LstmState end) = lstm.Forward(x, lstm.Begin(tape, 2));
        (_, LstmState middle) = lstm.Forward(x.Slice(1, 0, 2), lstm.Begin(tape, 2));
        (Tensor rest, LstmState last) = lstm.Forward(x.Slice(1, 2, 5), middle);
        Assert.Equal(whole.Slice(1, 2, 5).Values.ToArray(), rest.Values.ToArray());
        Assert.Equal(end.Memory.Values.ToArray(), last.Memory.Values.ToArray());
        (Tensor wholeGru, _) = gru.Forward(x, gru.Begin(tape, 2));
        (_, Tensor middleGru) = gru.Forward(x.Slice(1, 0, 2), gru.Begin(tape, 2));
        Assert.Equal(wholeGru.Slice(1, 2, 5).Values.ToArray(), gru.Forward(x.Slice(1, 2, 5), middleGru).Output.Values.ToArray());
    }

    [Fact]
    public void RecurrentLayers_AfterTheFirstSteps_AllocateNothing()
    {
        Lstm lstm = new(3, 8, Stream(), layers: 2);
        Gru gru = new(3, 8, Stream());
        Tape tape = new();
        float[] values = Draw.Normal(new Shape(2, 5, 3), 1).Values, upstream = new float[2 * 5 * 8];
        Assert.Equal(0, Allocations.Least(() =>
        {
            Tensor x = tape.Constant(new Shape(2, 5, 3), values);
            tape.SeedGradient(lstm.Forward(x, lstm.Begin(tape, 2)).Output, upstream);
            tape.SeedGradient(gru.Forward(x, gru.Begin(tape, 2)).Output, upstream);
            tape.Backward();
            tape.Reset();
        }));
    }

    [Fact]
    public void Forward_ShapesThatDoNotGoTogether_AreNamed()
    {
        Gru gru = new(3, 8, Stream());
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(2, 5, 4), 0);
        Assert.Contains("[batch, steps, 3], got [2, 5, 4]", Assert.Throws<ArgumentException>(() => gru.Forward(x, gru.Begin(tape, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("[1, 3, 8], expected [1, 2, 8]", Assert.Throws<ArgumentException>(() => gru.Forward(x, gru.Begin(tape, 3))).Message, StringComparison.Ordinal);
    }

    private static void Fill(GoldenCase golden, Module module)
    {
        foreach (NamedParameter parameter in module.Parameters)
        {
            golden.Fill(parameter.Parameter, "p." + parameter.Name);
        }
    }

    private static void CheckGradients(GoldenCase golden, Module module)
    {
        foreach (NamedParameter parameter in module.Parameters)
        {
            golden.Check("g." + parameter.Name, parameter.Parameter.Gradient);
        }
    }

    private static void CopyLayer(Module cell, Module layers, int layer)
    {
        foreach (NamedParameter parameter in cell.Parameters)
        {
            layers[$"{parameter.Name}_l{layer}"].CopyFrom(parameter.Parameter);
        }
    }

    private static KeyedStream Stream(ulong seed = 1) => new(seed, 0, StreamPurpose.Initialization);
}
