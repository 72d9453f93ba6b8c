namespace Gymkhana.Tensors;

/// <summary>Integers in a <see cref="Tensors.Shape"/>, row-major, on a <see cref="Tape"/> (see <see cref="Tape.Indices"/>). Ends with the step.</summary>
public readonly unsafe struct IndexTensor
{
    private readonly Tape _tape;
    private readonly int _step;
    private readonly int* _values;

    internal IndexTensor(Tape tape, int step, Shape shape, int* values)
    {
        _tape = tape;
        _step = step;
        Shape = shape;
        _values = values;
    }

    /// <summary>Its shape.</summary>
    public Shape Shape { get; }

    /// <summary>Its elements, row-major; valid until <see cref="Tape.Reset"/>.</summary>
    public ReadOnlySpan<int> Values => new(Pointer, Shape.Count);

    internal int* Pointer => _tape is not null && _tape.Step == _step
        ? _values
        : throw new InvalidOperationException("These indices belong to a step that Tape.Reset has ended, or were never made. Indices come from Tape.Indices.");
}
