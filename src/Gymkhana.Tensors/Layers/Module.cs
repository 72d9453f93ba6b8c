using System.Runtime.CompilerServices;
using Gymkhana.Core;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// A part of a network: parameters with names, and other modules with names. A module makes its parts in its constructor
/// (<see cref="AddParameter"/>, <see cref="AddModule"/>); from then on they stay. Names are joined by dots, as PyTorch
/// does, so that weights go back and forth by name.
/// </summary>
public abstract class Module
{
    private readonly List<NamedParameter> _own = [];
    private readonly List<(string Name, Module Module)> _parts = [];
    private NamedParameter[]? _all;
    private NamedParameter[]? _trainable;

    /// <summary>All parameters, those of the parts included: a module's own first, then its parts', in the order they were added.</summary>
    public IReadOnlyList<NamedParameter> Parameters => _all ??= [.. Enumerate(string.Empty)];

    /// <summary>Those of <see cref="Parameters"/> that are trained: what an optimizer takes. Decided when it is first asked for.</summary>
    public IReadOnlyList<NamedParameter> TrainableParameters => _trainable ??= [.. Parameters.Where(p => p.Parameter.IsTrainable)];

    /// <summary>Number of trained numbers.</summary>
    public long ParameterCount => TrainableParameters.Sum(p => (long)p.Parameter.Shape.Count);

    /// <summary>Whether the network is being trained: batch norms then normalise by the batch and keep running figures. Set it on the outermost module.</summary>
    public bool IsTraining
    {
        get;
        set
        {
            field = value;
            foreach ((_, Module part) in _parts)
            {
                part.IsTraining = value;
            }
        }
    } = true;

    /// <summary>A parameter by its full name.</summary>
    /// <param name="name">Such as "0.weight".</param>
    /// <returns>The parameter.</returns>
    /// <exception cref="UnknownNameException">There is none of that name; the message names the nearest.</exception>
    public Parameter this[string name]
    {
        get
        {
            foreach (NamedParameter parameter in Parameters)
            {
                if (parameter.Name == name)
                {
                    return parameter.Parameter;
                }
            }

            throw UnknownNameException.For("parameter", name, Parameters.Select(p => p.Name), "Module.Parameters lists them");
        }
    }

