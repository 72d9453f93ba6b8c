using Gymkhana.Core.Environments;
using Gymkhana.Core.Simd;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Tasks;

/// <summary>
/// A truth table to learn: lanes are cases. A case is worth 1 − error², the output clipped to [0, 1]; getting every case on
/// the right side of one half is worth a bonus. Fitness and bonus are those of SharpNEAT's binary tasks.
/// </summary>
public sealed class CaseTask : IFitnessTask
{
    private const int MaxBlock = 256; // Lanes of one activation: the values of a network's nodes then stay in the L1 cache.
    private readonly float[][] _cases;
    private readonly bool[] _answers;
    private readonly double _bonus;

    /// <summary>A task.</summary>
    /// <param name="cases">The inputs of each case.</param>
    /// <param name="answers">The right answer of each case.</param>
    /// <param name="bonus">Added to the fitness when all answers are right.</param>
    public CaseTask(float[][] cases, bool[] answers, double bonus)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(answers);
        if (cases.Length == 0 || cases.Length != answers.Length)
        {
            throw new ArgumentException($"A task needs as many answers as cases, at least one; got {cases.Length} cases and {answers.Length} answers.", nameof(answers));
        }

        _cases = cases;
        _answers = answers;
        _bonus = bonus;
    }

    /// <inheritdoc/>
    public int Inputs => _cases[0].Length;

    /// <inheritdoc/>
    public int Outputs => 1;

    /// <summary>Number of cases.</summary>
    public int Cases => _cases.Length;

    /// <summary>The fitness from which on every answer is right.</summary>
    public double SolvedFitness => _bonus;

    /// <summary>Exclusive or of two inputs, and a constant 1 as third input; bonus 10, as in SharpNEAT's XOR task.</summary>
    /// <returns>The task.</returns>
    public static CaseTask Xor() => new([[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]], [false, true, true, false], 10);

    /// <summary>The binary multiplexer: address bits choose one of the data bits; a constant 1 comes first; bonus 10 000 for eleven bits, as in SharpNEAT's task.</summary>
    /// <param name="addressBits">3 for the 11-multiplexer.</param>
    /// <returns>The task, of 2^(addressBits + 2^addressBits) cases.</returns>
    public static CaseTask Multiplexer(int addressBits)
    {
        int bits = addressBits + (1 << addressBits);
        float[][] cases = new float[1 << bits][];
        bool[] answers = new bool[1 << bits];
        for (int i = 0; i < cases.Length; i++)
        {
            cases[i] = new float[bits + 1];
            cases[i][0] = 1;
            for (int bit = 0; bit < bits; bit++)
            {
                cases[i][bit + 1] = (i >> bit) & 1;
            }

            int address = i & ((1 << addressBits) - 1);
            answers[i] = ((i >> (addressBits + address)) & 1) != 0;
        }

        return new CaseTask(cases, answers, 10000);
    }

    /// <inheritdoc/>
    public IFitnessEvaluator CreateEvaluator() => CreateEvaluator(WideWidth.Best);

    /// <summary>An evaluator with bundles of a given width; scores are the same at every width.</summary>
    internal IFitnessEvaluator CreateEvaluator(int width) => WideWidth.Dispatch(width, new Factory(this));

    private sealed class Factory(CaseTask task) : IWideFactory<IFitnessEvaluator>
    {
        public IFitnessEvaluator Create<TWide>()
            where TWide : unmanaged, IWide<TWide> => new Evaluator<TWide>(task);
    }

    private sealed unsafe class Evaluator<TWide> : IFitnessEvaluator
        where TWide : unmanaged, IWide<TWide>
    {
        private readonly CaseTask _task;
        private readonly LaneNetwork _network;
        private readonly Batch<float>[] _inputs;
        private readonly Batch<float> _answers;
        private readonly Batch<float> _weights;
        private readonly Batch<float> _output;
        private readonly Batch<float> _sums = new(1, 1, WideWidth.Padding);

        public Evaluator(CaseTask task)
        {
            _task = task;
            int block = Math.Min(MaxBlock, WideWidth.Pad(task._cases.Length));
            int blocks = (task._cases.Length + block - 1) / block;
            _network = LaneNetwork.Create(block, TWide.Lanes);
            _output = new Batch<float>(1, 1, block);
            _inputs = new Batch<float>[blocks];
            _answers = new Batch<float>(1, 1, block * blocks);
            _weights = new Batch<float>(1, 1, block * blocks);
            for (int b = 0; b < blocks; b++)
            {
                _inputs[b] = new Batch<float>(1, task.Inputs, block);
            }

            for (int i = 0; i < task._cases.Length; i++)
            {
                for (int input = 0; input < task.Inputs; input++)
                {
                    _inputs[i / block][0, input, i % block] = task._cases[i][input];
                }

                _answers[0, 0, i] = task._answers[i] ? 1 : 0;
                _weights[0, 0, i] = 1;
            }
        }

        public Score Evaluate(NetworkGraph network, ReadOnlySpan<ulong> seeds)
        {
            _network.Load(network);
            _sums.Values.Clear();
            uint wrong = 0;
            for (int block = 0; block < _inputs.Length; block++)
            {
                _network.Activate(_inputs[block].Pointer, _output.Pointer);
                wrong |= Add(block * _network.Stride);
            }

            // Sixteen partial sums at every width, added in order: the same bits whatever the lanes.
            double fitness = 0;
            for (int i = 0; i < WideWidth.Padding; i++)
            {
                fitness += _sums.Pointer[i];
            }

            return new Score(fitness + (wrong == 0 ? _task._bonus : 0), double.NaN, _task._cases.Length);
        }

        private uint Add(int start)
        {
            uint wrong = 0;
            for (int phase = 0; phase < WideWidth.Padding; phase += TWide.Lanes)
            {
                TWide sum = TWide.Load(_sums.Pointer + phase);
                TWide misses = TWide.Broadcast(0);
                TWide one = TWide.Broadcast(1), half = TWide.Broadcast(0.5f);
                for (int i = phase; i < _network.Stride; i += WideWidth.Padding)
                {
                    TWide output = TWide.Clamp(TWide.Load(_output.Pointer + i), 0, 1);
                    TWide answer = TWide.Load(_answers.Pointer + start + i);
                    TWide counts = TWide.Load(_weights.Pointer + start + i);
                    TWide error = output - answer;
                    sum += counts * (one - (error * error));

                    // At least one half is the answer 1; a padding lane is never wrong.
                    misses |= (TWide.LessThan(output, half) ^ TWide.LessThan(answer, half)) & TWide.LessThan(TWide.Broadcast(0), counts);
                }

                TWide.Store(sum, _sums.Pointer + phase);
                wrong |= TWide.SignBits(misses);
            }

            return wrong;
        }
    }
}
