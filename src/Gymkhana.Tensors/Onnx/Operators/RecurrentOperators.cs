using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>
/// LSTM, GRU and the plain RNN. For each step the gates are (W x + Wb) + (R h + Rb), each product a chain of its own, as PyTorch's
/// cells compute them. Gates lie in ONNX's order: i o f c for the LSTM, z r h for the GRU.
/// </summary>
internal static class RecurrentOperators
{
    private const int FunctionWork = 10;

    public static void Plan(NodeContext c)
    {
        RecurrentCell cell = new(c);
        Operand? sequence = c.Has(4) ? GatherOperators.Indices(c, 4) : null;
        if (sequence is not null && sequence.Count != cell.Batch)
        {
            throw c.RefuseShapes("a length for each sequence", cell.X, sequence);
        }

        int[] all = cell.BatchFirst ? [cell.Batch, cell.Times, cell.Directions, cell.Hidden] : [cell.Times, cell.Directions, cell.Batch, cell.Hidden];
        int[] last = cell.BatchFirst ? [cell.Batch, cell.Directions, cell.Hidden] : [cell.Directions, cell.Batch, cell.Hidden];
        Operand? y = c.Wants(0) ? c.Output(0, cell.X.Type, all) : null;
        Operand? finalHidden = c.Wants(1) ? c.Output(1, cell.X.Type, last) : null;
        Operand? finalCell = c.Wants(2) ? c.Output(2, cell.X.Type, last) : null;
        for (int direction = 0; direction < cell.Directions; direction++)
        {
            DirectionRun run = new(c, cell, direction, sequence, y, finalHidden, finalCell);
            c.Emit(run.Run, run.Work);
        }
    }

    /// <summary>What all directions share, read from the node and checked.</summary>
    private sealed class RecurrentCell
    {
        public RecurrentCell(NodeContext c)
        {
            X = c.Float(0);
            W = c.Float(1);
            R = c.Float(2);
            Bias = c.OptionalFloat(3);
            BatchFirst = c.Opset >= 14 && c.Flag("layout");
            Kind = c.Node.Operator;
            Gates = Kind switch { "LSTM" => 4, "GRU" => 3, _ => 1 };
            if (X.Rank != 3 || W.Rank != 3 || R.Rank != 3)
            {
                throw c.RefuseShapes("an input and weights with three axes", X, W, R);
            }

            (Times, Batch) = BatchFirst ? (X.Shape[1], X.Shape[0]) : (X.Shape[0], X.Shape[1]);
            Inputs = X.Shape[2];
            Directions = W.Shape[0];
            Hidden = R.Shape[2];
            string direction = c.Text("direction", "forward");
            bool both = direction == "bidirectional";
            FirstIsReverse = direction == "reverse";
            if (Directions != (both ? 2 : 1) || R.Shape[0] != Directions || W.Shape[1] != Gates * (long)Hidden || R.Shape[1] != Gates * (long)Hidden || W.Shape[2] != Inputs
                || Hidden < 1 || c.Whole("hidden_size", Hidden) != Hidden || (Bias is not null && Bias.Count != 2L * Directions * Gates * Hidden))
            {
                throw c.RefuseShapes($"weights that fit {Gates} gates in direction {OnnxText.Quote(direction)}", X, W, R);
            }

            Initial = State(c, 5);
            InitialCell = Kind == "LSTM" ? State(c, 6) : null;
            Peepholes = Kind == "LSTM" ? c.OptionalFloat(7) : null;
            if (Peepholes is not null && Peepholes.Count != 3L * Directions * Hidden)
            {
                throw c.RefuseShapes("three peepholes for each cell", Peepholes);
            }

            Clip = c.HasAttribute("clip") ? c.Single("clip", 0) : float.PositiveInfinity;
            InputForget = c.Flag("input_forget");
            LinearBeforeReset = c.Flag("linear_before_reset");
            ReadActivations(c);
        }

        public Operand X { get; }

        public Operand W { get; }

        public Operand R { get; }

        public Operand? Bias { get; }

        public Operand? Initial { get; }

        public Operand? InitialCell { get; }

        public Operand? Peepholes { get; }

        public string Kind { get; }

        public bool BatchFirst { get; }

