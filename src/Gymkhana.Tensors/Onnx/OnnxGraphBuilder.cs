using System.Globalization;
using System.Runtime.InteropServices;
using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tensors.Onnx;

/// <summary>
/// Builds an ONNX model node by node and writes it: inputs, weights, operations in the order added, outputs, metadata. The same calls
/// give the same bytes. Names made here are unique; a value is used by the name that made it.
/// </summary>
public sealed class OnnxGraphBuilder
{
    /// <summary>Stands for the batch in a shape: an open axis named "batch".</summary>
    public const int Batch = -1;

    // The oldest versions of the format that have the operator sets that can be written.
    private const int OldestOpset = 13;
    private const int IrVersion = 8;
    private readonly int _opset;
    private readonly string _name;
    private readonly List<ProtoWriter> _nodes = [];
    private readonly List<ProtoWriter> _initializers = [];
    private readonly List<ProtoWriter> _inputs = [];
    private readonly List<ProtoWriter> _outputs = [];
    private readonly List<(string Key, string Value)> _metadata = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Begins a model.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="opset">The operator set whose meanings the nodes have, 13 to 18.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another operator set.</exception>
    public OnnxGraphBuilder(string name, int opset)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(opset, OldestOpset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(opset, GraphChecks.NewestOpset);
        _name = name;
        _opset = opset;
    }

    private OnnxGraphBuilder(int opset)
    {
        _name = "graph";
        _opset = opset;
    }

    /// <summary>The operator set whose meanings the nodes have.</summary>
    public int Opset => _opset;

    /// <summary>A builder of any operator set, for tests of reading old files.</summary>
    internal static OnnxGraphBuilder ForAnyOpset(int opset) => new(opset);

    /// <summary>Declares an input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Its sizes; <see cref="Batch"/> for the batch.</param>
    /// <returns>The name, to be used by nodes.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public string AddInput(string name, OnnxElementType type, params ReadOnlySpan<int> shape)
    {
        Take(name);
        _inputs.Add(Value(name, type, shape));
        return name;
    }

    /// <summary>Declares that a value is an output of the model.</summary>
    /// <param name="name">A value that a node made, under the name it is to have.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Its sizes; <see cref="Batch"/> for the batch.</param>
    /// <exception cref="ArgumentException">There is no such value.</exception>
    public void AddOutput(string name, OnnxElementType type, params ReadOnlySpan<int> shape)
    {
        if (!_names.Contains(name))
        {
            throw new ArgumentException($"there is no value {OnnxText.Quote(name)} to be an output.", nameof(name));
        }

        _outputs.Add(Value(name, type, shape));
    }

