using System.Runtime.CompilerServices;

namespace Gymkhana.Tensors;

/// <summary>
/// Numbers that training changes: values and gradient, both row-major, in memory of its own that outlives the steps of a tape.
/// Enters a computation by <see cref="Tape.Use"/>.
/// </summary>
public sealed unsafe class Parameter
{
    private readonly float[] _values;
    private readonly float[] _gradient;
    private bool _gradientIsClear = true;

    /// <summary>A parameter of zeros.</summary>
    /// <param name="shape">Shape.</param>
    public Parameter(Shape shape)
    {
        Shape = shape;
        _values = GC.AllocateArray<float>(Math.Max(1, shape.Count), pinned: true);
        _gradient = GC.AllocateArray<float>(Math.Max(1, shape.Count), pinned: true);
    }

    /// <summary>Its shape.</summary>
    public Shape Shape { get; }

    /// <summary>Whether it has a gradient; false for numbers that are kept but not trained, such as running means and target networks.</summary>
    public bool IsTrainable { get; set; } = true;

    /// <summary>Its elements, row-major.</summary>
    public Span<float> Values => _values.AsSpan(0, Shape.Count);

    /// <summary>Sum of d loss / d element over the backward runs since <see cref="ClearGradient"/>, row-major.</summary>
    public Span<float> Gradient
    {
        get
        {
            if (_gradientIsClear)
            {
                Array.Clear(_gradient);
                _gradientIsClear = false;
            }

            return _gradient.AsSpan(0, Shape.Count);
        }
    }

    internal float* ValuesPointer => (float*)Unsafe.AsPointer(ref _values[0]);

    internal float* GradientPointer => (float*)Unsafe.AsPointer(ref _gradient[0]);

    /// <summary>Sets the gradient to zero.</summary>
    public void ClearGradient() => _gradientIsClear = true;

    /// <summary>Copies another parameter's values.</summary>
    /// <param name="source">One of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(Parameter source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape)
        {
            throw new ArgumentException($"a parameter of shape {Shape} cannot take values of shape {source.Shape}.", nameof(source));
        }

        source.Values.CopyTo(Values);
    }

    /// <summary>Whether the gradient is clear, so that the first writer may write over it; it counts as written from now on.</summary>
    internal bool TakeClearedGradient()
    {
        bool was = _gradientIsClear;
        _gradientIsClear = false;
        return was;
    }
}
