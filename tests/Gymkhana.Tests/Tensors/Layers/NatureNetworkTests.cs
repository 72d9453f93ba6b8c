using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Tests.Tensors.Layers;

/// <summary>The convolutional network of Mnih et al. (2015) with a head of values and one that imitates, on bytes.</summary>
public sealed class NatureNetworkTests
{
    [Fact]
    public void Network_NarrowRecordedCase_GivesItsResultsAndGradients()
    {
        GoldenCase golden = new("nature_narrow_96");
        NatureNetwork network = new([8, 12, 12], 768, 24);
        Fill(golden, network, "p.");
        Tape tape = new();
        (Tensor q, Tensor logits) = network.Forward(tape, Pixels(golden, "c.x_u8"));
        golden.Check("out.q", q.Values);
        golden.Check("out.logits", logits.Values);
        golden.Seed(q, "gout.q");
        golden.Seed(logits, "gout.logits");
        tape.Backward();
        Assert.All(network.Parameters, p => golden.Check("g." + p.Name, p.Parameter.Gradient));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Network_FullSize_HasTheRecordedLossAndGradients(int threads)
    {
        GoldenCase golden = new("nature_full_96_formula");
        NatureNetwork network = new([32, 64, 64], 4096, 512);
        string[] order = [.. golden.Attributes.GetProperty("order").EnumerateArray().Select(o => o.GetString()!)];
        for (int j = 0; j < order.Length; j++)
        {
            FillByFormula(network[order[j]], j + 1, (float)golden.Attributes.GetProperty("scale").GetProperty(order[j]).GetDouble());
            golden.Check("phead." + order[j], network[order[j]].Values[..golden.Floats("phead." + order[j]).Length]);
        }

        Shape shape = new(3, 4, 96, 96);
        byte[] bytes = [.. Enumerable.Range(0, shape.Count).Select(i => (byte)(((37 * i) + (11 * (i / 96))) % 251))];
        Tape tape = new(threads);
        (Tensor q, Tensor logits) = network.Forward(tape, new PixelTensor(bytes, shape, 128, 1 / 128f));
        IndexTensor actions = golden.Indices(tape, "c.action");
        Tensor values = q.Gather(1, actions).SmoothL1Loss(golden.Constant(tape, "c.target"));
        Tensor imitation = logits.CrossEntropy(tape.Indices(new Shape(3), actions.Values));
        Tensor regularization = logits.Square().Mean();
        Tensor loss = values + imitation + (regularization * 0.01f);
        golden.Check("out.q", q.Values);
        golden.Check("out.logits", logits.Values);
        golden.Check("out.q_loss", values.Values);
        golden.Check("out.i_loss", imitation.Values);
        golden.Check("out.loss", loss.Values);
        tape.Backward(loss);
        Assert.All(order, name => CheckGradient(golden, name, network[name].Gradient));
    }

    [Fact]
    public void DiscreteBcq_RecordedBatchOfPixels_GivesTheRecordedNetworks()
    {
        GoldenCase golden = new("bcq_update_conv");
        NatureNetwork network = new([6, 8, 8], 8, 10), target = new([6, 8, 8], 8, 10);
        Fill(golden, network, "p.");
        Fill(golden, target, "c.target.");
        Adam adam = new(network.TrainableParameters, 1e-3, epsilon: 1.5e-4);
        Tape tape = new() { Recording = false };
        (Tensor nextQ, Tensor nextLogits) = network.Forward(tape, Pixels(golden, "c.next_u8"));
        Tensor likely = nextLogits.Softmax();
        Tensor ratio = likely / likely.Max(1, keepDimensions: true);
        golden.Check("out.next_ratio", ratio.Values);
        int[] best = Best(nextQ.Values, ratio.Values, 25);
        Assert.Equal(golden.Integers("out.next_action"), best);
        Tensor nextValue = target.Forward(tape, Pixels(golden, "c.next_u8")).Q.Gather(1, tape.Indices(new Shape(6, 1), best));
        Tensor wanted = golden.Constant(tape, "c.reward") + (golden.Constant(tape, "c.not_done") * 0.99f * nextValue);
        golden.Check("out.target_q", wanted.Values);

        tape.Recording = true;
        (Tensor q, Tensor logits) = network.Forward(tape, Pixels(golden, "c.state_u8"));
        IndexTensor actions = golden.Indices(tape, "c.action");
        Tensor loss = q.Gather(1, actions).SmoothL1Loss(wanted) + logits.CrossEntropy(tape.Indices(new Shape(6), actions.Values)) + (logits.Square().Mean() * 0.01f);
        golden.Check("out.loss", loss.Values);
        tape.Backward(loss);
        Assert.All(network.Parameters, p => golden.Check("g." + p.Name, p.Parameter.Gradient));
        adam.Step();
        target.AverageFrom(network, 0.005);
        Assert.All(network.Parameters, p => golden.Check("new." + p.Name, p.Parameter.Values));
        Assert.All(target.Parameters, p => golden.Check("new.target." + p.Name, p.Parameter.Values));
    }

    private static void CheckGradient(GoldenCase golden, string name, ReadOnlySpan<float> gradient)
    {
        double squares = 0, sum = 0;
        foreach (float value in gradient)
        {
            squares += (double)value * value;
            sum += value;
        }

        int every = Math.Max(1, gradient.Length / 64);
        float[] some = new float[golden.Floats("gstride." + name).Length];
        for (int i = 0; i < some.Length; i++)
        {
            some[i] = gradient[i * every];
        }

        golden.Check("gnorm." + name, [(float)Math.Sqrt(squares)]);
        golden.Check("ghead." + name, gradient[..golden.Floats("ghead." + name).Length]);
        golden.Check("gstride." + name, some);

        // Two million gradients of both signs nearly cancel: each may be off by a rounding of its own size.
        Assert.Equal(golden.Floats("gsum." + name)[0], sum, 1e-6 * Math.Sqrt(squares * gradient.Length) + 1e-5);
    }

    private static int[] Best(ReadOnlySpan<float> q, ReadOnlySpan<float> ratio, int actions)
    {
        int[] best = new int[q.Length / actions];
        for (int i = 0; i < q.Length; i++)
        {
            int row = i / actions;
            bool first = ratio[(row * actions) + best[row]] <= 0.3f;
            if (ratio[i] > 0.3f && (first || q[i] > q[(row * actions) + best[row]]))
            {
                best[row] = i % actions;
            }
        }

        return best;
    }

    // The formula is in the manifest: a hash of the index, as a number in [−1, 1), times a scale.
    private static void FillByFormula(Parameter parameter, int j, float scale)
    {
        for (int i = 0; i < parameter.Values.Length; i++)
        {
            uint x = unchecked((uint)(i + (j * 2654435761L)));
            x = (x ^ (x >> 16)) * 0x7feb352d;
            x = (x ^ (x >> 15)) * 0x846ca68b;
            x ^= x >> 16;
            parameter.Values[i] = (((x >> 8) * (1f / 8388608)) - 1) * scale;
        }
    }

    private static PixelTensor Pixels(GoldenCase golden, string key) => new(golden.Bytes(key), golden.Shape(key), 128, 1 / 128f);

    private static void Fill(GoldenCase golden, Module module, string prefix) => Assert.All(module.Parameters, p => golden.Fill(p.Parameter, prefix + p.Name));

    private sealed class NatureNetwork : Module
    {
        private readonly Conv2d[] _convolutions;
        private readonly Linear[] _linears;

        public NatureNetwork(int[] channels, int features, int hidden)
        {
            KeyedStream random = new(1, 0, StreamPurpose.Initialization);
            _convolutions =
            [
                AddModule("c1", new Conv2d(4, channels[0], 8, random, ConvolutionOptions.Square(4))),
                AddModule("c2", new Conv2d(channels[0], channels[1], 4, random, ConvolutionOptions.Square(2))),
                AddModule("c3", new Conv2d(channels[1], channels[2], 3, random)),
            ];
            _linears =
            [
                AddModule("q1", new Linear(features, hidden, random)),
                AddModule("q2", new Linear(hidden, 25, random)),
                AddModule("i1", new Linear(features, hidden, random)),
                AddModule("i2", new Linear(hidden, 25, random)),
            ];
        }

        public (Tensor Q, Tensor Logits) Forward(Tape tape, PixelTensor pixels)
        {
            Tensor x = _convolutions[0].Forward(tape, pixels, Activation.Relu);
            x = _convolutions[2].Forward(_convolutions[1].Forward(x, Activation.Relu), Activation.Relu);
            x = x.Reshape(pixels.Shape[0], -1);
            return (_linears[1].Forward(_linears[0].Forward(x, Activation.Relu)), _linears[3].Forward(_linears[2].Forward(x, Activation.Relu)));
        }
    }
}
