using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// The recurrence of an LSTM over a sequence (Hochreiter and Schmidhuber 1997, with Gers' forget gate): from what the inputs give to
/// the gates, a = g_t + U h_{t−1} + b in the order i, f, g, o, it makes c_t = σ(f) c_{t−1} + σ(i) tanh(g) and h_t = σ(o) tanh(c_t).
/// Inputs: gates of the inputs [B, T, 4H], U [4H, H], b [4H], h₀ [B, H], c₀ [B, H]. Output: [B, T, 2H], h and c side by side.
/// </summary>
internal sealed unsafe class LstmSequence : Operation
{
    private float* _gates; // [T, B, 4H], after the functions; in the way back, the gradients before them
    private float* _hidden; // [T + 1, B, H], h of the step before
    private float* _memory; // [T + 1, B, H], c of the step before

    private int Batch => Input(0).Shape[0];

    private int Steps => Input(0).Shape[1];

    private int Hidden => Input(1).Shape[1];

    public static Tensor Of(Tensor gates, Tensor weight, Tensor bias, Tensor hidden, Tensor memory)
    {
        LstmSequence operation = gates.Tape.Rent<LstmSequence>();
        operation.Take(gates);
        operation.Take(weight);
        operation.Take(bias);
        operation.Take(hidden);
        operation.Take(memory);
        return gates.Tape.Run(operation, new Shape(gates.Shape[0], gates.Shape[1], 2 * weight.Shape[1]));
    }

    public override void Forward()
    {
        int block = Batch * Hidden, width = 4 * Hidden;
        _gates = Tape.Memory.Rent(Steps * Batch * width);
        _hidden = Tape.Memory.Rent((Steps + 1) * block);
        _memory = Tape.Memory.Rent((Steps + 1) * block);
        new ReadOnlySpan<float>(X(3), block).CopyTo(new Span<float>(_hidden, block));
        new ReadOnlySpan<float>(X(4), block).CopyTo(new Span<float>(_memory, block));
        for (int t = 0; t < Steps; t++)
        {
            float* gates = _gates + ((nint)t * Batch * width);
            float* before = _hidden + ((nint)t * block);
            Gemm.Multiply(Workers, Batch, width, Hidden, new Matrix(before, Hidden), new Matrix(X(1), Hidden).Transposed, gates, width, accumulate: false, new Epilogue(X(2), Activation.None));
            for (int b = 0; b < Batch; b++)
            {
                float* row = gates + ((nint)b * width);
                nint place = ((nint)b * Steps) + t;
                Elementwise.Map(default(Same), X(0) + (place * width), row, width, add: true);
                float* c = _memory + ((nint)t * block) + ((nint)b * Hidden);
                float* h = before + block + ((nint)b * Hidden);
                Width.Run(new ForwardRow(row, c, c + block, h, Hidden));
                float* output = Output.Values + (place * 2 * Hidden);
                new ReadOnlySpan<float>(h, Hidden).CopyTo(new Span<float>(output, Hidden));
                new ReadOnlySpan<float>(c + block, Hidden).CopyTo(new Span<float>(output + Hidden, Hidden));
            }
        }
    }

    public override void Backward()
    {
        int block = Batch * Hidden, width = 4 * Hidden;
        float* hidden = Tape.Memory.RentZeros(block);
        float* memory = Tape.Memory.RentZeros(block);
        GradientPlace gatesPlace = PlaceFor(0);
        float* inputs = gatesPlace.Wanted ? gatesPlace.ToAddTo() : null;
        for (int t = Steps - 1; t >= 0; t--)
        {
            float* gates = _gates + ((nint)t * Batch * width);
            for (int b = 0; b < Batch; b++)
            {
                float* row = gates + ((nint)b * width);
                nint place = ((nint)b * Steps) + t, at = (nint)b * Hidden;
                float* before = _memory + ((nint)t * block) + at;
                Width.Run(new BackwardRow(row, before, before + block, Output.Gradient + (place * 2 * Hidden), hidden + at, memory + at, Hidden));
                if (inputs != null)
                {
                    Elementwise.Map(default(Same), row, inputs + (place * width), width, add: true);
                }
            }

            Gemm.Multiply(Workers, Batch, Hidden, width, new Matrix(gates, width), new Matrix(X(1), Hidden), hidden, Hidden);
        }

        Sums(width);
        Give(PlaceFor(3), hidden);
        Give(PlaceFor(4), memory);
    }

    // c of the steps before the last is nowhere to be had from the operator, and nobody asks for it: layers read h everywhere and c at the end.
    public override void Emit(OnnxEmitter emitter)
    {
        int[] order = [0, 3, 1, 2]; // i, f, g, o as ONNX has them: i, o, f, c
        int steps = RecurrentNodes.Steps(emitter, this);
        string[] inputs = [.. RecurrentNodes.Inputs(emitter, this, order), emitter.Unsqueezed(emitter.Input(this, 3), 0), emitter.Unsqueezed(emitter.Input(this, 4), 0)];
        string[] results = emitter.AddMany("LSTM", inputs, steps == 1 ? ["", "h", "c"] : ["all", "", "c"], ("hidden_size", (long)Hidden));
        string memory = emitter.Permuted(results[2], 1, 0, 2);
        string hidden = steps == 1 ? emitter.Permuted(results[1], 1, 0, 2) : emitter.Permuted(emitter.Squeezed(results[0], 1), 1, 0, 2);
        emitter.Set(Output, emitter.Add("Concat", [hidden, steps == 1 ? memory : emitter.Add("Expand", [memory, emitter.Wholes(1, steps, 1)])], ("axis", 2L)));
    }

