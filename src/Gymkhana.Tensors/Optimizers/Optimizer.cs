using System.Runtime.CompilerServices;
using Gymkhana.Core;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>
/// Changes parameters by their gradients. What it remembers of each parameter is set aside when it is made: a step allocates
/// nothing. Its whole state can be saved, so that a resumed run goes on with the same bits.
/// </summary>
public abstract unsafe class Optimizer
{
    private readonly NamedParameter[] _parameters;
    private readonly float[][] _memories;

    private protected Optimizer(IReadOnlyList<NamedParameter> parameters, double learningRate, int memories)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        LearningRate = learningRate;
        MemoriesPerParameter = memories;
        _parameters = [.. parameters];
        _memories = new float[_parameters.Length * memories][];
        HashSet<Parameter> seen = [];
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (!seen.Add(_parameters[i].Parameter))
            {
                throw new ArgumentException($"the parameter '{_parameters[i].Name}' is in the list twice; it would be stepped twice.", nameof(parameters));
            }

            for (int j = 0; j < memories; j++)
            {
                // Pinned: kernels hold addresses.
                _memories[(i * memories) + j] = GC.AllocateArray<float>(Math.Max(1, _parameters[i].Parameter.Shape.Count), pinned: true);
            }
        }
    }

    /// <summary>What it changes.</summary>
    public IReadOnlyList<NamedParameter> Parameters => _parameters;

    /// <summary>Size of a step; may be set before each, as by a <see cref="LearningRateSchedule"/>.</summary>
    public double LearningRate
    {
        get;
        set => field = double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "a learning rate is a finite number, at least 0.");
    }

    /// <summary>Steps done.</summary>
    public long StepCount { get; private set; }

    /// <summary>Name of the kind, as in saved states.</summary>
    private protected abstract string Kind { get; }

    private protected int MemoriesPerParameter { get; }

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        foreach (NamedParameter parameter in _parameters)
        {
            parameter.Parameter.ClearGradient();
        }
    }

    /// <summary>
    /// Changes each parameter that is trainable by its gradient; one without a gradient counts as having one of zeros. Gradients
    /// stay: call <see cref="ClearGradients"/> before the next backward run.
    /// </summary>
    public void Step() => Step(workers: null);

    /// <summary>The same, with large parameters shared out to the tape's threads. The bits do not depend on their number.</summary>
    /// <param name="tape">Whose threads.</param>
    public void Step(Tape tape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Step(tape.Workers);
    }


    /// <summary>Writes the whole state but the settings: the steps done, the learning rate, and what is remembered of each parameter.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Kind);
        writer.Write(StepCount);
        writer.Write(LearningRate);
        writer.Write(_parameters.Length);
        for (int i = 0; i < _parameters.Length; i++)
        {
            writer.Write(_parameters[i].Name);
            for (int j = 0; j < MemoriesPerParameter; j++)
            {
                FloatBlock.Write(writer, (ReadOnlySpan<float>)Memory(i, j));
            }
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote for an optimizer of the same kind over the same parameters.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="GymkhanaException">It is of another kind or for other parameters, or damaged.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        FloatBlock.ExpectName(reader, Kind);
        StepCount = reader.ReadInt64();
        LearningRate = reader.ReadDouble();
        int count = reader.ReadInt32();
        if (count != _parameters.Length)
        {
            throw new GymkhanaException($"The checkpoint holds the optimizer of {count} parameters, this one has {_parameters.Length}. Resume with the settings the run was made with.");
        }

        for (int i = 0; i < _parameters.Length; i++)
        {
            FloatBlock.ExpectName(reader, _parameters[i].Name);
            for (int j = 0; j < MemoriesPerParameter; j++)
            {
                FloatBlock.Read(reader, Memory(i, j), _parameters[i].Name);
            }
        }
    }

    /// <summary>Computes what is the same for all parameters of this step.</summary>
    private protected abstract void BeginStep();

    /// <summary>Changes one parameter.</summary>
    private protected abstract void Update(Workers? workers, UpdateMemory memory, int count);

    /// <summary>β to a whole power, by squaring: the same bits everywhere, which a library's power function does not promise.</summary>
    internal static double Power(double value, long exponent)
    {
        double result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            result *= (exponent & 1) == 1 ? value : 1;
            value *= value;
        }

        return result;
    }

    private protected static double Fraction(double value, string name) => value >= 0 && value < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "expected a number in [0, 1).");

    private protected static double NotNegative(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "expected a finite number, at least 0.");

    private void Step(Workers? workers)
    {
        StepCount++;
        BeginStep();
        for (int i = 0; i < _parameters.Length; i++)
        {
            Parameter parameter = _parameters[i].Parameter;
            if (parameter.IsTrainable)
            {
                _ = parameter.Gradient; // fills it with zeros where it is clear
                Update(workers, MemoryOf(i), parameter.Shape.Count);
            }
        }
    }

    private Span<float> Memory(int parameter, int index) =>
        _memories[(parameter * MemoriesPerParameter) + index].AsSpan(0, _parameters[parameter].Parameter.Shape.Count);

    private UpdateMemory MemoryOf(int index)
    {
        Parameter parameter = _parameters[index].Parameter;
        return new UpdateMemory(parameter.ValuesPointer, parameter.GradientPointer, Pointer(index, 0), Pointer(index, 1), Pointer(index, 2));
    }

    private float* Pointer(int parameter, int memory) =>
        memory < MemoriesPerParameter ? (float*)Unsafe.AsPointer(ref _memories[(parameter * MemoriesPerParameter) + memory][0]) : null;
}
