using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Cli.Benches.Tensors;

/// <summary>
/// One update of discrete BCQ (Fujimoto et al., "Benchmarking Batch Deep Reinforcement Learning Algorithms", 2019) on a batch
/// of 128 stacks of four frames of 96 × 96 bytes, with 25 actions: the network and its target on the next states, then forward,
/// backward, Adam and Polyak's average.
/// </summary>
internal sealed class BcqUpdate : ITensorWork
{
    private const int Batch = 128;
    private const int Actions = 25;
    private const float Threshold = 0.3f;
    private const float Discount = 0.99f;
    private readonly Tape _tape;
    private readonly TwoHeads _network = new(new KeyedStream(1, 0, StreamPurpose.Initialization));
    private readonly TwoHeads _target = new(new KeyedStream(1, 0, StreamPurpose.Initialization));
    private readonly Adam _adam;
    private readonly PixelTensor _states;
    private readonly PixelTensor _following;
    private readonly int[] _actions = new int[Batch];
    private readonly float[] _rewards = new float[Batch];
    private readonly int[] _best = new int[Batch];
    private readonly float[] _wanted = new float[Batch];

    public BcqUpdate(int threads)
    {
        _tape = new Tape(threads);
        _target.SetTrainable(false);
        _adam = new Adam(_network.TrainableParameters, 1e-4);
        KeyedStream random = new(2, 0, StreamPurpose.Exploration);
        _states = Frames(random);
        _following = Frames(random);
        for (int i = 0; i < Batch; i++)
        {
            _actions[i] = random.NextInt(Actions);
            _rewards[i] = (float)random.NextNormal();
        }
    }

    public string Name => "tensors/bcq-update-128";

    public double Amount => 1;

    public string Unit => "updates/s";

    public void Run()
    {
        _tape.Recording = false;
        (Tensor values, Tensor logits) = _network.Forward(_tape, _following);
        ChooseBest(values.Values, logits.LogSoftmax().Values);
        (Tensor targets, _) = _target.Forward(_tape, _following);
        for (int i = 0; i < Batch; i++)
        {
            _wanted[i] = _rewards[i] + (Discount * targets.Values[(i * Actions) + _best[i]]);
        }

        _tape.Recording = true;
        (values, logits) = _network.Forward(_tape, _states);
        IndexTensor chosen = _tape.Indices(new Shape(Batch, 1), _actions);
        Tensor error = values.Gather(1, chosen).SmoothL1Loss(_tape.Constant(new Shape(Batch, 1), _wanted));
        Tensor imitation = logits.CrossEntropy(_tape.Indices(new Shape(Batch), _actions));
        Tensor loss = error + imitation + (logits.Square().Mean() * 1e-2f);
        _network.ClearGradients();
        _tape.Backward(loss);
        _adam.Step();
        _target.AverageFrom(_network, 0.005);
        _tape.Reset();
    }

    /// <summary>The most valuable action among those at least <see cref="Threshold"/> times as likely in the data as the likeliest.</summary>
    private void ChooseBest(ReadOnlySpan<float> values, ReadOnlySpan<float> logProbabilities)
    {
        for (int i = 0; i < Batch; i++)
        {
            ReadOnlySpan<float> likely = logProbabilities.Slice(i * Actions, Actions), worth = values.Slice(i * Actions, Actions);
            float least = float.NegativeInfinity, best = float.NegativeInfinity;
            foreach (float logarithm in likely)
            {
                least = MathF.Max(least, logarithm);
            }

            least += MathF.Log(Threshold);
            for (int action = 0; action < Actions; action++)
            {
                if (likely[action] > least && worth[action] > best)
                {
                    (best, _best[i]) = (worth[action], action);
                }
            }
        }
    }

    private static PixelTensor Frames(KeyedStream random)
    {
        Shape shape = new(Batch, 4, 96, 96);
        byte[] bytes = new byte[shape.Count];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.NextInt(256);
        }

        return new PixelTensor(bytes, shape, 0, 1 / 255f);
    }

    /// <summary>The convolutions of Mnih et al. (2015), with a head of action values and one that imitates the data.</summary>
    private sealed class TwoHeads : Module
    {
        private readonly Conv2d[] _convolutions;
        private readonly Mlp _value;
        private readonly Mlp _imitation;

        public TwoHeads(KeyedStream random)
        {
            _convolutions =
            [
                AddModule("c1", new Conv2d(4, 32, 8, random, ConvolutionOptions.Square(4))),
                AddModule("c2", new Conv2d(32, 64, 4, random, ConvolutionOptions.Square(2))),
                AddModule("c3", new Conv2d(64, 64, 3, random)),
            ];
            _value = AddModule("value", new Mlp([4096, 512, Actions], Activation.Relu, random));
            _imitation = AddModule("imitation", new Mlp([4096, 512, Actions], Activation.Relu, random));
        }

        public (Tensor Values, Tensor Logits) Forward(Tape tape, PixelTensor frames)
        {
            Tensor x = _convolutions[0].Forward(tape, frames, Activation.Relu);
            x = _convolutions[1].Forward(x, Activation.Relu);
            x = _convolutions[2].Forward(x, Activation.Relu).Reshape(Batch, -1);
            return (_value.Forward(x), _imitation.Forward(x));
        }
    }
}