    /// <summary>Stops or starts the training of all parameters: false for a target network or a frozen part. Buffers such as running means are never trained.</summary>
    /// <param name="trainable">Whether gradients are wanted.</param>
    public void SetTrainable(bool trainable)
    {
        foreach (NamedParameter parameter in TrainableParameters)
        {
            parameter.Parameter.IsTrainable = trainable;
        }
    }

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        foreach (NamedParameter parameter in Trainable())
        {
            parameter.Parameter.ClearGradient();
        }
    }

    /// <summary>Copies the parameters of a module of the same build: a hard update of a target network.</summary>
    /// <param name="source">Parameters of the same names and shapes.</param>
    /// <exception cref="ArgumentException">It is built differently.</exception>
    public void CopyFrom(Module source)
    {
        ReadOnlySpan<NamedParameter> from = PartnersIn(source), own = All();
        for (int i = 0; i < own.Length; i++)
        {
            own[i].Parameter.CopyFrom(from[i].Parameter);
        }
    }

    /// <summary>
    /// Moves each parameter a little towards that of a module of the same build: θ ← τ θ_source + (1 − τ) θ, Polyak's average, a
    /// soft update of a target network. Allocates nothing.
    /// </summary>
    /// <param name="source">Parameters of the same names and shapes.</param>
    /// <param name="tau">τ, in [0, 1].</param>
    /// <exception cref="ArgumentException">It is built differently.</exception>
    /// <exception cref="ArgumentOutOfRangeException">τ is outside [0, 1].</exception>
    public unsafe void AverageFrom(Module source, double tau)
    {
        if (!(tau >= 0 && tau <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(tau), tau, "the share of the source is a number in [0, 1].");
        }

        ReadOnlySpan<NamedParameter> from = PartnersIn(source), own = All();
        Blend blend = new((float)tau, (float)(1 - tau));
        for (int i = 0; i < own.Length; i++)
        {
            float* values = own[i].Parameter.ValuesPointer;
            Elementwise.Map(blend, from[i].Parameter.ValuesPointer, 1, values, 1, values, own[i].Parameter.Shape.Count, add: false);
        }
    }

    /// <summary>Writes all parameters, for a checkpoint.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Parameters.Count);
        foreach (NamedParameter parameter in Parameters)
        {
            writer.Write(parameter.Name);
            FloatBlock.Write(writer, parameter.Parameter.Values);
        }
    }

    /// <summary>Reads what <see cref="Save"/> of a module of the same build wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="GymkhanaException">It was built differently, or the block is damaged. Parameters read before stay read.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        int count = reader.ReadInt32();
        if (count != Parameters.Count)
        {
            throw new GymkhanaException($"The checkpoint holds a network of {count} parameters, this one has {Parameters.Count}. Resume with the settings the run was made with.");
        }

        foreach (NamedParameter parameter in Parameters)
        {
            FloatBlock.ExpectName(reader, parameter.Name);
            FloatBlock.Read(reader, parameter.Parameter.Values, parameter.Name);
        }
    }

    /// <summary>Makes a parameter of this module.</summary>
    /// <param name="name">Its name, without dots.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>The parameter, all zeros.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    protected Parameter AddParameter(string name, Shape shape)
    {
        CheckName(name);
        Parameter parameter = new(shape);
        _own.Add(new NamedParameter(name, parameter));
        return parameter;
    }

    /// <summary>Makes numbers that are kept with the parameters but not trained, such as running means.</summary>
    /// <param name="name">Their name, without dots.</param>
    /// <param name="shape">Their shape.</param>
    /// <returns>The numbers, all zeros.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    protected Parameter AddBuffer(string name, Shape shape)
    {
        Parameter buffer = AddParameter(name, shape);
        buffer.IsTrainable = false;
        return buffer;
    }

    /// <summary>Takes another module as a part of this one.</summary>
    /// <typeparam name="TModule">Its type.</typeparam>
    /// <param name="name">Its name, which goes before those of its parameters; may itself contain dots ("layers.0").</param>
    /// <param name="module">The part.</param>
    /// <returns>The same module.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    protected TModule AddModule<TModule>(string name, TModule module)
        where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        _parts.Add((name, module));
        return module;
    }

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_own.Exists(p => p.Name == name) || _parts.Exists(p => p.Name == name))
        {
            throw new ArgumentException($"this module already has something named '{name}'.", nameof(name));
        }

        if (_all is not null)
        {
            throw new InvalidOperationException($"'{name}' comes too late: the parameters have been listed. Add all parts in the constructor.");
        }
    }

    private IEnumerable<NamedParameter> Enumerate(string prefix)
    {
        foreach (NamedParameter parameter in _own)
        {
            yield return parameter with { Name = prefix + parameter.Name };
        }

        foreach ((string name, Module part) in _parts)
        {
            foreach (NamedParameter parameter in part.Enumerate($"{prefix}{name}."))
            {
                yield return parameter;
            }
        }
    }

    // As spans: enumerating an interface would allocate.
    private ReadOnlySpan<NamedParameter> All() => _all ?? (NamedParameter[])Parameters;

    private ReadOnlySpan<NamedParameter> Trainable() => _trainable ?? (NamedParameter[])TrainableParameters;

    private ReadOnlySpan<NamedParameter> PartnersIn(Module source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ReadOnlySpan<NamedParameter> own = All(), from = source.All();
        for (int i = 0; i < Math.Max(own.Length, from.Length); i++)
        {
            if (i >= own.Length || i >= from.Length || own[i].Name != from[i].Name || own[i].Parameter.Shape != from[i].Parameter.Shape)
            {
                throw new ArgumentException($"the modules are built differently: parameter {i} is {Describe(from, i)} in the source and {Describe(own, i)} here.", nameof(source));
            }
        }

        return from;
    }

    private static string Describe(ReadOnlySpan<NamedParameter> parameters, int index) =>
        index < parameters.Length ? $"'{parameters[index].Name}' {parameters[index].Parameter.Shape}" : "missing";

    private readonly struct Blend(float tau, float rest) : IBinaryKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TWide Of<TWide>(TWide a, TWide b)
            where TWide : unmanaged, IWide<TWide> => TWide.Multiply(a, tau) + TWide.Multiply(b, rest);
    }
}
