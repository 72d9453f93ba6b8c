using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Spaces;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;

namespace Gymkhana.Tests.Learning.Networks;

public sealed class ActionHeadTests
{
    private static readonly BoxSpace Seen = new(-1, 1, 1);

    [Fact]
    public void Evaluate_SeveralChoices_AddsUpIndependentParts()
    {
        ActionHead head = Head(new MultiDiscreteSpace([2, 3]), HeadKind.Gaussian);
        Tape tape = new();
        float[] logits = [0.3f, -0.2f, 1, 0, -1];
        (Tensor log, Tensor entropy) = head.Evaluate(tape.Constant(new Shape(1, 5), logits), [1, 2]);
        double[] first = Softmax(logits[..2]), second = Softmax(logits[2..]);
        Assert.Equal(Math.Log(first[1]) + Math.Log(second[2]), log.Values[0], 5);
        Assert.Equal(-first.Concat(second).Sum(p => p * Math.Log(p)), entropy.Values[0], 5);
    }

    [Fact]
    public void Draw_RowsWithStreamsOfTheirOwn_DoNotDependOnOneAnother()
    {
        foreach (HeadKind kind in new[] { HeadKind.Categorical, HeadKind.Gaussian, HeadKind.Beta })
        {
            ActionHead head = Head(kind == HeadKind.Categorical ? new MultiDiscreteSpace([4, 2]) : new BoxSpace(-1, 1, 2), kind);
            float[] outputs = [.. Enumerable.Range(0, 3 * head.Outputs).Select(i => (i % 5) - 2f)];
            float[] all = new float[3 * head.Size], one = new float[head.Size];
            Tape tape = new() { Recording = false };
            head.Draw(tape.Constant(new Shape(3, head.Outputs), outputs), Streams(0, 3), all);
            head.Draw(tape.Constant(new Shape(1, head.Outputs), outputs.AsSpan(2 * head.Outputs)), Streams(2, 1), one);
            Assert.Equal(all[^head.Size..], one);
        }
    }

    [Theory]
    [InlineData(HeadKind.Gaussian)]
    [InlineData(HeadKind.Beta)]
    public void Write_AnyDraw_StaysInTheBox(HeadKind kind)
    {
        var box = new BoxSpace([-3, 0], [1, 2]);
        ActionHead head = Head(box, kind);
        Batch actions = Batch.For(box, 1, 1);
        Tape tape = new() { Recording = false };
        Tensor outputs = tape.Constant(new Shape(1, head.Outputs), Enumerable.Repeat(0f, head.Outputs).ToArray());
        KeyedStream[] streams = Streams(0, 1);
        float[] drawn = new float[2];
        double sum = 0;
        for (int i = 0; i < 2000; i++)
        {
            head.Draw(outputs, streams, drawn);
            head.Write(drawn, actions, 0, 0);
            Assert.InRange(actions.Read(0, 0, 0), -3, 1);
            Assert.InRange(actions.Read(0, 1, 0), 0, 2);
            sum += actions.Read(0, 0, 0);
        }

        // Outputs of 0 mean the middle of the box; 0.15 is five standard errors of a spread of at most 1.3.
        Assert.InRange(sum / 2000, -1.15, -0.85);
        head.Mode(outputs, drawn);
        head.Write(drawn, actions, 0, 0);
        Assert.Equal((-1.0, 1.0), (actions.Read(0, 0, 0), actions.Read(0, 1, 0)));
    }

    [Fact]
    public void Write_GaussianWithoutBounds_TakesTheNumberAsItIs()
    {
        var box = new BoxSpace([float.NegativeInfinity, 0], [float.PositiveInfinity, float.PositiveInfinity]);
        Batch actions = Batch.For(box, 1, 1);
        Head(box, HeadKind.Gaussian).Write([7.5f, -2], actions, 0, 0);
        Assert.Equal((7.5, 0.0), (actions.Read(0, 0, 0), actions.Read(0, 1, 0)));
    }

    private static ActionHead Head(Space action, HeadKind kind) =>
        new ActorCritic(NetworkDescription.For(Seen, action, kind), new KeyedStream(1, 0, StreamPurpose.Initialization)).Head;

    private static KeyedStream[] Streams(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new KeyedStream(9, (ulong)i, StreamPurpose.Acting))];

    private static double[] Softmax(float[] logits)
    {
        double[] widths = [.. logits.Select(l => Math.Exp(l))];
        return [.. widths.Select(w => w / widths.Sum())];
    }
}