    public override void Reference()
    {
        int hidden = Hidden;
        double[] gates = ExactX(0), weight = ExactX(1), bias = ExactX(2);
        double[] h = [.. ExactX(3)], c = [.. ExactX(4)];
        double[] sums = new double[4 * hidden];
        for (int b = 0; b < Batch; b++)
        {
            for (int t = 0; t < Steps; t++)
            {
                int place = (b * Steps) + t;
                for (int g = 0; g < sums.Length; g++)
                {
                    sums[g] = gates[(place * 4 * hidden) + g] + bias[g];
                    for (int k = 0; k < hidden; k++)
                    {
                        sums[g] += weight[(g * hidden) + k] * h[(b * hidden) + k];
                    }
                }

                for (int k = 0; k < hidden; k++)
                {
                    int at = (b * hidden) + k;
                    c[at] = (Logistic(sums[hidden + k]) * c[at]) + (Logistic(sums[k]) * Math.Tanh(sums[(2 * hidden) + k]));
                    h[at] = Logistic(sums[(3 * hidden) + k]) * Math.Tanh(c[at]);
                    Output.Exact![(place * 2 * hidden) + k] = h[at]; // a checking tape gives it
                    Output.Exact[(place * 2 * hidden) + hidden + k] = c[at];
                }
            }
        }
    }

    // ∂U = Σ_t δ_tᵀ h_{t−1} and ∂b = Σ_t δ_t, over steps and then rows in order.
    private void Sums(int width)
    {
        GradientPlace weight = PlaceFor(1), bias = PlaceFor(2);
        int rows = Steps * Batch;
        if (weight.Wanted)
        {
            Gemm.Multiply(Workers, width, Hidden, rows, new Matrix(_gates, width).Transposed, new Matrix(_hidden, Hidden), weight.Values, Hidden, weight.Add);
        }

        if (bias.Wanted)
        {
            ColumnSums.Add(_gates, rows, width, bias.ToAddTo());
        }
    }

    private static void Give(GradientPlace place, float* gradient)
    {
        if (place.Wanted)
        {
            Elementwise.Map(default(Same), gradient, place.Values, place.Count, place.Add);
        }
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    // Lanes along the hidden units of one row; what is left of them one by one, in the same arithmetic.
    private readonly struct ForwardRow(float* gates, float* memoryBefore, float* memory, float* hidden, int count) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            int k = 0;
            for (; k + TWide.Lanes <= count; k += TWide.Lanes)
            {
                Bundle<TWide>(k);
            }

            for (; k < count; k++)
            {
                Bundle<Wide1>(k);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Bundle<TWide>(nint k)
            where TWide : unmanaged, IWide<TWide>
        {
            float* at = gates + k;
            TWide i = TensorMath.Sigmoid(TWide.Load(at));
            TWide f = TensorMath.Sigmoid(TWide.Load(at + count));
            TWide g = TensorMath.Tanh(TWide.Load(at + (2 * count)));
            TWide o = TensorMath.Sigmoid(TWide.Load(at + (3 * count)));
            TWide c = (f * TWide.Load(memoryBefore + k)) + (i * g);
            TWide.Store(i, at);
            TWide.Store(f, at + count);
            TWide.Store(g, at + (2 * count));
            TWide.Store(o, at + (3 * count));
            TWide.Store(c, memory + k);
            TWide.Store(o * TensorMath.Tanh(c), hidden + k);
        }
    }

    // Takes dh and dc of the step after, adds the output's, and leaves the gates' gradients and dc of the step before.
    private readonly struct BackwardRow(float* gates, float* memoryBefore, float* memory, float* upstream, float* hiddenGradient, float* memoryGradient, int count) : IWideAction
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide>
        {
            int k = 0;
            for (; k + TWide.Lanes <= count; k += TWide.Lanes)
            {
                Bundle<TWide>(k);
            }

            for (; k < count; k++)
            {
                Bundle<Wide1>(k);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Bundle<TWide>(nint k)
            where TWide : unmanaged, IWide<TWide>
        {
            float* at = gates + k;
            TWide one = TWide.Broadcast(1);
            TWide i = TWide.Load(at), f = TWide.Load(at + count), g = TWide.Load(at + (2 * count)), o = TWide.Load(at + (3 * count));
            TWide squashed = TensorMath.Tanh(TWide.Load(memory + k));
            TWide dh = TWide.Load(upstream + k) + TWide.Load(hiddenGradient + k);
            TWide dc = TWide.Load(upstream + count + k) + TWide.Load(memoryGradient + k) + (dh * o * (one - (squashed * squashed)));
            TWide.Store(dc * g * i * (one - i), at);
            TWide.Store(dc * TWide.Load(memoryBefore + k) * f * (one - f), at + count);
            TWide.Store(dc * i * (one - (g * g)), at + (2 * count));
            TWide.Store(dh * squashed * o * (one - o), at + (3 * count));
            TWide.Store(dc * f, memoryGradient + k);
        }
    }
}
