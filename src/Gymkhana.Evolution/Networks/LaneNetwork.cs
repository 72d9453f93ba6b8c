using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Simd;

namespace Gymkhana.Evolution.Networks;

/// <summary>
/// Runs one network for many lanes at once: a lane is an episode, or a case of a task. Every lane has the same weights and
/// its own values. Reusable: <see cref="Load"/> takes the next network without allocating once the buffers are large enough.
/// </summary>
public abstract unsafe class LaneNetwork
{
    private Batch<float> _values;
    private Link[] _links = [];

    private protected LaneNetwork(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        Lanes = lanes;
        _values = new Batch<float>(1, 1, lanes);
    }

    /// <summary>Lanes, as asked for.</summary>
    public int Lanes { get; }

    /// <summary>Distance between the rows of two nodes, floats: the lanes padded to whole bundles.</summary>
    public int Stride => _values.Stride;

    /// <summary>The network that is loaded.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    public NetworkGraph Graph
    {
        get => field ?? throw new InvalidOperationException("No network is loaded. Call Load first.");
        private set;
    }

    private protected Batch<float> Values => _values;

    private protected Link[] Links => _links;

    /// <summary>A runner of the widest bundles this processor has.</summary>
    /// <param name="lanes">Number of lanes.</param>
    /// <returns>The runner.</returns>
    public static LaneNetwork Create(int lanes) => Create(lanes, WideWidth.Best);

    /// <summary>A runner of bundles of a given width; the results are the same at every width.</summary>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="width">1, 4, 8 or 16.</param>
    /// <returns>The runner.</returns>
    public static LaneNetwork Create(int lanes, int width) => WideWidth.Dispatch(width, new Factory(lanes));

    /// <summary>Takes a network and forgets the values of the one before.</summary>
    /// <param name="graph">The network.</param>
    public void Load(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        int rows = graph.Inputs + graph.Nodes.Length;
        if (_values.Features < rows)
        {
            _values = new Batch<float>(1, rows + (rows / 2), Lanes);
        }

        if (_links.Length < graph.Sources.Length)
        {
            _links = new Link[graph.Sources.Length + (graph.Sources.Length / 2)];
        }

        for (int c = 0; c < graph.Sources.Length; c++)
        {
            _links[c] = new Link { Weight = graph.Weights[c], Offset = graph.Sources[c] * Stride };
        }

        Forget();
    }

    /// <summary>What a node last computed, such as to show it.</summary>
    /// <param name="place">The node's place in the graph, inputs first.</param>
    /// <param name="lane">The lane.</param>
    /// <returns>Its value; 0 before the first activation.</returns>
    public float ValueOf(int place, int lane) => _values[0, place, lane];

    /// <summary>Sets every remembered value of every lane to 0.</summary>
    public void Forget() => _values.Values.Clear();

    /// <summary>Sets every remembered value of one lane to 0.</summary>
    /// <param name="lane">The lane.</param>
    public void Forget(int lane)
    {
        for (int row = 0; row < _values.Features; row++)
        {
            _values[0, row, lane] = 0;
        }
    }

    /// <summary>One activation of the network in every lane.</summary>
    /// <param name="inputs">Rows of inputs, <see cref="Stride"/> apart.</param>
    /// <param name="outputs">Rows for the outputs, <see cref="Stride"/> apart.</param>
    public abstract void Activate(float* inputs, float* outputs);

    /// <summary>A connection as the inner loop reads it: its weight and where its source's row starts.</summary>
    private protected struct Link
    {
        public float Weight;
        public int Offset;
    }

    private sealed class Factory(int lanes) : IWideFactory<LaneNetwork>
    {
        public LaneNetwork Create<TWide>()
            where TWide : unmanaged, IWide<TWide> => new LaneNetwork<TWide>(lanes);
    }
}

/// <inheritdoc/>
/// <typeparam name="TWide">The bundle of lanes.</typeparam>
internal sealed unsafe class LaneNetwork<TWide>(int lanes) : LaneNetwork(lanes)
    where TWide : unmanaged, IWide<TWide>
{
    public override void Activate(float* inputs, float* outputs)
    {
        NetworkGraph graph = Graph;
        int stride = Stride;
        float* values = Values.Pointer;
        int inputFloats = graph.Inputs * stride;
        for (int i = 0; i < inputFloats; i += TWide.Lanes)
        {
            TWide.Store(TWide.Load(inputs + i), values + i);
        }

        fixed (GraphNode* nodes = graph.Nodes)
        fixed (int* first = graph.FirstConnection)
        fixed (Link* links = Links)
        {
            float* row = values + inputFloats;
            for (int node = 0; node < graph.Nodes.Length; node++, row += stride)
            {
                Sum(links + first[node], links + first[node + 1], nodes[node].Bias, values, row, row + stride);
                Activations.Apply<TWide>(nodes[node].Activation, row, stride / TWide.Lanes);
            }
        }

        for (int o = 0; o < graph.Outputs.Length; o++)
        {
            float* source = values + (graph.Outputs[o] * stride);
            float* destination = outputs + (o * stride);
            for (int i = 0; i < stride; i += TWide.Lanes)
            {
                TWide.Store(TWide.Load(source + i), destination + i);
            }
        }
    }

    // The order of additions (bias first, then connections as listed) is part of the result. Four bundles at a time share
    // each weight and hide each other's latency.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sum(Link* first, Link* end, float bias, float* values, float* row, float* rowEnd)
    {
        for (; row + (4 * TWide.Lanes) <= rowEnd; row += 4 * TWide.Lanes, values += 4 * TWide.Lanes)
        {
            TWide sum0 = TWide.Broadcast(bias), sum1 = sum0, sum2 = sum0, sum3 = sum0;
            for (Link* link = first; link < end; link++)
            {
                TWide weight = TWide.BroadcastFrom(&link->Weight);
                float* source = values + link->Offset;
                sum0 = TWide.MultiplyAdd(weight, TWide.Load(source), sum0);
                sum1 = TWide.MultiplyAdd(weight, TWide.Load(source + TWide.Lanes), sum1);
                sum2 = TWide.MultiplyAdd(weight, TWide.Load(source + (2 * TWide.Lanes)), sum2);
                sum3 = TWide.MultiplyAdd(weight, TWide.Load(source + (3 * TWide.Lanes)), sum3);
            }

            TWide.Store(sum0, row);
            TWide.Store(sum1, row + TWide.Lanes);
            TWide.Store(sum2, row + (2 * TWide.Lanes));
            TWide.Store(sum3, row + (3 * TWide.Lanes));
        }

        for (; row + (2 * TWide.Lanes) <= rowEnd; row += 2 * TWide.Lanes, values += 2 * TWide.Lanes)
        {
            TWide sum0 = TWide.Broadcast(bias), sum1 = sum0;
            for (Link* link = first; link < end; link++)
            {
                TWide weight = TWide.BroadcastFrom(&link->Weight);
                float* source = values + link->Offset;
                sum0 = TWide.MultiplyAdd(weight, TWide.Load(source), sum0);
                sum1 = TWide.MultiplyAdd(weight, TWide.Load(source + TWide.Lanes), sum1);
            }

            TWide.Store(sum0, row);
            TWide.Store(sum1, row + TWide.Lanes);
        }

        for (; row < rowEnd; row += TWide.Lanes, values += TWide.Lanes)
        {
            TWide sum = TWide.Broadcast(bias);
            for (Link* link = first; link < end; link++)
            {
                sum = TWide.MultiplyAdd(TWide.BroadcastFrom(&link->Weight), TWide.Load(values + link->Offset), sum);
            }

            TWide.Store(sum, row);
        }
    }
}
