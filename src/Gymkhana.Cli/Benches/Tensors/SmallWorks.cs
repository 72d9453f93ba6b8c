using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Cli.Benches.Tensors;

/// <summary>Numbers for the works.</summary>
internal static class RandomNumbers
{
    public static float[] Normal(int count, ulong seed)
    {
        KeyedStream random = new(seed, 0, StreamPurpose.Exploration);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)random.NextNormal();
        }

        return values;
    }
}

/// <summary>A product of two matrices of 512 × 512.</summary>
internal sealed class MatrixProduct : ITensorWork
{
    private const int Size = 512;
    private readonly Tape _tape;
    private readonly Parameter _left = new(new Shape(Size, Size));
    private readonly Parameter _right = new(new Shape(Size, Size));

    public MatrixProduct(int threads)
    {
        _tape = new Tape(threads) { Recording = false };
        RandomNumbers.Normal(Size * Size, 1).CopyTo(_left.Values);
        RandomNumbers.Normal(Size * Size, 2).CopyTo(_right.Values);
    }

    public string Name => "tensors/matmul-512";

    public double Amount => 2.0 * Size * Size * Size / 1e9;

    public string Unit => "GFLOP/s";

    public void Run()
    {
        _tape.Use(_left).MatMul(_tape.Use(_right));
        _tape.Reset();
    }
}

/// <summary>Forward and backward through a perceptron 16-128-128-5 with tanh, a batch of 64.</summary>
internal sealed class MlpStep : ITensorWork
{
    private const int Batch = 64;
    private readonly Tape _tape;
    private readonly Mlp _network = new([16, 128, 128, 5], Activation.Tanh, new KeyedStream(1, 0, StreamPurpose.Initialization));
    private readonly float[] _inputs = RandomNumbers.Normal(Batch * 16, 1);
    private readonly float[] _wanted = RandomNumbers.Normal(Batch * 5, 2);

    public MlpStep(int threads) => _tape = new Tape(threads);

    public string Name => "tensors/mlp-64";

    public double Amount => 1;

    public string Unit => "steps/s";

    public void Run()
    {
        _network.ClearGradients();
        Tensor y = _network.Forward(_tape.Constant(new Shape(Batch, 16), _inputs));
        _tape.Backward(y.MseLoss(_tape.Constant(new Shape(Batch, 5), _wanted)));
        _tape.Reset();
    }
}

/// <summary>Acting by a perceptron 4-64-64-2 with tanh on one observation, a thousand times.</summary>
internal sealed class Acting : ITensorWork
{
    private const int Times = 1000;
    private readonly MlpActor _actor = new(new Mlp([4, 64, 64, 2], Activation.Tanh, new KeyedStream(1, 0, StreamPurpose.Initialization)));
    private readonly float[] _observation = RandomNumbers.Normal(4, 1);
    private readonly float[] _preferences = new float[2];

    public string Name => "tensors/act-1";

    public double Amount => Times;

    public string Unit => "actions/s";

    public void Run()
    {
        for (int i = 0; i < Times; i++)
        {
            _actor.Act(_observation, _preferences);
        }
    }
}

/// <summary>Forward and backward through a transformer encoder of two layers (128 wide, 2 heads, perceptron 256), 256 sequences of 8.</summary>
internal sealed class TransformerStep : ITensorWork
{
    private readonly Tape _tape;
    private readonly TransformerEncoder _network = new(2, 128, 2, 256, new KeyedStream(1, 0, StreamPurpose.Initialization));
    private readonly float[] _inputs = RandomNumbers.Normal(256 * 8 * 128, 1);

    public TransformerStep(int threads) => _tape = new Tape(threads);

    public string Name => "tensors/transformer-256x8";

    public double Amount => 1;

    public string Unit => "steps/s";

    public void Run()
    {
        _network.ClearGradients();
        _tape.Backward(_network.Forward(_tape.Constant(new Shape(256, 8, 128), _inputs)).Square().Mean());
        _tape.Reset();
    }
}

/// <summary>Forward and backward through two dense graph attention layers, 256 graphs of 8 nodes, hidden size 128, one head.</summary>
internal sealed class GraphStep : ITensorWork
{
    private const int Graphs = 256;
    private const int Nodes = 8;
    private readonly Tape _tape;
    private readonly GraphPair _network = new(new KeyedStream(1, 0, StreamPurpose.Initialization));
    private readonly float[] _inputs = RandomNumbers.Normal(Graphs * Nodes * 128, 1);
    private readonly float[] _adjacency = new float[Graphs * Nodes * Nodes];

    public GraphStep(int threads)
    {
        _tape = new Tape(threads);
        KeyedStream random = new(2, 0, StreamPurpose.Exploration);
        for (int i = 0; i < _adjacency.Length; i++)
        {
            bool loop = i / Nodes % Nodes == i % Nodes;
            _adjacency[i] = loop || random.NextInt(2) == 1 ? 1 : 0;
        }
    }

    public string Name => "tensors/gat-256x8";

    public double Amount => 1;

    public string Unit => "steps/s";

    public void Run()
    {
        _network.ClearGradients();
        Tensor adjacency = _tape.Constant(new Shape(Graphs, Nodes, Nodes), _adjacency);
        _tape.Backward(_network.Forward(_tape.Constant(new Shape(Graphs, Nodes, 128), _inputs), adjacency).Square().Mean());
        _tape.Reset();
    }

    private sealed class GraphPair : Module
    {
        private readonly GraphAttentionLayer _first;
        private readonly GraphAttentionLayer _second;

        public GraphPair(KeyedStream random)
        {
            _first = AddModule("0", new GraphAttentionLayer(128, 128, 1, random));
            _second = AddModule("1", new GraphAttentionLayer(128, 128, 1, random));
        }

        public Tensor Forward(Tensor nodes, Tensor adjacency) =>
            _second.Forward(_first.Forward(nodes, adjacency).Result.Elu(), adjacency).Result;
    }
}
