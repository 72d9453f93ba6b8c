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
    private int[] _firstHidden = [];

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

    private protected int[] FirstHidden => _firstHidden;

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
        int rows = graph.Nodes.Length;
        if (_values.Features < rows)
        {
            _values = new Batch<float>(1, rows + (rows / 2), Lanes);
        }

        if (_links.Length < graph.Sources.Length)
        {
            _links = new Link[graph.Sources.Length + (graph.Sources.Length / 2)];
        }

        ReadOnlySpan<int> first = graph.FirstConnection, sources = graph.Sources;
        ReadOnlySpan<float> weights = graph.Weights;
        if (_firstHidden.Length < graph.Nodes.Length)
        {
            _firstHidden = new int[graph.Nodes.Length + (graph.Nodes.Length / 2)];
        }

        // Each node's connections from inputs first: they are read where the caller has them, the others from the values here.
        int written = 0;
        for (int node = 0; node < graph.Nodes.Length; node++)
        {
            for (int c = first[node]; c < first[node + 1]; c++)
            {
                if (sources[c] < graph.Inputs)
                {
                    _links[written++] = new Link { Weight = weights[c], Offset = sources[c] * Stride };
                }
            }

            _firstHidden[node] = written;
            for (int c = first[node]; written < first[node + 1]; c++)
            {
                if (sources[c] >= graph.Inputs)
                {
                    _links[written++] = new Link { Weight = weights[c], Offset = (sources[c] - graph.Inputs) * Stride };
                }
            }
        }

        Forget();
    }

    /// <summary>What a node last computed, such as to show it.</summary>
    /// <param name="node">The node's place among <see cref="NetworkGraph.Nodes"/>.</param>
    /// <param name="lane">The lane.</param>
    /// <returns>Its value.</returns>
    public float ValueOf(int node, int lane) => _values[0, node, lane];

    /// <summary>Sets every remembered value of every lane to 0.</summary>
    public void Forget()
    {
        // Without recurrent connections every value is written before it is read.
        if (Graph.IsRecurrent)
        {
            _values.Values[..(Graph.Nodes.Length * Stride)].Clear();
        }
    }

    /// <summary>Sets every remembered value of one lane to 0.</summary>
    /// <param name="lane">The lane.</param>
    public void Forget(int lane)
    {
        for (int row = 0; row < Graph.Nodes.Length; row++)
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
        ReadOnlySpan<GraphNode> nodes = graph.Nodes;
        fixed (int* first = graph.FirstConnection)
        fixed (int* firstHidden = FirstHidden)
        fixed (Link* links = Links)
        {
            float* row = values;
            for (int node = 0; node < nodes.Length; node++, row += stride)
            {
                Terms terms = new(links + first[node], links + firstHidden[node], links + first[node + 1], nodes[node].Bias);
                Sum(in terms, inputs, values, row, row + stride);
                Activations.Apply<TWide>(nodes[node].Activation, row, stride / TWide.Lanes);
            }
        }

        ReadOnlySpan<int> places = graph.Outputs;
        for (int o = 0; o < places.Length; o++)
        {
            float* source = values + ((places[o] - graph.Inputs) * stride);
            float* destination = outputs + (o * stride);
            for (int i = 0; i < stride; i += TWide.Lanes)
            {
                TWide.Store(TWide.Load(source + i), destination + i);
            }
        }
    }

    // The order of additions (bias, then connections from inputs as listed, then the others as listed) is part of the
    // result. Several bundles at a time share each weight and hide each other's latency.
    private static void Sum(in Terms terms, float* inputs, float* values, float* row, float* rowEnd)
    {
        for (; row + (8 * TWide.Lanes) <= rowEnd; row += 8 * TWide.Lanes)
        {
            SumEight(in terms, inputs, values, row);
            inputs += 8 * TWide.Lanes;
            values += 8 * TWide.Lanes;
        }

        for (; row + (2 * TWide.Lanes) <= rowEnd; row += 2 * TWide.Lanes)
        {
            SumTwo(in terms, inputs, values, row);
            inputs += 2 * TWide.Lanes;
            values += 2 * TWide.Lanes;
        }

        if (row < rowEnd)
        {
            SumOne(in terms, inputs, values, row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumEight(in Terms terms, float* inputs, float* values, float* row)
    {
        TWide sum0 = TWide.Broadcast(terms.Bias), sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0, sum5 = sum0, sum6 = sum0, sum7 = sum0;
        Link* link = terms.First, end = terms.Hidden;
        for (float* from = inputs; ; from = values, end = terms.End)
        {
            for (; link < end; link++)
            {
                TWide weight = TWide.BroadcastFrom(&link->Weight);
                float* source = from + link->Offset;
                sum0 = TWide.MultiplyAdd(weight, TWide.Load(source), sum0);
                sum1 = TWide.MultiplyAdd(weight, TWide.Load(source + TWide.Lanes), sum1);
                sum2 = TWide.MultiplyAdd(weight, TWide.Load(source + (2 * TWide.Lanes)), sum2);
                sum3 = TWide.MultiplyAdd(weight, TWide.Load(source + (3 * TWide.Lanes)), sum3);
                sum4 = TWide.MultiplyAdd(weight, TWide.Load(source + (4 * TWide.Lanes)), sum4);
                sum5 = TWide.MultiplyAdd(weight, TWide.Load(source + (5 * TWide.Lanes)), sum5);
                sum6 = TWide.MultiplyAdd(weight, TWide.Load(source + (6 * TWide.Lanes)), sum6);
                sum7 = TWide.MultiplyAdd(weight, TWide.Load(source + (7 * TWide.Lanes)), sum7);
            }

            if (link == terms.End)
            {
                break;
            }
        }

        TWide.Store(sum0, row);
        TWide.Store(sum1, row + TWide.Lanes);
        TWide.Store(sum2, row + (2 * TWide.Lanes));
        TWide.Store(sum3, row + (3 * TWide.Lanes));
        TWide.Store(sum4, row + (4 * TWide.Lanes));
        TWide.Store(sum5, row + (5 * TWide.Lanes));
        TWide.Store(sum6, row + (6 * TWide.Lanes));
        TWide.Store(sum7, row + (7 * TWide.Lanes));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumTwo(in Terms terms, float* inputs, float* values, float* row)
    {
        TWide sum0 = TWide.Broadcast(terms.Bias), sum1 = sum0;
        Link* link = terms.First;
        for (; link < terms.Hidden; link++)
        {
            TWide weight = TWide.BroadcastFrom(&link->Weight);
            float* source = inputs + link->Offset;
            sum0 = TWide.MultiplyAdd(weight, TWide.Load(source), sum0);
            sum1 = TWide.MultiplyAdd(weight, TWide.Load(source + TWide.Lanes), sum1);
        }

        for (; link < terms.End; link++)
        {
            TWide weight = TWide.BroadcastFrom(&link->Weight);
            float* source = values + link->Offset;
            sum0 = TWide.MultiplyAdd(weight, TWide.Load(source), sum0);
            sum1 = TWide.MultiplyAdd(weight, TWide.Load(source + TWide.Lanes), sum1);
        }

        TWide.Store(sum0, row);
        TWide.Store(sum1, row + TWide.Lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumOne(in Terms terms, float* inputs, float* values, float* row)
    {
        TWide sum = TWide.Broadcast(terms.Bias);
        Link* link = terms.First;
        for (; link < terms.Hidden; link++)
        {
            sum = TWide.MultiplyAdd(TWide.BroadcastFrom(&link->Weight), TWide.Load(inputs + link->Offset), sum);
        }

        for (; link < terms.End; link++)
        {
            sum = TWide.MultiplyAdd(TWide.BroadcastFrom(&link->Weight), TWide.Load(values + link->Offset), sum);
        }

        TWide.Store(sum, row);
    }

    /// <summary>What a node adds up: its bias, connections from inputs, connections from other nodes.</summary>
    private readonly struct Terms(Link* first, Link* hidden, Link* end, float bias)
    {
        public readonly Link* First = first;
        public readonly Link* Hidden = hidden;
        public readonly Link* End = end;
        public readonly float Bias = bias;
    }
}
