using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// The recurrence of a GRU over a sequence (Cho et al. 2014, in PyTorch's form): with a = g_t of the inputs and u = U h_{t−1} + b, in
/// the order r, z, n: r = σ(a_r + u_r), z = σ(a_z + u_z), n = tanh(a_n + r u_n), h_t = n + z (h_{t−1} − n).
/// Inputs: gates of the inputs [B, T, 3H], U [3H, H], b [3H], h₀ [B, H]. Output: [B, T, H].
/// </summary>
internal sealed unsafe class GruSequence : Operation
{
    private float* _states; // [T, B, 4H]: r, z, n and u_n
    private float* _hidden; // [T + 1, B, H], h of the step before

    private int Batch => Input(0).Shape[0];

    private int Steps => Input(0).Shape[1];

    private int Hidden => Input(1).Shape[1];

    public static Tensor Of(Tensor gates, Tensor weight, Tensor bias, Tensor hidden)
    {
        GruSequence operation = gates.Tape.Rent<GruSequence>();
        operation.Take(gates);
        operation.Take(weight);
        operation.Take(bias);
        operation.Take(hidden);
        return gates.Tape.Run(operation, new Shape(gates.Shape[0], gates.Shape[1], weight.Shape[1]));
    }

    public override void Forward()
    {
        int block = Batch * Hidden, width = 3 * Hidden;
        float* sums = Tape.Memory.Rent(Batch * width);
        _states = Tape.Memory.Rent(Steps * Batch * 4 * Hidden);
        _hidden = Tape.Memory.Rent((Steps + 1) * block);
        new ReadOnlySpan<float>(X(3), block).CopyTo(new Span<float>(_hidden, block));
        for (int t = 0; t < Steps; t++)
        {
            float* before = _hidden + ((nint)t * block);
            Gemm.Multiply(Workers, Batch, width, Hidden, new Matrix(before, Hidden), new Matrix(X(1), Hidden).Transposed, sums, width, accumulate: false, new Epilogue(X(2), Activation.None));
            for (int b = 0; b < Batch; b++)
            {
                nint place = ((nint)b * Steps) + t, at = (nint)b * Hidden;
                float* states = _states + ((((nint)t * Batch) + b) * 4 * Hidden);
                Width.Run(new ForwardRow(X(0) + (place * width), sums + ((nint)b * width), states, before + at, before + block + at, Hidden));
                new ReadOnlySpan<float>(before + block + at, Hidden).CopyTo(new Span<float>(Output.Values + (place * Hidden), Hidden));
            }
        }
    }

    public override void Backward()
    {
        int block = Batch * Hidden, width = 3 * Hidden, rows = Steps * Batch;
        float* hidden = Tape.Memory.RentZeros(block);
        float* sums = Tape.Memory.Rent(rows * width);
        GradientPlace gatesPlace = PlaceFor(0), weight = PlaceFor(1), bias = PlaceFor(2), first = PlaceFor(3);
        float* inputs = gatesPlace.Wanted ? gatesPlace.ToAddTo() : Tape.Memory.RentZeros(Input(0).Count);
        for (int t = Steps - 1; t >= 0; t--)
        {
            float* ofStep = sums + ((nint)t * Batch * width);
            for (int b = 0; b < Batch; b++)
            {
                nint place = ((nint)b * Steps) + t, at = (nint)b * Hidden;
                float* states = _states + ((((nint)t * Batch) + b) * 4 * Hidden);
                float* before = _hidden + ((nint)t * block) + at;
                Width.Run(new BackwardRow(states, before, Output.Gradient + (place * Hidden), hidden + at, inputs + (place * width), ofStep + ((nint)b * width), Hidden));
            }

            Gemm.Multiply(Workers, Batch, Hidden, width, new Matrix(ofStep, width), new Matrix(X(1), Hidden), hidden, Hidden, accumulate: true);
        }

        if (weight.Wanted)
        {
            Gemm.Multiply(Workers, width, Hidden, rows, new Matrix(sums, width).Transposed, new Matrix(_hidden, Hidden), weight.Values, Hidden, weight.Add);
        }

        if (bias.Wanted)
        {
            ColumnSums.Add(sums, rows, width, bias.ToAddTo());
        }

        if (first.Wanted)
        {
            Elementwise.Map(default(Same), hidden, first.Values, first.Count, first.Add);
        }
    }