    /// <summary>Adds weights or another constant.</summary>
    /// <typeparam name="T">float, double, int, long, byte or bool.</typeparam>
    /// <param name="name">A name that says what it is; made unique.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">Their shape; none for a scalar.</param>
    /// <returns>The name, to be used by nodes.</returns>
    /// <exception cref="ArgumentException">The shape holds another number of values.</exception>
    public string AddInitializer<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        string unique = Unique(name);
        _initializers.Add(Tensor(unique, values, shape));
        return unique;
    }

    /// <summary>Adds an operation with one result.</summary>
    /// <param name="operatorType">Its operator, such as "Conv".</param>
    /// <param name="inputs">Names of the values it reads; an empty name leaves an optional one out.</param>
    /// <param name="attributes">Its attributes: long, float, string, long[], float[] or <see cref="OnnxTensor"/> by name.</param>
    /// <returns>The name of the result.</returns>
    /// <exception cref="ArgumentException">An input does not exist, or an attribute is of another type.</exception>
    public string Add(string operatorType, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        AddNamed(operatorType, inputs, [Unique(operatorType)], attributes);

    /// <summary>Adds an operation whose first result has a name of the caller's choice.</summary>
    /// <param name="operatorType">Its operator.</param>
    /// <param name="inputs">Names of the values it reads; an empty name leaves an optional one out.</param>
    /// <param name="outputs">Names of its results, unused until now; an empty name leaves one out.</param>
    /// <param name="attributes">Its attributes: long, float, string, long[], float[] or <see cref="OnnxTensor"/> by name.</param>
    /// <returns>The name of the first result.</returns>
    /// <exception cref="ArgumentException">An input does not exist, a name is taken, or an attribute is of another type.</exception>
    public string AddWithOutputs(string operatorType, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        foreach (string output in outputs)
        {
            if (output.Length > 0)
            {
                Take(output);
            }
        }

        return AddNamed(operatorType, inputs, outputs, attributes);
    }

    /// <summary>Adds what the model says about itself, such as the environment's id.</summary>
    /// <param name="key">What it is about.</param>
    /// <param name="value">What it says.</param>
    public void AddMetadata(string key, string value) => _metadata.Add((key, value));

    /// <summary>The file's bytes.</summary>
    /// <param name="producerVersion">Version of the program that writes it.</param>
    /// <returns>A ModelProto.</returns>
    public byte[] ToBytes(string producerVersion)
    {
        ProtoWriter graph = new();
        foreach (ProtoWriter node in _nodes)
        {
            graph.Message(1, node);
        }

        graph.Text(2, _name);
        foreach (ProtoWriter initializer in _initializers)
        {
            graph.Message(5, initializer);
        }

        foreach (ProtoWriter input in _inputs)
        {
            graph.Message(11, input);
        }

        foreach (ProtoWriter output in _outputs)
        {
            graph.Message(12, output);
        }

        ProtoWriter model = new ProtoWriter().Whole(1, IrVersion).Text(2, "gymkhana").Text(3, producerVersion).Message(7, graph);
        model.Message(8, new ProtoWriter().Text(1, string.Empty).Whole(2, _opset));
        foreach ((string key, string value) in _metadata)
        {
            model.Message(14, new ProtoWriter().Text(1, key).Text(2, value));
        }

        return model.Written.ToArray();
    }

    /// <summary>Writes the model to a file, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="producerVersion">Version of the program that writes it.</param>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public void Write(string path, string producerVersion) => AtomicFile.WriteAllBytes(path, ToBytes(producerVersion));

    private string AddNamed(string operatorType, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, ReadOnlySpan<(string Name, object Value)> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operatorType);
        ProtoWriter node = new();
        foreach (string input in inputs)
        {
            if (input.Length > 0 && !_names.Contains(input))
            {
                throw new ArgumentException($"{operatorType} reads {OnnxText.Quote(input)}, which nothing made before it.", nameof(inputs));
            }

            node.Text(1, input);
        }

        foreach (string output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, string.Create(CultureInfo.InvariantCulture, $"{operatorType}_{_nodes.Count}")).Text(4, operatorType);
        foreach ((string name, object value) in attributes)
        {
            node.Message(5, Attribute(name, value));
        }

        _nodes.Add(node);
        return outputs[0];
    }

    private static ProtoWriter Attribute(string name, object value)
    {
        ProtoWriter attribute = new ProtoWriter().Text(1, name);
        switch (value)
        {
            case float single:
                return attribute.Single(2, single).Whole(20, (int)AttributeKind.Float);
            case long whole:
                return attribute.Whole(3, whole).Whole(20, (int)AttributeKind.Whole);
            case int whole:
                return attribute.Whole(3, whole).Whole(20, (int)AttributeKind.Whole);
            case string text:
                return attribute.Text(4, text).Whole(20, (int)AttributeKind.Text);
            case OnnxTensor tensor:
                return attribute.Message(5, Tensor(string.Empty, tensor.Type, tensor.Bytes, tensor.Shape.AsSpan())).Whole(20, (int)AttributeKind.Tensor);
            case float[] singles:
                foreach (float single in singles)
                {
                    attribute.Single(7, single);
                }

                return attribute.Whole(20, (int)AttributeKind.Floats);
            case long[] wholes:
                foreach (long whole in wholes)
                {
                    attribute.Whole(8, whole);
                }

                return attribute.Whole(20, (int)AttributeKind.Wholes);
            default:
                throw new ArgumentException($"attribute {name} is a {value.GetType().Name}, expected long, float, string, long[], float[] or OnnxTensor.", nameof(value));
        }
    }

    private static ProtoWriter Tensor<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        OnnxTensor checkedTensor = OnnxTensor.Create(values, shape);
        return Tensor(name, checkedTensor.Type, MemoryMarshal.AsBytes(values), shape);
    }

    private static ProtoWriter Tensor(string name, OnnxElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("ONNX files hold the least significant byte first, and so must this processor.");
        }

        ProtoWriter tensor = new();
        foreach (int size in shape)
        {
            tensor.Whole(TensorLiteral.DimsField, size);
        }

        return tensor.Whole(TensorLiteral.TypeField, (int)type).Text(TensorLiteral.NameField, name).Bytes(TensorLiteral.RawField, bytes);
    }

    private static ProtoWriter Value(string name, OnnxElementType type, ReadOnlySpan<int> shape)
    {
        ProtoWriter sizes = new();
        foreach (int size in shape)
        {
            sizes.Message(1, size == Batch ? new ProtoWriter().Text(2, "batch") : new ProtoWriter().Whole(1, size));
        }

        ProtoWriter tensor = new ProtoWriter().Whole(1, (int)type).Message(2, sizes);
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, tensor));
    }

    private void Take(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_names.Add(name))
        {
            throw new ArgumentException($"the name {OnnxText.Quote(name)} is taken.", nameof(name));
        }
    }

    private string Unique(string name)
    {
        string unique = name;
        for (int i = 1; !_names.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return unique;
    }
}
