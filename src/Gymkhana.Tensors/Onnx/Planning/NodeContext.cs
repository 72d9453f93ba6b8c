using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Operators;
using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tensors.Onnx.Planning;

/// <summary>
/// What an operator sees while a plan is made: its node, its inputs with type and shape, and the means to say what it makes and how.
/// Everything allocated here is allocated once for a plan; the actions emitted run without allocating.
/// </summary>
internal sealed class NodeContext
{
    private readonly PlanBudget _budget;
    private readonly Operand?[] _inputs;

    public NodeContext(OnnxNode node, int opset, Operand?[] inputs, PlanBudget budget)
    {
        Node = node;
        Opset = opset;
        _inputs = inputs;
        _budget = budget;
        Outputs = new Operand?[node.Outputs.Length];
    }

    public OnnxNode Node { get; }

    /// <summary>Who computes products.</summary>
    public Workers Workers => _budget.Workers;

    public int Opset { get; }

    public int InputCount => _inputs.Length;

    public Operand?[] Outputs { get; }

    public List<Action> Actions { get; } = [];

    public List<Operand> Scratches { get; } = [];

    /// <summary>Arithmetic operations of the node, for the limit and for counting FLOPs.</summary>
    public long Work { get; private set; }

    public bool Has(int index) => index < _inputs.Length && _inputs[index] is not null;

    public Operand Input(int index) => Optional(index) ?? throw Refuse($"its input {index} is missing. Export the model again.");

    public Operand? Optional(int index) => index < _inputs.Length ? _inputs[index] : null;

    public bool Wants(int output) => output < Node.Outputs.Length && Node.Outputs[output].Length > 0;

    public OnnxRefusedException Refuse(string problem) => Node.Refuse(problem);

    public OnnxRefusedException RefuseType(OnnxElementType type) =>
        Refuse($"operator {Node.Operator} on {type.Name()} is not supported. Cast to float32 before exporting.");

    public OnnxRefusedException RefuseShapes(string expected, params ReadOnlySpan<Operand> operands)
    {
        List<string> shapes = [];
        foreach (Operand operand in operands)
        {
            shapes.Add(OnnxText.Shape(operand.Shape));
        }

        return Refuse($"expected {expected}, got {string.Join(" and ", shapes)}. Export the model again, or check the inputs' shapes.");
    }

    public Operand Float(int index)
    {
        Operand operand = Input(index);
        return operand.Type == OnnxElementType.Float32 ? operand : throw RefuseType(operand.Type);
    }

    public Operand? OptionalFloat(int index) => Has(index) ? Float(index) : null;

    // ---- attributes

    public bool HasAttribute(string name) => Node.Attributes.ContainsKey(name);

    public long Whole(string name, long otherwise) => Attribute(name, AttributeKind.Whole)?.Whole ?? otherwise;

    /// <summary>A whole number within bounds that every honest model keeps.</summary>
    public int Small(string name, int otherwise, int low, int high)
    {
        long value = Whole(name, otherwise);
        return value >= low && value <= high
            ? (int)value
            : throw Refuse($"attribute {name} is {value}, expected {low} to {high}. Export the model again.");
    }

    public bool Flag(string name, bool otherwise = false) => Whole(name, otherwise ? 1 : 0) != 0;

    public float Single(string name, float otherwise)
    {
        float value = Attribute(name, AttributeKind.Float)?.Float ?? otherwise;
        return float.IsFinite(value) ? value : throw Refuse($"attribute {name} is {value}, expected a finite number. Export the model again.");
    }

    public string Text(string name, string otherwise) => Attribute(name, AttributeKind.Text)?.Text ?? otherwise;

    public string[]? Texts(string name) => Attribute(name, AttributeKind.Texts)?.Texts;

    public long[]? Wholes(string name) => Attribute(name, AttributeKind.Wholes)?.Wholes;

    public float[]? Floats(string name) => Attribute(name, AttributeKind.Floats)?.Floats;

    public TensorLiteral? Tensor(string name) => Attribute(name, AttributeKind.Tensor)?.Tensor;

    /// <summary>An axis, counted from the outermost.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Refuse($"axis {axis} does not exist, expected {-rank} to {rank - 1}. Export the model again.");

    /// <summary>Several distinct axes, in the order given.</summary>
    public int[] Axes(long[] axes, int rank)
    {
        int[] found = new int[Math.Min(axes.Length, rank + 1)];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = Axis(axes[i], rank);
        }

