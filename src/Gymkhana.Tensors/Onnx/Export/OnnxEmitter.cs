using System.Globalization;
using System.Runtime.InteropServices;
using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>
/// What an operation writes itself with as ONNX nodes (<see cref="Operation.Emit"/>). Values are written when somebody first asks for
/// them, from the outputs backwards; what no output needs is left out.
/// </summary>
internal sealed unsafe partial class OnnxEmitter
{
    private readonly OnnxGraphBuilder _builder;
    private readonly TracePair _pair;
    private readonly OnnxExportInput? _batched;
    private readonly Dictionary<Node, string> _values = [];
    private readonly Dictionary<Parameter, string> _parameterNames = [];
    private readonly Dictionary<(object Source, bool Turned), string> _weights = [];
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<object, string> _gates = [];
    private readonly Dictionary<Node, string> _masks = [];
    private int _many;

    public OnnxEmitter(OnnxGraphBuilder builder, TracePair pair, IReadOnlyList<OnnxExportInput> inputs, IReadOnlyList<NamedParameter> parameters)
    {
        (_builder, _pair) = (builder, pair);
        _batched = inputs.FirstOrDefault(i => i.BatchAxis >= 0);
        foreach (NamedParameter parameter in parameters)
        {
            _parameterNames.TryAdd(parameter.Parameter, parameter.Name);
        }
    }

    /// <summary>The operator set that is written for.</summary>
    public int Opset => _builder.Opset;

    /// <summary>What an operation is called in messages.</summary>
    public static string NameOf(Operation operation)
    {
        Type type = operation.GetType();
        string name = type.IsGenericType ? type.GetGenericArguments()[0].Name : type.Name;
        return name.Replace("Function", string.Empty, StringComparison.Ordinal);
    }

    /// <summary>A refusal of an operation.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="why">Why not, and what to do.</param>
    public static OnnxExportException Refuse(Operation operation, string why) => new($"{NameOf(operation)}: {why}");

    /// <summary>Writes an output of the model.</summary>
    public void Output(OnnxExportOutput output)
    {
        Node node = output.Value.Node;
        int[] dims = Dims(node);
        int[] declared = output.Kind == OnnxOutputKind.ArgMax ? dims[..^1] : dims;
        if (declared.Any(d => d < -1))
        {
            throw new OnnxExportException($"output {OnnxText.Quote(output.Name)} has an axis of several times the batch: reshape it so that the batch is an axis of its own.");
        }

        string value = Value(node);
        if (output.Kind == OnnxOutputKind.ArgMax)
        {
            _builder.AddWithOutputs("ArgMax", [value], [output.Name], ("axis", -1L), ("keepdims", 0L));
            _builder.AddOutput(output.Name, OnnxElementType.Int64, declared);
            return;
        }

        _builder.AddWithOutputs("Identity", [value], [output.Name]);
        _builder.AddOutput(output.Name, OnnxElementType.Float32, declared);
    }

    /// <summary>Name of a value.</summary>
    public string Value(Node node)
    {
        if (_values.TryGetValue(node, out string? known))
        {
            return known;
        }

        if (_pair.MakerOf(node) is { } maker)
        {
            maker.Emit(this);
            return _values[node];
        }

        string name = _pair.First.Inputs.Of(node) is { } input ? OfInput(input)
            : node.Parameter is not null ? Weight(node, turned: false)
            : Constant(node);
        _values[node] = name;
        return name;
    }

    /// <summary>Name of an operation's input.</summary>
    public string Input(Operation operation, int index) => Value(operation.Input(index));

    /// <summary>Names of an operation's inputs from one on.</summary>
    public string[] Inputs(Operation operation, int from)
    {
        string[] names = new string[operation.InputCount - from];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Input(operation, from + i);
        }

