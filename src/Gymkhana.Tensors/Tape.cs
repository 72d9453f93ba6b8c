using System.Runtime.InteropServices;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors;

/// <summary>
/// Records what is computed with tensors, so that gradients can be taken backwards through it (reverse-mode differentiation),
/// and owns the memory of it all. A training step computes a loss, calls <see cref="Backward(Tensor)"/>, lets an optimizer
/// step, and calls <see cref="Reset"/>, which ends the step: its tensors may not be used any more, and their memory serves
/// the next one. Nothing is ever disposed, and after the first steps nothing is allocated. Not for several threads at once;
/// the work inside an operation is shared by threads, and results do not depend on their number.
/// </summary>
public sealed unsafe class Tape
{
    private readonly List<Node> _nodes = [];
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<Type, OperationPool> _pools = [];
    private int _nodesUsed;
    private bool _wentBackward;

    /// <summary>A tape.</summary>
    /// <param name="threads">Threads that share the work of an operation, at least 1.</param>
    public Tape(int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Workers = new Workers(threads);
    }

    /// <summary>Number of the present step; <see cref="Reset"/> counts it up.</summary>
    public int Step { get; private set; }

    /// <summary>Whether operations are recorded for <see cref="Backward(Tensor)"/>. While it is false nothing needs a gradient: for acting, targets and measuring.</summary>
    public bool Recording { get; set; } = true;

    /// <summary>Floats that the tape holds for its steps.</summary>
    public long MemoryCapacity => Memory.Capacity;

    internal Workers Workers { get; }

    internal Arena Memory { get; } = new();

    /// <summary>Whether every operation also runs its plain reference in double.</summary>
    internal bool IsChecking { get; init; }

    /// <summary>Receives every operation, in order, whether a gradient is wanted or not; null on all tapes but those that trace a network for export.</summary>
    internal List<Operation>? Trace { get; init; }

    /// <summary>Exact values that parameters have instead of their own, while checking.</summary>
    internal Dictionary<Parameter, double[]>? ExactParameters { get; set; }

    /// <summary>A tensor of the given values, for which no gradient is kept.</summary>
    /// <param name="shape">Shape.</param>
    /// <param name="values">As many as the shape has elements, row-major; copied.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public Tensor Constant(Shape shape, ReadOnlySpan<float> values) => Leaf(shape, values, needsGradient: false);

    /// <summary>A tensor of the given values, whose <see cref="Tensor.Gradient"/> can be read after <see cref="Backward(Tensor)"/>.</summary>
    /// <param name="shape">Shape.</param>
    /// <param name="values">As many as the shape has elements, row-major; copied.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public Tensor Variable(Shape shape, ReadOnlySpan<float> values) => Leaf(shape, values, needsGradient: Recording);

    /// <summary>A tensor with the same value everywhere, for which no gradient is kept.</summary>
    /// <param name="shape">Shape.</param>
    /// <param name="value">The value.</param>
    /// <returns>The tensor.</returns>
    public Tensor Filled(Shape shape, float value)
    {
        Node node = NewNode(shape);
        node.Values = Memory.Rent(shape.Count);
        node.Span.Fill(value);
        SetExact(node);
        return new Tensor(node, Step);
    }

    /// <summary>Integers, such as chosen actions or words.</summary>
    /// <param name="shape">Shape.</param>
    /// <param name="values">As many as the shape has elements, row-major; copied.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public IndexTensor Indices(Shape shape, ReadOnlySpan<int> values)
    {
        CheckCount(shape, values.Length);
        int* memory = (int*)Memory.Rent(shape.Count);
        values.CopyTo(new Span<int>(memory, shape.Count));
        return new IndexTensor(this, Step, shape, memory);
    }

    /// <summary>A parameter as a tensor of the present step. It reads the parameter's own memory; gradients go to <see cref="Parameter.Gradient"/>.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <returns>The tensor.</returns>
    public Tensor Use(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        Node node = NewNode(parameter.Shape);
        node.Values = parameter.ValuesPointer;
        node.Gradient = parameter.GradientPointer;
        node.Parameter = parameter;
        node.NeedsGradient = Recording && parameter.IsTrainable;
        SetExact(node);
        if (ExactParameters is not null && ExactParameters.TryGetValue(parameter, out double[]? exact))
        {
            node.Exact = exact;
        }

        return new Tensor(node, Step);
    }

    /// <summary>Gives everything that went into a scalar its gradient. Once a step.</summary>
    /// <param name="loss">A tensor of one element.</param>
    /// <exception cref="ArgumentException">It has more than one element.</exception>
    /// <exception cref="InvalidOperationException">It was computed from nothing that needs a gradient, or the step already went backward.</exception>
    public void Backward(Tensor loss)
    {
        if (loss.Shape.Count != 1)
        {
            throw new ArgumentException($"Backward begins at a scalar loss, got shape {loss.Shape}. Reduce it with Sum() or Mean(), or give the upstream gradient.", nameof(loss));
        }

        SeedGradient(loss, [1]);
        Backward();
    }

