using Gymkhana.Tensors.Autograd;

namespace Gymkhana.Tensors;

/// <summary>
/// Numbers of 32 bits in a <see cref="Tensors.Shape"/>, row-major, on a <see cref="Tape"/>. A small value that points to the
/// tape's memory: copy it freely, never dispose it; it ends with the step (<see cref="Tape.Reset"/>), and using it later is
/// an error that says so. Operations are methods and operators; each is in a file of its own in Operations/.
/// </summary>
public readonly unsafe partial struct Tensor
{
    private readonly Node _node;
    private readonly int _step;

    internal Tensor(Node node, int step)
    {
        _node = node;
        _step = step;
    }

    /// <summary>The tape it is on.</summary>
    public Tape Tape => Node.Tape;

    /// <summary>Its shape.</summary>
    public Shape Shape => Node.Shape;

    /// <summary>Its elements, row-major; valid until <see cref="Tape.Reset"/>.</summary>
    public ReadOnlySpan<float> Values => Node.Span;

    /// <summary>Whether <see cref="Tape.Backward(Tensor)"/> computes a gradient for it.</summary>
    public bool NeedsGradient => Node.NeedsGradient;

    /// <summary>
    /// d loss / d element, row-major, after <see cref="Tape.Backward(Tensor)"/>; zeros when the loss does not depend on it.
    /// Kept for variables and parameters; the gradients of values between may have been consumed on the way.
    /// </summary>
    /// <exception cref="InvalidOperationException">It needs no gradient.</exception>
    public ReadOnlySpan<float> Gradient
    {
        get
        {
            Node node = Node;
            if (!node.NeedsGradient)
            {
                throw new InvalidOperationException("This tensor needs no gradient. Make it with Tape.Variable, or let one go into it.");
            }

            if (node.Parameter is not null)
            {
                return node.Parameter.Gradient;
            }

            if (!node.HasGradient)
            {
                node.Place().ToAddTo();
            }

            return new ReadOnlySpan<float>(node.Gradient, node.Count);
        }
    }

    /// <summary>Its only element.</summary>
    /// <exception cref="InvalidOperationException">It has more than one.</exception>
    public float Scalar => Shape.Count == 1 ? Values[0] : throw new InvalidOperationException($"a tensor of shape {Shape} is not a scalar.");

    internal Node Node => _node is not null && _node.Tape.Step == _step ? _node : throw Stale();

    /// <summary>Its shape and first elements, for looking at.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        ReadOnlySpan<float> values = Values;
        string shown = string.Join(", ", values[..Math.Min(8, values.Length)].ToArray().Select(v => v.ToString("g6", System.Globalization.CultureInfo.InvariantCulture)));
        return $"{Shape} {{ {shown}{(values.Length > 8 ? ", ..." : string.Empty)} }}";
    }

    private InvalidOperationException Stale() => _node is null
        ? new InvalidOperationException("This tensor was never made: it is default(Tensor). Tensors come from a Tape.")
        : new InvalidOperationException($"This tensor belongs to step {_step}, which Tape.Reset has ended; the tape is at step {_node.Tape.Step}. Copy Values before Reset to keep them.");
}