    public override void Emit(OnnxEmitter emitter)
    {
        int[] order = [1, 0, 2]; // r, z, n as ONNX has them: z, r, h
        int steps = RecurrentNodes.Steps(emitter, this);
        string[] inputs = [.. RecurrentNodes.Inputs(emitter, this, order), emitter.Unsqueezed(emitter.Input(this, 3), 0)];
        string[] results = emitter.AddMany("GRU", inputs, steps == 1 ? ["", "h"] : ["all", ""], ("hidden_size", (long)Hidden), ("linear_before_reset", 1L));
        emitter.Set(Output, emitter.Permuted(steps == 1 ? results[1] : emitter.Squeezed(results[0], 1), 1, 0, 2));
    }

    public override void Reference()
    {
        int hidden = Hidden;
        double[] gates = ExactX(0), weight = ExactX(1), bias = ExactX(2);
        double[] h = [.. ExactX(3)];
        double[] sums = new double[3 * hidden];
        for (int b = 0; b < Batch; b++)
        {
            for (int t = 0; t < Steps; t++)
            {
                int place = (b * Steps) + t, input = place * 3 * hidden;
                for (int g = 0; g < sums.Length; g++)
                {
                    sums[g] = bias[g];
                    for (int k = 0; k < hidden; k++)
                    {
                        sums[g] += weight[(g * hidden) + k] * h[(b * hidden) + k];
                    }
                }

                for (int k = 0; k < hidden; k++)
                {
                    int at = (b * hidden) + k;
                    double r = Logistic(gates[input + k] + sums[k]);
                    double z = Logistic(gates[input + hidden + k] + sums[hidden + k]);
                    double n = Math.Tanh(gates[input + (2 * hidden) + k] + (r * sums[(2 * hidden) + k]));
                    h[at] = n + (z * (h[at] - n));
                    Output.Exact![(place * hidden) + k] = h[at]; // a checking tape gives it
                }
            }
        }
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    // Lanes along the hidden units of one row; what is left of them one by one, in the same arithmetic.
    private readonly struct ForwardRow(float* inputs, float* sums, float* states, float* before, float* hidden, int count) : IWideAction
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
            TWide r = TensorMath.Sigmoid(TWide.Load(inputs + k) + TWide.Load(sums + k));
            TWide z = TensorMath.Sigmoid(TWide.Load(inputs + count + k) + TWide.Load(sums + count + k));
            TWide u = TWide.Load(sums + (2 * count) + k);
            TWide n = TensorMath.Tanh(TWide.Load(inputs + (2 * count) + k) + (r * u));
            TWide.Store(r, states + k);
            TWide.Store(z, states + count + k);
            TWide.Store(n, states + (2 * count) + k);
            TWide.Store(u, states + (3 * count) + k);
            TWide.Store(n + (z * (TWide.Load(before + k) - n)), hidden + k);
        }
    }

    // Takes dh of the step after, adds the output's, and leaves the gates' gradients and the part of dh of the step before that does not pass through U.
    private readonly struct BackwardRow(float* states, float* before, float* upstream, float* hiddenGradient, float* inputs, float* sums, int count) : IWideAction
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
            TWide one = TWide.Broadcast(1);
            TWide r = TWide.Load(states + k), z = TWide.Load(states + count + k), n = TWide.Load(states + (2 * count) + k);
            TWide dh = TWide.Load(upstream + k) + TWide.Load(hiddenGradient + k);
            TWide dz = dh * (TWide.Load(before + k) - n) * z * (one - z);
            TWide dn = dh * (one - z) * (one - (n * n));
            TWide dr = dn * TWide.Load(states + (3 * count) + k) * r * (one - r);
            TWide.Store(dr, sums + k);
            TWide.Store(dz, sums + count + k);
            TWide.Store(dn * r, sums + (2 * count) + k);
            Add(dr, inputs + k);
            Add(dz, inputs + count + k);
            Add(dn, inputs + (2 * count) + k);
            TWide.Store(dh * z, hiddenGradient + k);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add<TWide>(TWide value, float* place)
            where TWide : unmanaged, IWide<TWide> => TWide.Store(TWide.Load(place) + value, place);
    }
}
