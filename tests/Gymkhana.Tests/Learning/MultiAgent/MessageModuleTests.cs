using Gymkhana.Core.Randomness;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Tensors;
using Gymkhana.Tests.Tensors;

namespace Gymkhana.Tests.Learning.MultiAgent;

public sealed class MessageModuleTests
{
    private const int Rows = 2;
    private const int Agents = 3;
    private const int Width = 4;
    private const int Heads = 2;
    private const int Edges = 2;

    // In the first moment agent 0 hears both others, 1 hears 0, and 2 hears nobody; in the second all hear all.
    private static readonly float[] Links = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0];

    public static TheoryData<MessageKind> Kinds() => [.. Enum.GetValues<MessageKind>().Where(k => k != MessageKind.None)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Forward_AnyKind_HasTheGradientOfFiniteDifferences(MessageKind kind)
    {
        int frames = FramesOf(kind);
        MessageModule module = Module(kind);
        GradientFindings findings = GradientCheck.Run(
            (tape, i) => module.Forward(new Heard(i[0], i[1], tape.Constant(new Shape(Rows, frames, Agents, Agents), Repeated(frames)), i[2])).Messages,
            [Draw.Normal(new Shape(Rows, Agents, Width), 1), Draw.Normal(new Shape(Rows, frames, Agents, Width), 2), Draw.Normal(new Shape(Rows, frames, Agents, Agents, Edges), 3)],
            [.. module.Parameters.Select(p => p.Parameter)],
            tolerance: 1e-4); // layers of normalisation and softmax multiply roundings of float
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Forward_AnAgentThatHearsNobody_GetsZerosOrItself(MessageKind kind)
    {
        MessageModule module = Module(kind);
        (float[] one, float[] weights) = Run(module, kind, 2);
        (float[] other, _) = Run(module, kind, 20, changedAgent: 0);
        float[] lonely = one[(2 * Width)..(3 * Width)];
        Assert.Equal(lonely, other[(2 * Width)..(3 * Width)]);
        if (kind != MessageKind.Gcn)
        {
            Assert.All(lonely, v => Assert.Equal(0, v));
        }

        // No uniform softmax over those who are not heard.
        for (int head = 0; head < weights.Length / (Rows * Agents * Agents); head++)
        {
            Assert.All(weights.AsSpan((head * Agents * Agents) + (2 * Agents), Agents).ToArray(), w => Assert.Equal(0, w));
        }
    }

    [Fact]
    public void Mean_SomeLinks_IsThePlainMeanOfWhatIsReceived()
    {
        MessageModule module = Module(MessageKind.Mean);
        Inputs inputs = new(1);
        double[][] mapped = inputs.Mapped(module, "map.weight");
        Compare(MessageKind.Mean, module, (moment, i) =>
        {
            int[] heard = Heard(moment, i);
            return Sum(heard.Select(j => (1.0 / heard.Length, mapped[(moment * Agents) + j])));
        });
    }

    [Fact]
    public void Gcn_SomeLinks_IsThePlainNormalisedSum()
    {
        MessageModule module = Module(MessageKind.Gcn);
        double[][] mapped = new Inputs(1).Mapped(module, "convolution.W");
        Compare(MessageKind.Gcn, module, (moment, i) =>
        {
            double Degree(int a) => 1 + Heard(moment, a).Length;
            return Sum(Heard(moment, i).Append(i).Select(j => (1 / Math.Sqrt(Degree(i) * Degree(j)), mapped[(moment * Agents) + j])));
        });
    }

    [Fact]
    public void Gat_SomeLinks_IsThePlainAttention()
    {
        MessageModule module = Module(MessageKind.Gat);
        double[][] mapped = new Inputs(1).Mapped(module, "map.weight");
        Compare(MessageKind.Gat, module, (moment, i) => ByHeads(head =>
        {
            double Score(int a, string name) => Enumerable.Range(0, Width / Heads).Sum(f => module[name].Values[(head * Width / Heads) + f] * mapped[(moment * Agents) + a][(head * Width / Heads) + f]);
            return Attend(Heard(moment, i), j => Leaky(Score(i, "receiver") + Score(j, "sender")), j => mapped[(moment * Agents) + j], head);
        }));
    }

    [Fact]
    public void GatV2_SomeLinks_IsThePlainAttentionWithEdges()
    {
        MessageModule module = Module(MessageKind.GatV2);
        Inputs inputs = new(1);
        double[][] said = inputs.Mapped(module, "sender.weight"), own = inputs.Mapped(module, "receiver.weight", own: true);
        Compare(MessageKind.GatV2, module, (moment, i) => ByHeads(head =>
        {
            double[] Value(int j)
            {
                double[] edge = Product(module["edge.weight"], [.. inputs.Edges.Skip((((moment * Agents) + i) * Agents + j) * Edges).Take(Edges).Select(v => (double)v)]);
                return [.. edge.Zip(said[(moment * Agents) + j], (a, b) => a + b)];
            }

            double Score(int j) => Enumerable.Range(head * Width / Heads, Width / Heads).Sum(f => module["score"].Values[f] * Leaky(own[(moment * Agents) + i][f] + Value(j)[f]));
            return Attend(Heard(moment, i), Score, Value, head);
        }));
    }

    [Fact]
    public void Tarmac_SomeLinks_IsThePlainTargetedAttention()
    {
        MessageModule module = Module(MessageKind.Tarmac);
        Inputs inputs = new(1);
        double[][] queries = inputs.Mapped(module, "query.weight", own: true, "query.bias"), signatures = inputs.Mapped(module, "signature.weight", own: false, "signature.bias"), values = inputs.Mapped(module, "value.weight", own: false, "value.bias");
        Compare(MessageKind.Tarmac, module, (moment, i) =>
        {
            int[] heard = Heard(moment, i);
            double[] scores = [.. heard.Select(j => Math.Exp(queries[(moment * Agents) + i].Zip(signatures[(moment * Agents) + j], (a, b) => a * b).Sum() / 4))];
            return Sum(heard.Select((j, at) => (scores[at] / scores.Sum(), values[(moment * Agents) + j])));
        });
    }

    [Fact]
    public void Transformer_AFrameThatWasNotReceived_ChangesNothingAndAnEarlierOneDoes()
    {
        MessageModule module = Module(MessageKind.Transformer);
        float[] links = Repeated(3);
        int frame = Agents * Agents;
        links[1] = 0; // the first frame of the first moment: agent 0 does not hear agent 1, nor does anybody else
        links[(2 * frame) + 1] = 0; // the last one neither, but the one between was received
        links[7] = 0;
        float[] before = Run(module, links, said => said);
        Assert.Equal(before, Run(module, links, said => Changed(said, frame: 0)));
        Assert.Equal(before, Run(module, links, said => Changed(said, frame: 2)));
        Assert.NotEqual(before, Run(module, links, said => Changed(said, frame: 1)));

        // Agent 1 as a sender, in the first moment.
        static float[] Changed(float[] said, int frame)
        {
            float[] changed = [.. said];
            changed.AsSpan((frame * Agents * Width) + Width, Width).Fill(5);
            return changed;
        }

        static float[] Run(MessageModule module, float[] links, Func<float[], float[]> change)
        {
            Tape tape = new();
            Inputs inputs = new(3);
            return module.Forward(inputs.On(tape, links, change(inputs.Said))).Messages.Values[..Width].ToArray();
        }
    }

    private static MessageModule Module(MessageKind kind) => MessageModule.For(kind, Width, Heads, FramesOf(kind), Edges, new KeyedStream(1, 0, StreamPurpose.Initialization));

    private static int FramesOf(MessageKind kind) => kind == MessageKind.Transformer ? 3 : 1;

    private static float[] Repeated(int frames) =>
        [.. Enumerable.Range(0, Rows).SelectMany(r => Enumerable.Repeat(Links[(r * Agents * Agents)..((r + 1) * Agents * Agents)], frames).SelectMany(l => l))];

    private static int[] Heard(int moment, int receiver) => [.. Enumerable.Range(0, Agents).Where(j => Links[(((moment * Agents) + receiver) * Agents) + j] != 0)];

    private static (float[] Messages, float[] Weights) Run(MessageModule module, MessageKind kind, float change, int changedAgent = -1)
    {
        int frames = FramesOf(kind);
        Inputs inputs = new(frames);
        float[] said = [.. inputs.Said];
        if (changedAgent >= 0)
        {
            said.AsSpan(changedAgent * Width, Width).Fill(change);
        }

        Tape tape = new();
        (Tensor messages, Tensor? weights) = module.Forward(inputs.On(tape, Repeated(frames), said));
        return (messages.Values.ToArray(), weights?.Values.ToArray() ?? []);
    }

    private static void Compare(MessageKind kind, MessageModule module, Func<int, int, double[]> expected)
    {
        float[] actual = Run(module, kind, 0).Messages;
        for (int moment = 0; moment < Rows; moment++)
        {
            for (int i = 0; i < Agents; i++)
            {
                double[] message = expected(moment, i);
                for (int f = 0; f < Width; f++)
                {
                    Assert.Equal(message[f], actual[(((moment * Agents) + i) * Width) + f], 1e-5); // some roundings of float
                }
            }
        }
    }

    private static double[] ByHeads(Func<int, double[]> ofHead) => Sum(Enumerable.Range(0, Heads).Select(h => (1.0, ofHead(h))));

    // Only the head's own features of the values.
    private static double[] Attend(int[] heard, Func<int, double> score, Func<int, double[]> value, int head)
    {
        double[] weights = [.. heard.Select(j => Math.Exp(score(j)))];
        double[] all = Sum(heard.Select((j, at) => (weights[at] / weights.Sum(), value(j))));
        return [.. all.Select((v, f) => f / (Width / Heads) == head ? v : 0)];
    }

    private static double[] Sum(IEnumerable<(double Weight, double[] Values)> terms)
    {
        double[] sum = new double[Width];
        foreach ((double weight, double[] values) in terms)
        {
            for (int f = 0; f < Width; f++)
            {
                sum[f] += weight * values[f];
            }
        }

        return sum;
    }

    private static double Leaky(double x) => x > 0 ? x : 0.2 * x;

    private static double[] Product(Parameter weight, double[] x) =>
        [.. Enumerable.Range(0, weight.Shape[0]).Select(o => Enumerable.Range(0, x.Length).Sum(i => weight.Values[(o * x.Length) + i] * x[i]))];

    private sealed class Inputs(int frames)
    {
        public float[] Own { get; } = Draw.Normal(new Shape(Rows, Agents, Width), 11).Values;

        public float[] Said { get; } = Draw.Normal(new Shape(Rows, frames, Agents, Width), 12).Values;

        public float[] Edges { get; } = Draw.Normal(new Shape(Rows, frames, Agents, Agents, MessageModuleTests.Edges), 13).Values;

        public Heard On(Tape tape, float[] links, float[] said) => new(
            tape.Constant(new Shape(Rows, Agents, Width), Own),
            tape.Constant(new Shape(Rows, frames, Agents, Width), said),
            tape.Constant(new Shape(Rows, frames, Agents, Agents), links),
            tape.Constant(new Shape(Rows, frames, Agents, Agents, MessageModuleTests.Edges), Edges));

        public double[][] Mapped(MessageModule module, string weight, bool own = false, string? bias = null) =>
        [
            .. Enumerable.Range(0, Rows * Agents).Select(a =>
            {
                double[] product = Product(module[weight], [.. (own ? Own : Said).Skip(a * Width).Take(Width).Select(v => (double)v)]);
                return bias is null ? product : [.. product.Select((v, o) => v + module[bias].Values[o])];
            }),
        ];
    }
}