        public bool FirstIsReverse { get; }

        public bool InputForget { get; }

        public bool LinearBeforeReset { get; }

        public float Clip { get; }

        public int Gates { get; }

        public int Times { get; }

        public int Batch { get; }

        public int Inputs { get; }

        public int Hidden { get; }

        public int Directions { get; }

        public FloatLoop[] Activations { get; private set; } = [];

        public int PerDirection => Kind switch { "LSTM" => 3, "GRU" => 2, _ => 1 };

        private void ReadActivations(NodeContext c)
        {
            string[] usual = Kind switch { "LSTM" => ["Sigmoid", "Tanh", "Tanh"], "GRU" => ["Sigmoid", "Tanh"], _ => ["Tanh"] };
            string[] names = c.Texts("activations") ?? [.. Enumerable.Repeat(usual, Directions).SelectMany(n => n)];
            if (names.Length != PerDirection * Directions)
            {
                throw c.Refuse($"{names.Length} activations are given, expected {PerDirection * Directions}. Export the model again.");
            }

            Activations = [.. names.Select(n => n is "Sigmoid" or "Tanh" or "Relu"
                ? c.Function(n)
                : throw c.Refuse($"operator {Kind} with activation {OnnxText.Quote(n)} is not supported, expected Sigmoid, Tanh or Relu. Export the model with these."))];
        }

        private Operand? State(NodeContext c, int input)
        {
            Operand? state = c.OptionalFloat(input);
            return state is null || state.Count == (long)Directions * Batch * Hidden ? state : throw c.RefuseShapes("a state for each direction, sequence and cell", X, state);
        }
    }

    /// <summary>One direction of a node: its buffers, and how it runs.</summary>
    private sealed class DirectionRun
    {
        private readonly Workers _workers;
        private readonly RecurrentCell _cell;
        private readonly int _direction;
        private readonly Operand? _lengths;
        private readonly Operand? _y;
        private readonly Operand? _finalHidden;
        private readonly Operand? _finalCell;
        private readonly Operand _inputWeights;
        private readonly Operand _hiddenWeights;
        private readonly Operand? _candidateWeights;
        private readonly Operand _fromInput;
        private readonly Operand _fromHidden;
        private readonly Operand _candidate;
        private readonly Operand _hidden;
        private readonly Operand _memory;
        private readonly bool _reverse;

        public DirectionRun(NodeContext c, RecurrentCell cell, int direction, Operand? lengths, Operand? y, Operand? finalHidden, Operand? finalCell)
        {
            (_cell, _direction, _lengths, _y, _finalHidden, _finalCell) = (cell, direction, lengths, y, finalHidden, finalCell);
            _workers = c.Workers;
            _reverse = cell.FirstIsReverse || direction == 1;
            int gates = cell.Gates * cell.Hidden;
            _inputWeights = Turned(c, cell.W, direction, 0, gates);

            // A GRU that resets before the product multiplies its candidate's weights with another vector.
            bool split = cell.Kind == "GRU" && !cell.LinearBeforeReset;
            _hiddenWeights = Turned(c, cell.R, direction, 0, split ? 2 * cell.Hidden : gates);
            _candidateWeights = split ? Turned(c, cell.R, direction, 2 * cell.Hidden, cell.Hidden) : null;
            _fromInput = c.Scratch(cell.X.Type, cell.X.Shape[0], cell.X.Shape[1], gates);
            _fromHidden = c.Scratch(cell.X.Type, cell.Batch, gates);
            _candidate = c.Scratch(cell.X.Type, cell.Batch, 2, cell.Hidden);
            _hidden = c.Scratch(cell.X.Type, cell.Batch, cell.Hidden);
            _memory = c.Scratch(cell.X.Type, cell.Batch, cell.Hidden);
            double steps = (double)cell.Times * cell.Batch;
            Work = ProductOperators.Work(steps, gates, cell.Inputs + cell.Hidden) + ProductOperators.Work(steps, gates, FunctionWork);
        }

        public long Work { get; }

