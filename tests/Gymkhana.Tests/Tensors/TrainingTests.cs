using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Tests.Tensors;

/// <summary>Whole updates of discrete BCQ on small images: what they allocate, and that their bits are the same everywhere.</summary>
public sealed class TrainingTests
{
    // Recorded with 512-bit vectors and one thread; every width and number of threads meets it.
    private const string Trajectory = "771932EDEC386282F9146C63F47E87B9";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Update_AfterTen_AllocatesNothingAndTheProcessStopsGrowing(int threads)
    {
        Learner learner = new(threads);
        for (int i = 0; i < 200; i++)
        {
            learner.Update();
        }

        using Process process = Process.GetCurrentProcess();
        long before = process.WorkingSet64, capacity = learner.MemoryCapacity;

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                learner.Update();
            }
        }));
        for (int i = 0; i < 1000; i++)
        {
            learner.Update();
        }

        Assert.Equal(capacity, learner.MemoryCapacity);
        process.Refresh();

        // Other tests run beside this one in the same process; an update that kept its 200 kB would add 200 MB.
        Assert.InRange(process.WorkingSet64 - before, long.MinValue, 150_000_000);
    }

    [Theory]
    [Trait("Category", "Determinism")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Updates_AnyThreadsAndWidth_GiveTheRecordedBits(int threads)
    {
        Learner learner = new(threads);
        for (int i = 0; i < 12; i++)
        {
            learner.Update();
        }

        Assert.Equal(Trajectory, learner.Hash());
    }

    private sealed class Learner
    {
        private const int Batch = 32;
        private readonly Tape _tape;
        private readonly Conv2d _convolution;
        private readonly LayerNorm _norm = new(8 * 8 * 8);
        private readonly Mlp _head;
        private readonly Optimizer _adam;
        private readonly List<NamedParameter> _parameters;
        private readonly byte[] _pixels = new byte[Batch * 3 * 20 * 20];
        private readonly int[] _actions = new int[Batch];
        private readonly float[] _wanted = new float[Batch];

        public Learner(int threads)
        {
            _tape = new Tape(threads);
            KeyedStream random = new(5, 0, StreamPurpose.Initialization);
            _convolution = new Conv2d(3, 8, 6, random, ConvolutionOptions.Square(2));
            _head = new Mlp([8 * 8 * 8, 64, 7], Activation.Tanh, random);
            _parameters = [.. _convolution.Parameters, .. _norm.Parameters, .. _head.Parameters];
            _adam = new Adam(_parameters, 1e-3);
            for (int i = 0; i < _pixels.Length; i++)
            {
                _pixels[i] = (byte)random.NextInt(256);
            }

            for (int i = 0; i < Batch; i++)
            {
                _actions[i] = random.NextInt(7);
            }
        }

        public long MemoryCapacity => _tape.MemoryCapacity;

        public void Update()
        {
            _tape.Recording = false;
            Tensor following = Forward();
            for (int i = 0; i < Batch; i++)
            {
                _wanted[i] = 1 + (0.5f * following.Values[(i * 7) + _actions[i]]);
            }

            _tape.Recording = true;
            Tensor q = Forward();
            Tensor error = q.Gather(1, _tape.Indices(new Shape(Batch, 1), _actions)).SmoothL1Loss(_tape.Constant(new Shape(Batch, 1), _wanted));
            Tensor loss = error + q.CrossEntropy(_tape.Indices(new Shape(Batch), _actions)) + (q.Square().Mean() * 0.01f);
            _adam.ClearGradients();
            _tape.Backward(loss);
            GradientClipping.ByGlobalNorm(_parameters, 1);
            _adam.Step();
            _tape.Reset();
        }

        public string Hash()
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (NamedParameter parameter in _parameters)
            {
                hash.AppendData(MemoryMarshal.AsBytes(parameter.Parameter.Values));
            }

            return Convert.ToHexString(hash.GetHashAndReset())[..32];
        }

        private Tensor Forward()
        {
            Tensor x = _convolution.Forward(_tape, new PixelTensor(_pixels, new Shape(Batch, 3, 20, 20), 128, 1 / 128f), Activation.Relu);
            return _head.Forward(_norm.Forward(x.Reshape(Batch, -1)));
        }
    }
}
