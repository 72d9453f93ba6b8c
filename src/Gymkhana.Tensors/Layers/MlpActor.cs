using System.Runtime.CompilerServices;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// A perceptron for acting: no tape, no packing, no allocation, for a batch of 1 to some hundreds of observations. It keeps the
/// weights in the order that suits it; after training call <see cref="Refresh"/>. Results are those of the network's own
/// forward pass, bit for bit. Not for several threads at once; make one for each.
/// </summary>
public sealed unsafe class MlpActor
{
    private readonly Workers _workers = new(1);
    private readonly Step[] _steps;
    private readonly int _widest;
    private float[] _front = [];
    private float[] _back = [];

    /// <summary>An actor with the network's present weights.</summary>
    /// <param name="network">The network.</param>
    public MlpActor(Mlp network)
    {
        ArgumentNullException.ThrowIfNull(network);
        List<Step> steps = [];
        for (int i = 0; i < network.Layers.Count; i++)
        {
            if (network.Layers[i] is Linear linear)
            {
                Activation activation = i + 1 < network.Layers.Count && network.Layers[i + 1] is Nonlinearity { Kind: { } kind } ? kind : Activation.None;
                steps.Add(new Step(linear, activation));
            }
        }

        _steps = [.. steps];
        _widest = _steps.Max(s => s.Outputs);
        Inputs = _steps[0].Inputs;
        Outputs = _steps[^1].Outputs;
        Refresh();
    }

    /// <summary>Numbers of an observation.</summary>
    public int Inputs { get; }

    /// <summary>Numbers that come out.</summary>
    public int Outputs { get; }

    /// <summary>Takes the network's present weights.</summary>
    public void Refresh()
    {
        foreach (Step step in _steps)
        {
            step.Refresh();
        }
    }

    /// <summary>The network's outputs for some observations.</summary>
    /// <param name="observations">[count, inputs], row-major.</param>
    /// <param name="results">[count, outputs], row-major.</param>
    /// <exception cref="ArgumentException">The lengths are not multiples of inputs and outputs for the same count.</exception>
    public void Act(ReadOnlySpan<float> observations, Span<float> results)
    {
        int count = observations.Length / Inputs;
        if (observations.Length != count * Inputs || results.Length != count * Outputs)
        {
            throw new ArgumentException($"this network takes {Inputs} numbers and gives {Outputs} for each observation, got {observations.Length} and room for {results.Length}.");
        }

        if (_front.Length < count * _widest)
        {
            _front = GC.AllocateUninitializedArray<float>(count * _widest, pinned: true);
            _back = GC.AllocateUninitializedArray<float>(count * _widest, pinned: true);
        }

        fixed (float* input = observations, output = results, front = _front, back = _back)
        {
            float* from = input;
            for (int i = 0; i < _steps.Length; i++)
            {
                float* to = i == _steps.Length - 1 ? output : i % 2 == 0 ? front : back;
                _steps[i].Run(_workers, count, from, to);
                from = to;
            }
        }
    }

    /// <summary>A linear layer with its weights [in, out], lanes along the outputs.</summary>
    private sealed class Step(Linear linear, Activation activation)
    {
        private readonly float[] _weights = GC.AllocateUninitializedArray<float>(linear.Weight.Shape.Count, pinned: true);
        private readonly float[] _bias = GC.AllocateArray<float>(linear.Weight.Shape[0], pinned: true);

        public int Inputs { get; } = linear.Weight.Shape[1];

        public int Outputs { get; } = linear.Weight.Shape[0];

        public void Refresh()
        {
            ReadOnlySpan<float> weight = linear.Weight.Values;
            for (int i = 0; i < weight.Length; i++)
            {
                (int output, int input) = Math.DivRem(i, Inputs);
                _weights[(input * Outputs) + output] = weight[i];
            }

            if (linear.Bias is not null)
            {
                linear.Bias.Values.CopyTo(_bias);
            }
        }

        public void Run(Workers workers, int count, float* from, float* to)
        {
            // Both arrays are pinned for life.
            float* weights = (float*)Unsafe.AsPointer(ref _weights[0]);
            float* bias = linear.Bias is null ? null : (float*)Unsafe.AsPointer(ref _bias[0]);
            Gemm.Multiply(workers, count, Outputs, Inputs, new Matrix(from, Inputs), new Matrix(weights, Outputs), to, Outputs, accumulate: false, new Epilogue(bias, activation));
        }
    }
}
