using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors.Operations;

public sealed class LossTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Recorded = new()
    {
        ["loss_smooth_l1"] = (x, y) => x.SmoothL1Loss(y),
        ["loss_smooth_l1_beta0.5"] = (x, y) => x.SmoothL1Loss(y, beta: 0.5f),
        ["loss_smooth_l1_sum"] = (x, y) => x.SmoothL1Loss(y, reduction: LossReduction.Sum),
        ["loss_huber_delta2"] = (x, y) => x.HuberLoss(y, delta: 2),
        ["loss_mse"] = (x, y) => x.MseLoss(y),
        ["loss_l1"] = (x, y) => x.L1Loss(y),
        ["loss_bce_logits"] = (x, y) => x.BinaryCrossEntropyWithLogits(y),
        ["loss_kl_div"] = (x, y) => x.LogSoftmax().KlDivergence(y.Softmax()).Mean(),
    };

    private static readonly Dictionary<string, Func<GoldenCase, Tape, Tensor, Tensor>> Classified = new()
    {
        ["cross_entropy_mean"] = (g, t, x) => x.CrossEntropy(g.Indices(t, "c.target")),
        ["cross_entropy_sum"] = (g, t, x) => x.CrossEntropy(g.Indices(t, "c.target"), reduction: LossReduction.Sum),
        ["cross_entropy_weight_smoothing"] = (g, t, x) =>
            x.CrossEntropy(g.Indices(t, "c.target"), g.Constant(t, "c.weight")) + x.CrossEntropy(g.Indices(t, "c.target"), smoothing: 0.1f),
        ["nll"] = (g, t, x) => x.LogSoftmax().NllLoss(g.Indices(t, "c.target")),
    };

    public static TheoryData<string> RecordedNames => [.. Recorded.Keys];

    public static TheoryData<string> ClassifiedNames => [.. Classified.Keys];

    [Theory]
    [MemberData(nameof(RecordedNames))]
    public void Loss_Recorded_GivesItsResultAndGradients(string name)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x"), y = golden.Has("in.y") ? golden.Variable(tape, "in.y") : golden.Constant(tape, "c.y");
        Tensor loss = Recorded[name](x, y);
        golden.Check("out.loss", loss.Values);
        tape.Backward(loss);
        golden.Check("g.x", x.Gradient);
        if (golden.Has("g.y"))
        {
            golden.Check("g.y", y.Gradient);
        }
    }

    [Theory]
    [MemberData(nameof(ClassifiedNames))]
    public void LossOfClasses_Recorded_GivesItsResultAndGradient(string name)
    {
        GoldenCase golden = new(name);
        Tape tape = new();
        Tensor x = golden.Variable(tape, "in.x");
        Tensor loss = Classified[name](golden, tape, x);
        golden.Check("out.loss", loss.Values);
        tape.Backward(loss);
        golden.Check("g.x", x.Gradient);
    }

    [Fact]
    public void ConservativeLoss_Recorded_GivesItsParts()
    {
        GoldenCase golden = new("cql_discrete_loss");
        Tape tape = new();
        Tensor q = golden.Variable(tape, "in.q");
        Tensor chosen = q.Gather(1, golden.Indices(tape, "c.action"));
        Tensor td = chosen.SmoothL1Loss(golden.Constant(tape, "c.target"));
        Tensor cql = (q.LogSumExp(1, keepDimensions: true) - chosen).Mean();
        Tensor loss = td + (cql * golden.Attributes.GetProperty("alpha").GetSingle());
        golden.Check("out.td", td.Values);
        golden.Check("out.cql", cql.Values);
        golden.Check("out.loss", loss.Values);
        tape.Backward(loss);
        golden.Check("g.q", q.Gradient);
    }

    [Theory]
    [InlineData(LossReduction.Mean)]
    [InlineData(LossReduction.Sum)]
    [InlineData(LossReduction.None)]
    public void Losses_AnyReduction_HaveTheGradientOfFiniteDifferences(LossReduction reduction)
    {
        Func<Tape, IReadOnlyList<Tensor>, Tensor>[] functions =
        [
            (_, x) => x[0].MseLoss(x[1], reduction),
            (_, x) => x[0].L1Loss(x[1], reduction),
            (_, x) => x[0].SmoothL1Loss(x[1], 0.7f, reduction),
            (_, x) => x[0].HuberLoss(x[1], 1.3f, reduction),
            (_, x) => x[0].BinaryCrossEntropyWithLogits(x[1].Sigmoid(), reduction),
            (_, x) => x[0].LogSoftmax().KlDivergence(x[1].Softmax()),
            (t, x) => x[0].LogSoftmax().NllLoss(Targets(t), Weights(t), reduction),
            (t, x) => x[0].CrossEntropy(Targets(t), null, 0, reduction),
            (t, x) => x[0].CrossEntropy(Targets(t), Weights(t), 0.3f, reduction),
            (t, x) => x[0].CrossEntropy(Targets(t), Weights(t), 0, reduction) * x[0].Mean(),
        ];
        foreach ((Func<Tape, IReadOnlyList<Tensor>, Tensor> function, int number) in functions.Select((f, i) => (f, i)))
        {
            GradientFindings findings = GradientCheck.Run(function, [Draw.Normal(new Shape(2, 3, 6), 1), Draw.Normal(new Shape(2, 3, 6), 2)]);
            Assert.True(findings.IsRight, $"function {number}: {findings}");
        }
    }

    [Fact]
    public void CrossEntropy_ScoresFarFromZero_LosesNoDigits()
    {
        Tape tape = new();
        Tensor near = tape.Constant(new Shape(1, 3), [1, 2, 0.5f]), far = tape.Constant(new Shape(1, 3), [100001, 100002, 100000.5f]);
        Assert.Equal(near.CrossEntropy(tape.Indices(new Shape(1), [2])).Scalar, far.CrossEntropy(tape.Indices(new Shape(1), [2])).Scalar, 1e-6f);
        Tensor apart = tape.Constant(new Shape(1, 2), [300, -300]);
        Assert.Equal(600, apart.CrossEntropy(tape.Indices(new Shape(1), [1])).Scalar);
    }

    [Fact]
    public void Losses_ArgumentsThatDoNotFit_SayWhatIsExpected()
    {
        Tape tape = new();
        Tensor x = tape.Filled(new Shape(2, 3), 1);
        Assert.Contains("targets [2]", Assert.Throws<ArgumentException>(() => x.CrossEntropy(tape.Indices(new Shape(3), [0, 0, 0]))).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => x.CrossEntropy(tape.Indices(new Shape(2), [0, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("between 0 and 1", Assert.Throws<ArgumentOutOfRangeException>(() => x.CrossEntropy(tape.Indices(new Shape(2), [0, 1]), smoothing: 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.SmoothL1Loss(x, beta: 0));
    }

    private static IndexTensor Targets(Tape tape) => tape.Indices(new Shape(2, 3), [0, 5, 2, 2, 1, 4]);

    private static Tensor Weights(Tape tape) => tape.Constant(new Shape(6), [1, 2, 0.5f, 3, 0.1f, 1]);
}