        return found.Length == axes.Length && found.Distinct().Count() == found.Length
            ? found
            : throw Refuse("an axis is named twice. Export the model again.");
    }

    // ---- values known before the run

    /// <summary>The values of a small input of whole numbers that decides shapes.</summary>
    /// <exception cref="ValueNeededException">They depend on the inputs of the model.</exception>
    public long[] KnownWholes(int index)
    {
        Operand operand = Known(index);
        if (operand.Count > 100_000)
        {
            throw Refuse($"its input {index} has {operand.Count} numbers, expected a shape or a list of axes. Export the model again.");
        }

        long[] values = new long[operand.Count];
        switch (operand.Type)
        {
            case OnnxElementType.Int64:
                operand.As<long>().CopyTo(values);
                break;
            case OnnxElementType.Int32:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = operand.As<int>()[i];
                }

                break;
            default:
                throw RefuseType(operand.Type);
        }

        return values;
    }

    /// <summary>One known whole number.</summary>
    public long KnownWhole(int index) => KnownWholes(index) is [long one] ? one : throw Refuse($"its input {index} is expected to be one number. Export the model again.");

    /// <summary>An input whose values are known while planning.</summary>
    /// <exception cref="ValueNeededException">They depend on the inputs of the model.</exception>
    public Operand Known(int index)
    {
        Operand operand = Input(index);
        return operand.IsConstant ? operand : throw new ValueNeededException(operand);
    }

    // ---- results

    /// <summary>Declares a result with memory of its own.</summary>
    public Operand Output(int index, OnnxElementType type, params int[] shape)
    {
        Operand operand = new(index < Node.Outputs.Length ? Node.Outputs[index] : string.Empty, type, shape, Count(type, shape));
        Work += operand.Count;
        if (index < Outputs.Length)
        {
            Outputs[index] = operand;
        }
        else
        {
            Scratches.Add(operand);
        }

        return operand;
    }

    /// <summary>Declares a result that is an input in another shape: nothing is copied.</summary>
    public void Show(int index, Operand source, params int[] shape)
    {
        if (Count(source.Type, shape) != source.Count)
        {
            throw Refuse($"{OnnxText.Shape(source.Shape)} does not fit into {OnnxText.Shape(shape)}. Export the model again, or check the inputs' shapes.");
        }

        Outputs[index] = source.View(Node.Outputs[index], shape);
    }

    /// <summary>Declares a result whose values are known.</summary>
    public void Give(int index, ConstantTensor constant)
    {
        _budget.TakeFolded(constant.Bytes.Length, Node);
        Operand operand = new(Node.Outputs[index], constant.Type, constant.Shape, constant.Count);
        operand.Hold(constant);
        Outputs[index] = operand;
    }

    /// <summary>Memory that is needed while the node runs.</summary>
    public Operand Scratch(OnnxElementType type, params int[] shape)
    {
        Operand operand = new(string.Empty, type, shape, Count(type, shape));
        Scratches.Add(operand);
        return operand;
    }

    /// <summary>Fills scratch with what depends on constants only, now and never again.</summary>
    public void Fill(Operand scratch, Action action)
    {
        _budget.TakeFolded(scratch.ByteCount, Node);
        scratch.Hold(new ConstantTensor(scratch.Type, scratch.Shape, scratch.Count));
        action();
    }

    /// <summary>The activation that fusion gave the node, or null.</summary>
    public FloatLoop? Activation() => Node.Activation is { } activation ? FloatLoop.Find(new NodeContext(activation, Opset, [], _budget)) : null;

    /// <summary>A function by the name of its operator, with the operator's own defaults.</summary>
    public FloatLoop Function(string name)
    {
        OnnxNode node = new() { Index = Node.Index, Name = Node.Name, Operator = name, Inputs = [], Outputs = [], Attributes = new Dictionary<string, OnnxAttribute>() };
        return FloatLoop.Find(new NodeContext(node, Opset, [], _budget)) ?? throw Refuse($"{OnnxText.Quote(name)} is no function of one number. Export the model again.");
    }

    /// <summary>Adds an action of the node, run in the order added.</summary>
    /// <param name="action">Allocates nothing.</param>
    /// <param name="work">Arithmetic operations beyond one for each element of the results.</param>
    public void Emit(Action action, long work = 0)
    {
        Actions.Add(action);
        AddWork(work);
    }

    public void AddWork(long work)
    {
        Work = work >= 0 && Work <= long.MaxValue - work ? Work + work : long.MaxValue;
    }

    private int Count(OnnxElementType type, int[] shape)
    {
        if (shape.Length > TensorReader.MostAxes)
        {
            throw Refuse($"its result has {shape.Length} axes, expected at most {TensorReader.MostAxes}. Export a simpler model.");
        }

        return _budget.Count(type, shape, Node);
    }

    private OnnxAttribute? Attribute(string name, AttributeKind kind)
    {
        if (!Node.Attributes.TryGetValue(name, out OnnxAttribute? attribute))
        {
            return null;
        }

        bool empty = attribute.Kind == AttributeKind.None;
        return attribute.Kind == kind || empty
            ? attribute
            : throw Refuse($"attribute {name} is of kind {attribute.Kind}, expected {kind}. Export the model again.");
    }
}