        public unsafe void Run()
        {
            RecurrentCell cell = _cell;
            int gates = cell.Gates * cell.Hidden;
            Products.Multiply(_workers, cell.X.Floats, _inputWeights.Floats, Bias(0), _fromInput.Floats, cell.Times * cell.Batch, gates, cell.Inputs);
            Begin(cell.Initial, _hidden);
            Begin(cell.InitialCell, _memory);
            if (_y is not null && _lengths is not null)
            {
                for (int b = 0; b < cell.Batch; b++)
                {
                    for (int t = 0; t < cell.Times; t++)
                    {
                        Result(t, b).Clear();
                    }
                }
            }

            for (int step = 0; step < cell.Times; step++)
            {
                MultiplyHidden();
                for (int b = 0; b < cell.Batch; b++)
                {
                    int length = _lengths is null ? cell.Times : GatherOperators.At(_lengths, b, cell.Times + 1);
                    if (step >= length)
                    {
                        continue;
                    }

                    int t = _reverse ? length - 1 - step : step;
                    int line = cell.BatchFirst ? (b * cell.Times) + t : (t * cell.Batch) + b;
                    Advance(_fromInput.As<float>().Slice(line * gates, gates), _fromHidden.As<float>().Slice(b * gates, gates), b);
                    if (_y is not null)
                    {
                        Row(_hidden, b).CopyTo(Result(t, b));
                    }
                }
            }

            End(_hidden, _finalHidden);
            End(_memory, _finalCell);
        }

        private unsafe float* Bias(int half) =>
            _cell.Bias is null ? null : _cell.Bias.Floats + (((_direction * 2) + half) * _cell.Gates * _cell.Hidden);

        private unsafe void MultiplyHidden()
        {
            RecurrentCell cell = _cell;
            int gates = cell.Gates * cell.Hidden;
            if (_candidateWeights is null)
            {
                Products.Multiply(_workers, _hidden.Floats, _hiddenWeights.Floats, Bias(1), _fromHidden.Floats, cell.Batch, gates, cell.Hidden);
                return;
            }

            for (int b = 0; b < cell.Batch; b++)
            {
                Products.Multiply(_workers, _hidden.Floats + (b * cell.Hidden), _hiddenWeights.Floats, Bias(1), _fromHidden.Floats + (b * gates), 1, 2 * cell.Hidden, cell.Hidden);
            }
        }

        private void Advance(Span<float> fromInput, Span<float> fromHidden, int b)
        {
            switch (_cell.Kind)
            {
                case "LSTM":
                    AdvanceLstm(fromInput, fromHidden, b);
                    break;
                case "GRU":
                    AdvanceGru(fromInput, fromHidden, b);
                    break;
                default:
                    Add(fromInput, fromHidden);
                    Clip(fromInput);
                    Activation(0).Run(fromInput, Row(_hidden, b));
                    break;
            }
        }

        private void AdvanceLstm(Span<float> gates, ReadOnlySpan<float> fromHidden, int b)
        {
            int n = _cell.Hidden;
            Add(gates, fromHidden);
            Span<float> memory = Row(_memory, b);
            Span<float> input = gates[..n];
            Span<float> output = gates.Slice(n, n);
            Span<float> forget = gates.Slice(2 * n, n);
            Span<float> candidate = gates.Slice(3 * n, n);
            ReadOnlySpan<float> peepholes = _cell.Peepholes is { } p ? p.As<float>().Slice(_direction * 3 * n, 3 * n) : default;
            Peep(input, peepholes, 0, memory);
            Peep(forget, peepholes, 2, memory);
            Clip(input);
            Clip(forget);
            Clip(candidate);
            Activation(0).Run(input, input);
            Activation(0).Run(forget, forget);
            Activation(1).Run(candidate, candidate);
            for (int i = 0; i < n; i++)
            {
                float kept = _cell.InputForget ? 1f - input[i] : forget[i];
                memory[i] = (kept * memory[i]) + (input[i] * candidate[i]);
            }

            Peep(output, peepholes, 1, memory);
            Clip(output);
            Activation(0).Run(output, output);
            Span<float> hidden = Row(_hidden, b);
            Activation(2).Run(memory, hidden);
            for (int i = 0; i < n; i++)
            {
                hidden[i] *= output[i];
            }
        }

