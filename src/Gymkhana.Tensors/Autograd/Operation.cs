using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors.Autograd;

/// <summary>
/// One step of a computation: from its inputs' values to its output's (<see cref="Forward"/>), and from its output's gradient to
/// its inputs' (<see cref="Backward"/>). <see cref="Reference"/> is the same function written plainly in double, against which
/// both are checked. Operations are pooled: whatever one keeps in fields is set anew each time it is used.
/// </summary>
internal abstract unsafe class Operation
{
    private const int MaxInputs = 8;
    private readonly Node?[] _inputs = new Node?[MaxInputs];

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; private set; }

    /// <summary>The result.</summary>
    public Node Output { get; set; } = null!; // set by the tape before Forward

    /// <summary>Another result that has no gradient, such as the weights of an attention, or null.</summary>
    public virtual Node? SecondOutput => null;

    protected Tape Tape => Output.Tape;

    /// <summary>The threads that share the work.</summary>
    protected Workers Workers => Output.Tape.Workers;

    /// <summary>Writes all of the output's values.</summary>
    public abstract void Forward();

    /// <summary>Gives each input that wants one its gradient, once the output's has arrived.</summary>
    public abstract void Backward();

    /// <summary>Writes the output's exact values from the inputs' exact values, plainly.</summary>
    public abstract void Reference();

    /// <summary>Writes the operation as ONNX nodes and says under which names its results are.</summary>
    /// <param name="emitter">What it is written with.</param>
    /// <exception cref="OnnxExportException">It has no form in ONNX.</exception>
    public virtual void Emit(OnnxEmitter emitter) =>
        throw OnnxEmitter.Refuse(this, "this operation cannot be exported: it is there for training. Leave it out of the network that is exported.");

    /// <summary>An input.</summary>
    /// <param name="index">0 to <see cref="InputCount"/> − 1.</param>
    /// <returns>The input.</returns>
    public Node Input(int index) => _inputs[index]!; // filled below InputCount

    /// <summary>Takes a tensor as next input.</summary>
    /// <param name="tensor">One of the present step.</param>
    /// <exception cref="InvalidOperationException">It is on another tape than the inputs before.</exception>
    public void Take(Tensor tensor)
    {
        Node node = tensor.Node;
        if (InputCount > 0 && node.Tape != Input(0).Tape)
        {
            throw new InvalidOperationException("The inputs of an operation are on different tapes. Copy the values of one to the other's tape with Tape.Constant.");
        }

        _inputs[InputCount++] = node;
    }

    /// <summary>Takes a tensor as next input, if there is one.</summary>
    /// <param name="tensor">One of the present step, or null.</param>
    public void TakeOptional(Tensor? tensor)
    {
        if (tensor is { } present)
        {
            Take(present);
        }
    }

    public bool AnyInputNeedsGradient()
    {
        for (int i = 0; i < InputCount; i++)
        {
            if (_inputs[i]!.NeedsGradient) // filled below InputCount
            {
                return true;
            }
        }

        return false;
    }

    public void Clear()
    {
        Array.Clear(_inputs, 0, InputCount);
        InputCount = 0;
    }

    /// <summary>Values of an input.</summary>
    protected float* X(int index) => Input(index).Values;

    /// <summary>Exact values of an input.</summary>
    protected double[] ExactX(int index) => Input(index).Exact!; // on a checking tape every node has them

    /// <summary>Where an input's gradient goes.</summary>
    protected GradientPlace PlaceFor(int index) => Input(index).Place();
}