        return names;
    }

    /// <summary>Says under which name an operation's value is.</summary>
    public void Set(Node node, string name) => _values[node] = name;

    /// <summary>Sizes of a value; −k where it is k times the batch.</summary>
    public int[] Dims(Node node) => _pair.Dims(node);

    /// <summary>The operation that made a value, or null.</summary>
    public Operation? MakerOf(Node node) => _pair.MakerOf(node);

    /// <summary>The same operation where the network ran with another batch.</summary>
    public TOperation TwinOf<TOperation>(TOperation operation)
        where TOperation : Operation => _pair.TwinOf(operation);

    /// <summary>Adds a node with one result.</summary>
    public string Add(string operatorType, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        _builder.Add(operatorType, inputs, attributes);

    /// <summary>Adds a node with several results, named after their roles.</summary>
    /// <returns>Names of the results; empty where none was asked for.</returns>
    public string[] AddMany(string operatorType, ReadOnlySpan<string> inputs, string[] roles, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        int number = _many++;
        string[] names = [.. roles.Select(r => r.Length == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{operatorType}.{r}.{number}"))];
        _builder.AddWithOutputs(operatorType, inputs, names, attributes);
        return names;
    }

    /// <summary>A number.</summary>
    public string Scalar(float value) => Shared("f" + BitConverter.SingleToInt32Bits(value).ToString(CultureInfo.InvariantCulture), () => _builder.AddInitializer<float>("number", [value]));

    /// <summary>Whole numbers, as shapes and axes are given.</summary>
    public string Wholes(params long[] values) => Shared("i" + string.Join(',', values), () => _builder.AddInitializer<long>("sizes", values, values.Length));

    /// <summary>Weights made for the occasion.</summary>
    public string Floats(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) => _builder.AddInitializer(name, values, shape);

    /// <summary>A whole number.</summary>
    public string Whole(long value) => Shared("w" + value.ToString(CultureInfo.InvariantCulture), () => _builder.AddInitializer<long>("number", [value]));

    /// <summary>One number everywhere.</summary>
    public string Filled(float value, params int[] sizes)
    {
        float[] values = new float[new Shape(sizes).Count];
        Array.Fill(values, value);
        return _builder.AddInitializer<float>("constant", values, sizes);
    }

    /// <summary>A parameter that is no input of an operation, such as running statistics.</summary>
    public string Weight(Parameter parameter)
    {
        if (!_weights.TryGetValue((parameter, false), out string? name))
        {
            int[] sizes = new int[parameter.Shape.Rank];
            parameter.Shape.CopyTo(sizes);
            name = _builder.AddInitializer<float>(_parameterNames.GetValueOrDefault(parameter, "weight"), parameter.Values, sizes);
            _weights.Add((parameter, false), name);
        }

        return name;
    }

    /// <summary>Weights or biases of a recurrence with its gates in another order, for one direction.</summary>
    /// <param name="recurrence">Whose.</param>
    /// <param name="order">For each gate, its place now.</param>
    /// <param name="parts">[gates · H, columns], or [gates · H] which are put behind one another.</param>
    public string Gates(Operation recurrence, int[] order, params ReadOnlySpan<Node> parts)
    {
        object source = (object?)parts[0].Parameter ?? parts[0];
        if (_gates.TryGetValue(source, out string? known))
        {
            return known;
        }

        List<float> ordered = [];
        foreach (Node part in parts)
        {
            if (!TryNumbers(part, out float[] numbers))
            {
                throw Refuse(recurrence, "its weights must be parameters or constants.");
            }

            int block = numbers.Length / order.Length;
            foreach (int gate in order)
            {
                ordered.AddRange(numbers.AsSpan(gate * block, block));
            }
        }

        Shape shape = parts[0].Shape;
        int[] sizes = shape.Rank == 1 ? [1, ordered.Count] : [1, shape[0], shape[1]];
        string name = _builder.AddInitializer<float>(NameOf(parts[0]), ordered.ToArray(), sizes);
        _gates.Add(source, name);
        return name;
    }

    /// <summary>What a parameter is called.</summary>
    public string NameOf(Node node) => node.Parameter is { } parameter && _parameterNames.TryGetValue(parameter, out string? name) ? name : "weight";

    /// <summary>The numbers of a parameter or of a constant that does not depend on the batch; false for other values.</summary>
    public bool TryNumbers(Node node, out float[] numbers)
    {
        bool known = _pair.MakerOf(node) is null && _pair.First.Inputs.Of(node) is null && Dims(node).All(d => d >= 0)
            && (node.Parameter is not null || SameNumbers(node));
        numbers = known ? node.Span.ToArray() : [];
        return known;
    }

    /// <summary>A matrix with rows and columns exchanged: at once where its numbers are known.</summary>
    public string Transposed(Node node) => TryNumbers(node, out _) ? Weight(node, turned: true) : Permuted(Value(node), [1, 0]);

    /// <summary>What a value was before it was repeated along axes: for operators that repeat by themselves.</summary>
    public Node Source(Node node) => _pair.MakerOf(node) switch
    {
        Operations.Repeat repeat => Source(repeat.Input(0)),
        Operations.Reshape reshape when reshape.Input(0).Shape == node.Shape => Source(reshape.Input(0)),
        _ => node,
    };

    /// <summary>A mask [B, S, T] or [S, T] as booleans that repeat over the heads of [B, heads, S, T].</summary>
    public string MaskOfHeads(Node node)
    {
        Node source = Source(node);
        return source.Shape.Rank == 3 ? Unsqueezed(Mask(source), 1) : Mask(source);
    }

    /// <summary>A mask as booleans: whether an element is not 0.</summary>
    public string Mask(Node node)
    {
        if (!_masks.TryGetValue(node, out string? name))
        {
            name = TryNumbers(node, out float[] numbers)
                ? _builder.AddInitializer<bool>("mask", [.. numbers.Select(n => n != 0)], Dims(node))
                : Add("Cast", [Value(node)], ("to", (long)OnnxElementType.Boolean));
            _masks.Add(node, name);
        }

        return name;
    }

    /// <summary>Pixels as floats.</summary>
    public string Pixels(Operation operation, PixelTensor pixels)
    {
        OnnxExportInput input = _pair.First.Inputs.Of(pixels.Memory) ?? throw Refuse(operation, "its pixels are no input of the model. Take them from OnnxTracedInputs.Pixels.");
        return Converted(input, pixels.Offset, pixels.Scale);
    }

    /// <summary>Indices: an input, or a constant.</summary>
    /// <param name="operation">Who reads them.</param>
    /// <param name="indices">Where they lie.</param>
    /// <param name="twin">Where those of the other trace lie.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="twinShape">Theirs.</param>
    public string Indices(Operation operation, int* indices, int* twin, Shape shape, Shape twinShape)
    {
        if (_pair.First.Inputs.Of(indices) is { } input)
        {
            return input.Name;
        }

        ReadOnlySpan<int> values = new(indices, shape.Count);
        if (shape != twinShape || !values.SequenceEqual(new ReadOnlySpan<int>(twin, twinShape.Count)))
        {
            throw Refuse(operation, $"its indices {shape} depend on the batch or on numbers of the inputs. Take them from OnnxTracedInputs.Indices.");
        }

        int[] sizes = new int[shape.Rank];
        shape.CopyTo(sizes);
        return _builder.AddInitializer<long>("indices", [.. values.ToArray().Select(v => (long)v)], sizes);
    }

    private string OfInput(OnnxExportInput input) => input.Type == OnnxElementType.UInt8 ? Converted(input, input.PixelOffset, input.PixelScale) : input.Name;

    // Byte after byte as a convolution reads them: subtracted, then multiplied.
    private string Converted(OnnxExportInput input, float offset, float scale) => Shared(
        string.Create(CultureInfo.InvariantCulture, $"pixels {input.Name} {offset:R} {scale:R}"),
        () =>
        {
            string value = Add("Cast", [input.Name], ("to", (long)OnnxElementType.Float32));
            value = offset == 0 ? value : Add("Sub", [value, Scalar(offset)]);
            return scale == 1 ? value : Add("Mul", [value, Scalar(scale)]);
        });

    private string Weight(Node node, bool turned)
    {
        object source = (object?)node.Parameter ?? node;
        if (_weights.TryGetValue((source, turned), out string? known))
        {
            return known;
        }

        int[] sizes = Dims(node);
        float[] numbers = node.Span.ToArray();
        if (turned)
        {
            (int rows, int columns) = (sizes[0], sizes[1]);
            float[] exchanged = new float[numbers.Length];
            for (int i = 0; i < numbers.Length; i++)
            {
                exchanged[(i % columns * rows) + (i / columns)] = numbers[i];
            }

            (numbers, sizes) = (exchanged, [columns, rows]);
        }

        string name = _builder.AddInitializer<float>(NameOf(node), numbers, sizes);
        _weights.Add((source, turned), name);
        return name;
    }

    private string Constant(Node node)
    {
        int[] dims = Dims(node);
        if (dims.All(d => d >= 0) && SameNumbers(node))
        {
            return _builder.AddInitializer<float>("constant", node.Span, dims);
        }

        // One number everywhere, such as the state that a sequence begins with, is repeated as often as the batch asks for.
        float first = node.Count > 0 ? node.Span[0] : 0;
        Node twin = _pair.TwinOf(node);
        if (node.Span.ContainsAnyExcept(first) || twin.Span.ContainsAnyExcept(first))
        {
            throw new OnnxExportException(
                $"a constant of shape {node.Shape} with a batch of {_pair.First.Batch} and {twin.Shape} with a batch of {_pair.Second.Batch} depends on the batch or on numbers of the inputs. Make it an input, or the same for every batch.");
        }

        return Add("Expand", [Scalar(first), ShapeOf(dims)]);
    }

    private bool SameNumbers(Node node)
    {
        Node twin = _pair.TwinOf(node);
        return node.Shape == twin.Shape && MemoryMarshal.AsBytes(node.Span).SequenceEqual(MemoryMarshal.AsBytes(twin.Span));
    }

    private string Shared(string key, Func<string> make)
    {
        if (!_shared.TryGetValue(key, out string? name))
        {
            name = make();
            _shared.Add(key, name);
        }

        return name;
    }
}
