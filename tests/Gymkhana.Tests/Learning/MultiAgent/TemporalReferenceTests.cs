using Gymkhana.Core.Randomness;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Tensors;
using Gymkhana.Tests.Tensors;

namespace Gymkhana.Tests.Learning.MultiAgent;

/// <summary>Messages of kind transformer, number by number in double, as docs/algorithms/communication.md says them.</summary>
public sealed class TemporalReferenceTests
{
    private const int Rows = 3;
    private const int Frames = 4;
    private const int Agents = 3;
    private const int Width = 6;
    private const int Heads = 2;
    private const int HeadWidth = Width / Heads;
    private const int EdgeFeatures = 2;

    private readonly MessageModule _module = MessageModule.For(MessageKind.Transformer, Width, Heads, Frames, EdgeFeatures, new KeyedStream(5, 0, StreamPurpose.Initialization));
    private readonly float[] _own = Draw.Normal(new Shape(Rows, Agents, Width), 21).Values;
    private readonly float[] _said = Draw.Normal(new Shape(Rows, Frames, Agents, Width), 22).Values;
    private readonly float[] _edges = Draw.Normal(new Shape(Rows, Frames, Agents, Agents, EdgeFeatures), 23).Values;
    private readonly float[] _links = SomeLinks();

    [Fact]
    public void Forward_LinksThatComeAndGo_IsThePlainTransformerThenAttention()
    {
        // Biases and norms that begin as zeros and ones could not be told from missing ones.
        foreach ((Parameter parameter, int number) in _module.Parameters.Select((p, i) => (p.Parameter, i)))
        {
            float[] noise = Draw.Normal(parameter.Shape, 40 + (ulong)number).Values;
            for (int i = 0; i < noise.Length; i++) parameter.Values[i] += 0.3f * noise[i];
        }

        Tape tape = new();
        var heard = new Heard(
            tape.Constant(new Shape(Rows, Agents, Width), _own),
            tape.Constant(new Shape(Rows, Frames, Agents, Width), _said),
            tape.Constant(new Shape(Rows, Frames, Agents, Agents), _links),
            tape.Constant(new Shape(Rows, Frames, Agents, Agents, EdgeFeatures), _edges));
        float[] actual = _module.Forward(heard).Messages.Values.ToArray();
        int heardSomebody = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int receiver = 0; receiver < Agents; receiver++)
            {
                double[] expected = Message(row, receiver);
                heardSomebody += expected.Any(v => v != 0) ? 1 : 0;
                for (int f = 0; f < Width; f++) Assert.Equal(expected[f], actual[(((row * Agents) + receiver) * Width) + f], 2e-5); // roundings of float through two norms and two softmaxes
            }
        }

        Assert.InRange(heardSomebody, 5, 8); // one hears nobody
    }

    // Different in every frame; the first agent of the last moment hears nobody in any.
    private static float[] SomeLinks()
    {
        float[] draw = Draw.Normal(new Shape(Rows, Frames, Agents, Agents), 24).Values;
        float[] links = new float[draw.Length];
        for (int i = 0; i < links.Length; i++)
        {
            int sender = i % Agents, receiver = i / Agents % Agents, row = i / (Agents * Agents * Frames);
            links[i] = sender != receiver && draw[i] > 0 && (row, receiver) != (Rows - 1, 0) ? 1 : 0;
        }

        return links;
    }

    private double[] Message(int row, int receiver)
    {
        int[] voices = [.. Enumerable.Range(0, Agents).Where(s => Enumerable.Range(0, Frames).Any(f => Link(row, f, receiver, s)))];
        double[][] values = [.. voices.Select(s => Remembered(row, receiver, s))];
        double[] query = Times("receiver.weight", Slice(_own, (row * Agents) + receiver, Width)), message = new double[Width], score = Values("score");
        for (int head = 0; head < Heads && voices.Length > 0; head++)
        {
            double[] scores = [.. values.Select(v => Enumerable.Range(head * HeadWidth, HeadWidth).Sum(f => score[f] * Leaky(query[f] + v[f])))];
            double[] shares = Softmax(scores);
            for (int f = head * HeadWidth; f < (head + 1) * HeadWidth; f++) message[f] = shares.Zip(values, (share, value) => share * value[f]).Sum();
        }

        return message;
    }

    // What the layer makes of the present place of one sender's frames.
    private double[] Remembered(int row, int receiver, int sender)
    {
        double[][] tokens = [.. Enumerable.Range(0, Frames).Select(f => Token(row, f, receiver, sender))];
        int[] seen = [.. Enumerable.Range(0, Frames).Where(f => Link(row, f, receiver, sender))];
        double[] x = Plus(tokens[^1], Attention([.. tokens.Select(t => Norm(t, "layer.norm1"))], seen));
        double[] hidden = [.. Plus(Times("layer.linear1.weight", Norm(x, "layer.norm2")), Values("layer.linear1.bias")).Select(Gelu)];
        return Plus(x, Plus(Times("layer.linear2.weight", hidden), Values("layer.linear2.bias")));
    }

    private double[] Token(int row, int frame, int receiver, int sender)
    {
        double[] age = [.. Values("ages").Skip(frame * Width).Take(Width)];
        if (!Link(row, frame, receiver, sender)) return age;
        int moment = (row * Frames) + frame;
        double[] words = Times("sender.weight", Slice(_said, (moment * Agents) + sender, Width));
        double[] edge = Times("edge.weight", Slice(_edges, (((moment * Agents) + receiver) * Agents) + sender, EdgeFeatures));
        return Plus(Plus(words, edge), age);
    }

    // Of the last place, to those that it may see.
    private double[] Attention(double[][] tokens, int[] seen)
    {
        double[][] mixed = [.. tokens.Select(t => Plus(Times("layer.self_attn.in_proj_weight", t), Values("layer.self_attn.in_proj_bias")))];
        double[] result = new double[Width];
        for (int head = 0; head < Heads; head++)
        {
            int at = head * HeadWidth;
            double[] shares = Softmax([.. seen.Select(s => Enumerable.Range(at, HeadWidth).Sum(f => mixed[^1][f] * mixed[s][Width + f]) / Math.Sqrt(HeadWidth))]);
            for (int f = at; f < at + HeadWidth; f++) result[f] = shares.Zip(seen, (share, s) => share * mixed[s][(2 * Width) + f]).Sum();
        }

        return Plus(Times("layer.self_attn.out_proj.weight", result), Values("layer.self_attn.out_proj.bias"));
    }

    private double[] Norm(double[] x, string name)
    {
        double mean = x.Average(), deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5);
        return [.. x.Select((v, f) => ((v - mean) / deviation * Values(name + ".weight")[f]) + Values(name + ".bias")[f])];
    }

    private bool Link(int row, int frame, int receiver, int sender) => _links[(((((row * Frames) + frame) * Agents) + receiver) * Agents) + sender] != 0;

    private double[] Values(string name) => [.. _module[name].Values.ToArray().Select(v => (double)v)];

    private double[] Times(string weight, double[] x)
    {
        double[] w = Values(weight);
        return [.. Enumerable.Range(0, w.Length / x.Length).Select(o => Enumerable.Range(0, x.Length).Sum(i => w[(o * x.Length) + i] * x[i]))];
    }

    private static double[] Slice(float[] values, int index, int size) => [.. values.Skip(index * size).Take(size).Select(v => (double)v)];

    private static double[] Plus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Softmax(double[] scores)
    {
        double[] powers = [.. scores.Select(Math.Exp)];
        return [.. powers.Select(p => p / powers.Sum())];
    }

    private static double Leaky(double x) => x > 0 ? x : 0.2 * x;

    private static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    // 2/√π times the integral of exp(−t²) from 0 to x, by Simpson's rule.
    private static double Erf(double x)
    {
        const int Pieces = 400;
        double step = x / Pieces, sum = 0;
        for (int i = 0; i <= Pieces; i++) sum += (i is 0 or Pieces ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-i * step * i * step);
        return 2 / Math.Sqrt(Math.PI) * sum * step / 3;
    }
}
