using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// Makes features of fixed width of any number of things of each kind (Zaheer et al., "Deep Sets", 2017). Things of a kind share their
/// weights: x = relu(W item + S self + b), where the kind "self" is one thing that stands beside all others, so that the way to each can be
/// found; the largest of each feature over the things of a kind; all kinds side by side through a linear layer and relu. Where there is no
/// self, as in a whole state, things are looked at twice, the second time beside that result g: x' = relu(U x + V g + c), the largest, a linear layer and relu.
/// </summary>
public sealed class EntityEncoder : Module
{
    /// <summary>Most kinds of things.</summary>
    public const int MostKinds = 16;

    /// <summary>Name of the kind that is oneself.</summary>
    public const string Self = "self";

    private const double HiddenGain = 1.4142135623730951;
    private readonly ImmutableArray<EntityKind> _kinds;
    private readonly Linear[] _first;
    private readonly Linear?[] _beside;
    private readonly int _self;
    private readonly Linear[] _second = [];
    private readonly Linear? _context;
    private readonly Linear _summary;
    private readonly Linear? _result;

    /// <summary>An encoder with orthogonal weights of gain √2 and biases 0.</summary>
    /// <param name="kinds">What is seen, at least one kind.</param>
    /// <param name="width">Features of a result, at least 1.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public EntityEncoder(ImmutableArray<EntityKind> kinds, int width, KeyedStream random)
    {
        _kinds = kinds;
        Width = width;
        Linear Made(string name, int inputs, bool bias = true)
        {
            Linear linear = AddModule(name, new Linear(inputs, width, random, bias));
            Initialization.Orthogonal(linear.Weight, random, HiddenGain);
            linear.Bias?.Values.Clear();
            return linear;
        }

        _self = kinds.IndexOf(kinds.FirstOrDefault(k => k.Name == Self)!); // −1 where there is none
        _first = [.. kinds.Select(k => Made($"{k.Name}.first", k.Features))];
        _beside = [.. kinds.Select((k, i) => _self < 0 || i == _self ? null : Made($"{k.Name}.beside", kinds[_self].Features, bias: false))];
        _summary = Made("summary", kinds.Length * width);
        if (_self < 0)
        {
            _second = [.. kinds.Select(k => Made($"{k.Name}.second", width))];
            _context = Made("context", width, bias: false);
            _result = Made("result", kinds.Length * width);
        }
    }

    /// <summary>Features of a result.</summary>
    public int Width { get; }

    /// <summary>Whether an observation is made up of one part of each kind, in any order.</summary>
    /// <param name="kinds">The kinds.</param>
    /// <param name="parts">How an observation is made up.</param>
    /// <returns>False where a kind is missing, is of another size, or there is another.</returns>
    public static bool Match(ImmutableArray<EntityKind> kinds, ImmutableArray<ObservationPart> parts)
    {
        bool match = parts.Length == kinds.Length;
        for (int kind = 0; match && kind < kinds.Length; kind++)
        {
            match = false;
            for (int part = 0; part < parts.Length; part++)
            {
                match |= parts[part].Name == kinds[kind].Name && parts[part].Features == kinds[kind].Features;
            }
        }

        return match;
    }

    /// <summary>Features of observations.</summary>
    /// <param name="seen">[M, size], each row made up of the parts in order.</param>
    /// <param name="parts">The parts: one of each kind, with any number of things.</param>
    /// <returns>[M, width], not below 0.</returns>
    /// <exception cref="ArgumentException">The parts are of other kinds.</exception>
    public Tensor Forward(Tensor seen, ImmutableArray<ObservationPart> parts)
    {
        int rows = seen.Shape[0];
        Demand(parts);
        Tensors roomForThings = default, roomForPooled = default;
        Span<Tensor> things = ((Span<Tensor>)roomForThings)[.._kinds.Length], pooled = ((Span<Tensor>)roomForPooled)[.._kinds.Length];
        Tensor self = _self < 0 ? default : Items(seen, parts, _self, rows);
        for (int kind = 0; kind < _kinds.Length; kind++)
        {
            ObservationPart part = PartOf(parts, kind, out _);
            if (part.Items > 0)
            {
                Tensor items = Items(seen, parts, kind, rows);
                things[kind] = _beside[kind] is Linear beside ? Beside(_first[kind], items, beside, self, part) : _first[kind].Forward(items, Activation.Relu);
            }

            pooled[kind] = Largest(seen, things[kind], rows, part.Items);
        }

        Tensor summary = _summary.Forward(Tensor.Concat(1, pooled), Activation.Relu);
        if (_context is null || _result is null)
        {
            return summary;
        }

        Tensor context = _context.Forward(summary).Reshape(rows, 1, Width);
        for (int kind = 0; kind < _kinds.Length; kind++)
        {
            int items = PartOf(parts, kind, out _).Items;
            if (items > 0)
            {
                things[kind] = (_second[kind].Forward(things[kind]).Reshape(rows, items, Width) + context).Relu();
            }

            pooled[kind] = Largest(seen, things[kind], rows, items);
        }

        return _result.Forward(Tensor.Concat(1, pooled), Activation.Relu);
    }

    // relu(W item + S self + b) as one product of both side by side.
    private static Tensor Beside(Linear first, Tensor items, Linear beside, Tensor self, ObservationPart part)
    {
        (Tape tape, int rows, int size) = (items.Tape, self.Shape[0], self.Shape[1]);
        Tensor repeated = self.Reshape(rows, 1, size).BroadcastTo(new Shape(rows, part.Items, size)).Reshape(rows * part.Items, size);
        return Tensor.Concat(1, items, repeated).Linear(Tensor.Concat(1, tape.Use(first.Weight), tape.Use(beside.Weight)), first.Bias is Parameter bias ? tape.Use(bias) : null, Activation.Relu);
    }

    private Tensor Largest(Tensor seen, Tensor things, int rows, int items) => items switch
    {
        0 => seen.Tape.Filled(new Shape(rows, Width), 0),
        1 => things.Reshape(rows, Width),
        _ => things.Reshape(rows, items, Width).Max(1),
    };

    // [rows · items, features].
    private Tensor Items(Tensor seen, ImmutableArray<ObservationPart> parts, int kind, int rows)
    {
        ObservationPart part = PartOf(parts, kind, out int start);
        return seen.Slice(1, start, start + part.Size).Reshape(rows * part.Items, part.Features);
    }

    private void Demand(ImmutableArray<ObservationPart> parts)
    {
        if (!Match(_kinds, parts) || (_self >= 0 && PartOf(parts, _self, out _).Items != 1))
        {
            throw new ArgumentException($"this encoder sees {string.Join(", ", _kinds.Select(k => k.Name))}, got parts {string.Join(", ", parts.Select(p => $"{p.Name} ({p.Items} of {p.Features})"))}.", nameof(parts));
        }
    }

    private ObservationPart PartOf(ImmutableArray<ObservationPart> parts, int kind, out int start)
    {
        start = 0;
        int part = 0;
        for (; parts[part].Name != _kinds[kind].Name; part++)
        {
            start += parts[part].Size;
        }

        return parts[part];
    }

    [InlineArray(MostKinds)]
    private struct Tensors
    {
        private Tensor _first;
    }
}
