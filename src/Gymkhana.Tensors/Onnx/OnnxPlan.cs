using System.Runtime.InteropServices;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx;

/// <summary>
/// A model made ready for inputs of fixed shapes: all buffers are set aside. Write the inputs, run, read the outputs; a run allocates
/// nothing. Used by one thread at a time.
/// </summary>
public sealed class OnnxPlan
{
    private const int Alignment = 64;
    private readonly OnnxModel _model;
    private readonly Operand[] _inputs;
    private readonly Operand[] _outputs;
    private readonly Action[] _actions;
    private readonly OnnxNode[] _nodes;

    // Keeps the buffers alive: the operands hold addresses.
    private readonly byte[] _arena;

    internal unsafe OnnxPlan(OnnxModel model, Operand[] inputs, Operand[] outputs, Action[] actions, OnnxNode[] nodes, IReadOnlyList<Operand> placed, long bytes, long work)
    {
        _model = model;
        _inputs = inputs;
        _outputs = outputs;
        _actions = actions;
        _nodes = nodes;
        Work = work;
        _arena = GC.AllocateArray<byte>((int)bytes + Alignment, pinned: true);
        nint start = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_arena));
        start = (start + Alignment - 1) / Alignment * Alignment;
        foreach (Operand operand in placed)
        {
            operand.Place(start + (nint)operand.Offset);
        }
    }

    /// <summary>Arithmetic operations of one run: a multiplication and an addition are two, an activation of one number is one.</summary>
    public long Work { get; }

    /// <summary>Bytes of all buffers of the plan, without the weights.</summary>
    public long BufferBytes => _arena.Length;

    /// <summary>The buffer of an input, kept between runs.</summary>
    /// <typeparam name="T">The input's element type: float, double, int, long, byte or bool.</typeparam>
    /// <param name="name">Name of the input.</param>
    /// <returns>Row-major elements, to be written.</returns>
    /// <exception cref="OnnxInputException">There is no such input, or it has another type.</exception>
    public Span<T> Input<T>(string name)
        where T : unmanaged => Find(_inputs, name, "input").As<T>(_model.Origin);

    /// <summary>The buffer of an output, valid until the next run.</summary>
    /// <typeparam name="T">The output's element type: float, double, int, long, byte or bool.</typeparam>
    /// <param name="name">Name of the output.</param>
    /// <returns>Row-major elements.</returns>
    /// <exception cref="OnnxInputException">There is no such output, or it has another type.</exception>
    public ReadOnlySpan<T> Output<T>(string name)
        where T : unmanaged => Find(_outputs, name, "output").As<T>(_model.Origin);

    /// <summary>The shape of an input.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Sizes, outermost first; a view.</returns>
    /// <exception cref="OnnxInputException">There is no such input.</exception>
    public ReadOnlySpan<int> InputShape(string name) => Find(_inputs, name, "input").Operand.Shape;

    /// <summary>The shape of an output.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Sizes, outermost first; a view.</returns>
    /// <exception cref="OnnxInputException">There is no such output.</exception>
    public ReadOnlySpan<int> OutputShape(string name) => Find(_outputs, name, "output").Operand.Shape;

    /// <summary>Computes the outputs from the inputs.</summary>
    /// <exception cref="OnnxInputException">A value cannot be worked with, such as an index that does not exist.</exception>
    public void Run()
    {
        int at = 0;
        try
        {
            for (; at < _actions.Length; at++)
            {
                _actions[at]();
            }
        }
        catch (OnnxInputException failure)
        {
            throw new OnnxInputException($"{_model.Origin}: {_nodes[at].Place}: {failure.Message}");
        }

        GC.KeepAlive(_arena);
    }

    internal Operand InputOperand(int index) => _inputs[index];

    internal OnnxTensor Read(int output)
    {
        Operand operand = _outputs[output];
        return new OnnxTensor(operand.Type, [.. operand.Shape], operand.As<byte>());
    }

    private Found Find(Operand[] operands, string name, string what)
    {
        foreach (Operand operand in operands)
        {
            if (operand.Name == name)
            {
                return new Found(operand);
            }
        }

        throw new OnnxInputException($"{_model.Origin} has no {what} {OnnxText.Quote(name)}: it has {string.Join(", ", operands.Select(o => OnnxText.OneLine(o.Name)))}. Ask for one of these.");
    }

    private readonly record struct Found(Operand Operand)
    {
        public Span<T> As<T>(string origin)
            where T : unmanaged => ElementTypes.Of<T>() == Operand.Type
                ? Operand.As<T>()
                : throw new OnnxInputException($"{origin}: {OnnxText.Quote(Operand.Name)} has elements of type {Operand.Type.Name()}, asked for {ElementTypes.Of<T>().Name()}. Ask for its own type.");
    }
}