    /// <summary>Sets the gradient at which <see cref="Backward()"/> begins; for several results, one call each.</summary>
    /// <param name="output">A result.</param>
    /// <param name="upstream">d loss / d element, as many as it has elements; added to seeds given before.</param>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    /// <exception cref="InvalidOperationException">It was computed from nothing that needs a gradient.</exception>
    public void SeedGradient(Tensor output, ReadOnlySpan<float> upstream)
    {
        Node node = output.Node;
        if (node.Tape != this)
        {
            throw new InvalidOperationException("This tensor is on another tape.");
        }

        CheckCount(node.Shape, upstream.Length);
        if (!node.NeedsGradient)
        {
            throw new InvalidOperationException("Nothing that needs a gradient went into this tensor. Make its inputs with Tape.Variable or Tape.Use while Tape.Recording is true.");
        }

        GradientPlace place = node.Place();
        Span<float> gradient = new(place.Values, place.Count);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = place.Add ? gradient[i] + upstream[i] : upstream[i];
        }
    }

    /// <summary>Runs backward from the seeds of <see cref="SeedGradient"/>. Once a step.</summary>
    /// <exception cref="InvalidOperationException">The step already went backward.</exception>
    public void Backward()
    {
        if (_wentBackward)
        {
            throw new InvalidOperationException("This step already went backward; call Reset before the next one.");
        }

        _wentBackward = true;
        for (int i = _operations.Count - 1; i >= 0; i--)
        {
            if (_operations[i].Output.HasGradient)
            {
                _operations[i].Backward();
            }
        }
    }

    /// <summary>Ends the step. Its tensors may not be used any more; parameters and their gradients stay.</summary>
    public void Reset()
    {
        Step++;
        _wentBackward = false;
        foreach (Operation operation in CollectionsMarshal.AsSpan(_operations))
        {
            operation.Clear();
        }

        foreach ((_, OperationPool pool) in _pools)
        {
            pool.Used = 0;
        }

        for (int i = 0; i < _nodesUsed; i++)
        {
            _nodes[i].Clear();
        }

        _operations.Clear();
        _nodesUsed = 0;
        Memory.Reset();
    }

    /// <summary>A constant whose values somebody writes next; its exact values are not kept.</summary>
    internal Tensor Uninitialised(Shape shape)
    {
        Node node = NewNode(shape);
        node.Values = Memory.Rent(shape.Count);
        return new Tensor(node, Step);
    }

    /// <summary>An operation of this type to fill and hand to <see cref="Run(Operation, Shape)"/>.</summary>
    internal TOperation Rent<TOperation>()
        where TOperation : Operation, new()
    {
        if (!_pools.TryGetValue(typeof(TOperation), out OperationPool? pool))
        {
            pool = new OperationPool();
            _pools.Add(typeof(TOperation), pool);
        }

        if (pool.Used == pool.Items.Count)
        {
            pool.Items.Add(new TOperation());
        }

        TOperation operation = (TOperation)pool.Items[pool.Used++];
        operation.Clear();
        return operation;
    }

    /// <summary>Computes an operation's output and records it when a gradient may be asked for.</summary>
    internal Tensor Run(Operation operation, Shape shape)
    {
        Node output = NewNode(shape);
        output.Values = Memory.Rent(shape.Count);
        return Run(operation, output);
    }

    /// <summary>The same for an output that is another view of its first input's memory.</summary>
    internal Tensor RunView(Operation operation, Shape shape)
    {
        Node output = NewNode(shape);
        Node input = operation.Input(0);
        output.Values = input.Values;
        output.Source = input.Source ?? input;
        return Run(operation, output);
    }

    private Tensor Run(Operation operation, Node output)
    {
        operation.Output = output;
        operation.Forward();
        if (IsChecking)
        {
            output.Exact = new double[output.Count];
            operation.Reference();
        }

        Trace?.Add(operation);
        if (Recording && operation.AnyInputNeedsGradient())
        {
            output.NeedsGradient = true;
            _operations.Add(operation);
        }

        return new Tensor(output, Step);
    }

    private static void CheckCount(Shape shape, int count)
    {
        if (shape.Count != count)
        {
            throw new ArgumentException($"shape {shape} has {shape.Count} elements, got {count} values.");
        }
    }

    private Tensor Leaf(Shape shape, ReadOnlySpan<float> values, bool needsGradient)
    {
        CheckCount(shape, values.Length);
        Node node = NewNode(shape);
        node.Values = Memory.Rent(shape.Count);
        values.CopyTo(node.Span);
        node.NeedsGradient = needsGradient;
        SetExact(node);
        return new Tensor(node, Step);
    }

    internal void SetExact(Node node)
    {
        if (IsChecking)
        {
            node.Exact = new double[node.Count];
            for (int i = 0; i < node.Exact.Length; i++)
            {
                node.Exact[i] = node.Values[i];
            }
        }
    }

    private Node NewNode(Shape shape)
    {
        if (_nodesUsed == _nodes.Count)
        {
            _nodes.Add(new Node(this));
        }

        Node node = _nodes[_nodesUsed++];
        node.Shape = shape;
        return node;
    }

    private sealed class OperationPool
    {
        public List<Operation> Items { get; } = [];

        public int Used { get; set; }
    }
}
