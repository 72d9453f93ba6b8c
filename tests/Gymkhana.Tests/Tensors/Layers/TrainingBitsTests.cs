using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Tests.Tensors.Layers;

/// <summary>A short training through layers, distributions and optimizers leaves the same bits at any number of threads and on every processor.</summary>
public sealed class TrainingBitsTests
{
    // The first half of the SHA-256 of all parameters and draws below.
    private const string Recorded = "45B217926D5BD63D1E3C832D26BDEC68";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Category", "Determinism")]
    public void Training_AnyThreads_LeavesTheRecordedBits(int threads)
    {
        KeyedStream random = new(7, 0, StreamPurpose.Initialization), acting = new(7, 1, StreamPurpose.Acting);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Network[] networks = [new(random), new(random), new(random), new(random)];
        Optimizer[] optimizers =
        [
            new Adam(networks[0].TrainableParameters, 0.01, amsgrad: true),
            new AdamW(networks[1].TrainableParameters),
            new RmsProp(networks[2].TrainableParameters, 0.001, momentum: 0.9, centered: true),
            new Sgd(networks[3].TrainableParameters, 0.01, momentum: 0.9, nesterov: true),
        ];
        Tape tape = new(threads);
        for (int i = 0; i < networks.Length; i++)
        {
            for (int step = 0; step < 3; step++)
            {
                optimizers[i].LearningRate = LearningRateSchedule.Cosine(0.01, 0.001, step, 3) * LearningRateSchedule.WarmUp(step, 2);
                optimizers[i].ClearGradients();
                tape.Backward(networks[i].Loss(tape, acting, hash));
                GradientClipping.ByGlobalNorm(optimizers[i].Parameters, 0.5);
                optimizers[i].Step(tape);
                tape.Reset();
            }

            networks[i].AverageFrom(networks[0], 0.3);
            foreach (NamedParameter parameter in networks[i].Parameters)
            {
                hash.AppendData(MemoryMarshal.AsBytes(parameter.Parameter.Values));
            }
        }

        Assert.Equal(Recorded, Convert.ToHexString(hash.GetHashAndReset())[..32]);
    }

    private sealed class Network : Module
    {
        private readonly Linear _embed;
        private readonly Lstm _lstm;
        private readonly Gru _gru;
        private readonly Mlp _choice;
        private readonly Mlp _normal;
        private readonly Mlp _beta;

        public Network(KeyedStream random)
        {
            // 300 × 256 weights are shared by the threads, 19 units of state leave bundles unfilled.
            _embed = AddModule("embed", new Linear(300, 256, random));
            Initialization.Orthogonal(_embed.Weight, random, 1.4);
            _lstm = AddModule("lstm", new Lstm(256, 19, random, layers: 2));
            _gru = AddModule("gru", new Gru(19, 21, random));
            _choice = AddModule("choice", new Mlp([21, 33, 5], Activation.Tanh, random).InitializeOrthogonal(random, 0.5));
            _normal = AddModule("normal", new Mlp([21, 3], Activation.Relu, random));
            _beta = AddModule("beta", new Mlp([21, 17, 4], Activation.Sigmoid, random));
        }

        public Tensor Loss(Tape tape, KeyedStream acting, IncrementalHash hash)
        {
            const int Batch = 3, Steps = 4, Rows = Batch * Steps;
            float[] values = new float[Rows * 300];
            foreach (ref float value in values.AsSpan())
            {
                value = (float)acting.NextNormal();
            }

            Tensor x = _embed.Forward(tape.Constant(new Shape(Batch, Steps, 300), values), Activation.Tanh);
            x = _lstm.Forward(x, _lstm.Begin(tape, Batch)).Output;
            x = _gru.Forward(x, _gru.Begin(tape, Batch)).Output.Reshape(Rows, 21);
            Categorical choice = new(_choice.Forward(x));
            Tensor mean = _normal.Forward(x);
            DiagonalNormal normal = new(mean, mean * 0.1f);
            Tensor shapes = _beta.Forward(x).Softplus() + 1f;
            Beta beta = new(shapes.Slice(1, 0, 2), shapes.Slice(1, 2, 4));
            int[] classes = new int[Rows];
            float[] points = new float[Rows * 3], parts = new float[Rows * 2];
            choice.Sample(acting, classes);
            normal.Sample(acting, points);
            beta.Sample(acting, parts);
            hash.AppendData(MemoryMarshal.AsBytes<int>(classes));
            hash.AppendData(MemoryMarshal.AsBytes<float>(points));
            hash.AppendData(MemoryMarshal.AsBytes<float>(parts));
            Tensor likelihood = choice.LogProbability(tape.Indices(new Shape(Rows), classes))
                + normal.LogProbability(tape.Constant(new Shape(Rows, 3), points))
                + beta.LogProbability(tape.Constant(new Shape(Rows, 2), parts));
            return (likelihood + choice.Entropy() + beta.Entropy()).Mean();
        }
    }
}