        private unsafe void AdvanceGru(Span<float> gates, Span<float> fromHidden, int b)
        {
            int n = _cell.Hidden;
            Span<float> hidden = Row(_hidden, b);
            Span<float> update = gates[..n];
            Span<float> reset = gates.Slice(n, n);
            Span<float> candidate = gates.Slice(2 * n, n);
            Span<float> recurrent = fromHidden.Slice(2 * n, n);
            Add(gates[..(2 * n)], fromHidden[..(2 * n)]);
            Clip(gates[..(2 * n)]);
            Activation(0).Run(update, update);
            Activation(0).Run(reset, reset);
            if (_candidateWeights is null)
            {
                for (int i = 0; i < n; i++)
                {
                    candidate[i] += reset[i] * recurrent[i];
                }
            }
            else
            {
                Span<float> held = _candidate.As<float>().Slice(b * 2 * n, n);
                for (int i = 0; i < n; i++)
                {
                    held[i] = reset[i] * hidden[i];
                }

                float* bias = Bias(1);
                Products.Multiply(_workers, _candidate.Floats + (b * 2 * n), _candidateWeights.Floats, bias == null ? null : bias + (2 * n), _candidate.Floats + (((b * 2) + 1) * n), 1, n, n);
                Add(candidate, _candidate.As<float>().Slice(((b * 2) + 1) * n, n));
            }

            Clip(candidate);
            Activation(1).Run(candidate, candidate);
            for (int i = 0; i < n; i++)
            {
                hidden[i] = candidate[i] + (update[i] * (hidden[i] - candidate[i]));
            }
        }

        // The weights of some gates of this direction, transposed to [columns, gates].
        private static Operand Turned(NodeContext c, Operand weights, int direction, int first, int count)
        {
            int columns = weights.Shape[2];
            StridedCopy copy = new(4, [columns, count], [1, columns], ((direction * weights.Shape[1]) + first) * columns, [count, 1], 0);
            Operand turned = c.Scratch(weights.Type, columns, count);
            if (weights.IsConstant)
            {
                c.Fill(turned, () => copy.Run(weights.As<byte>(), turned.As<byte>()));
            }
            else
            {
                c.Emit(() => copy.Run(weights.As<byte>(), turned.As<byte>()));
            }

            return turned;
        }

        private static void Add(Span<float> sums, ReadOnlySpan<float> more)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += more[i];
            }
        }

        private static void Peep(Span<float> gate, ReadOnlySpan<float> peepholes, int which, ReadOnlySpan<float> memory)
        {
            for (int i = 0; !peepholes.IsEmpty && i < gate.Length; i++)
            {
                gate[i] += peepholes[(which * gate.Length) + i] * memory[i];
            }
        }

        private void Clip(Span<float> values)
        {
            if (float.IsFinite(_cell.Clip))
            {
                foreach (ref float value in values)
                {
                    value = value > _cell.Clip ? _cell.Clip : value < -_cell.Clip ? -_cell.Clip : value;
                }
            }
        }

        private FloatLoop Activation(int which) => _cell.Activations[(_direction * _cell.PerDirection) + which];

        private Span<float> Row(Operand state, int b) => state.As<float>().Slice(b * _cell.Hidden, _cell.Hidden);

        private Span<float> Result(int t, int b)
        {
            int line = _cell.BatchFirst ? (((b * _cell.Times) + t) * _cell.Directions) + _direction : (((t * _cell.Directions) + _direction) * _cell.Batch) + b;
            return _y!.As<float>().Slice(line * _cell.Hidden, _cell.Hidden);
        }

        private int StateLine(int b) => _cell.BatchFirst ? (b * _cell.Directions) + _direction : (_direction * _cell.Batch) + b;

        private void Begin(Operand? initial, Operand state)
        {
            for (int b = 0; b < _cell.Batch; b++)
            {
                if (initial is null)
                {
                    Row(state, b).Clear();
                }
                else
                {
                    Row(initial, StateLine(b)).CopyTo(Row(state, b));
                }
            }
        }

        private void End(Operand state, Operand? final)
        {
            for (int b = 0; final is not null && b < _cell.Batch; b++)
            {
                Row(state, b).CopyTo(Row(final, StateLine(b)));
            }
        }
    }
}
