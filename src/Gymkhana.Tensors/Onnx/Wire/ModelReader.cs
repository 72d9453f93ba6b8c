using Gymkhana.Tensors.Onnx.Operators;

namespace Gymkhana.Tensors.Onnx.Wire;

/// <summary>
/// Reads ONNX's ModelProto (the public schema onnx.proto) as far as a feed-forward graph needs it and refuses the rest by name. Weights
/// are looked at but not decoded.
/// </summary>
/// <param name="limits">What the file may ask for.</param>
internal sealed class ModelReader(OnnxLimits limits)
{
    private const int MostEntries = 1000;
    private const int MostNodeNames = 256;
    private const int MostAttributes = 64;
    private const int MostAttributeValues = 1_000_000;
    private const int MostValues = 10_000;
    private readonly ModelMessage _model = new();
    private readonly TensorReader _tensors = new(limits);
    private int _attributeValues;
    private int _names;

    /// <summary>Reads a model.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="OnnxRefusedException">It is damaged, too large, or holds something refused.</exception>
    public ModelMessage Read(ReadOnlyMemory<byte> bytes)
    {
        ProtoReader reader = new(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    _model.IrVersion = reader.Whole();
                    break;
                case 2:
                    _model.Producer = reader.Text();
                    break;
                case 7 when _model.HasGraph:
                    throw new OnnxRefusedException("the file holds two graphs, expected one. Export the model again.");
                case 7:
                    _model.HasGraph = true;
                    ReadGraph(reader.Bytes());
                    break;
                case 8:
                    ReadOpset(reader.Bytes());
                    break;
                case 14:
                    ReadMetadata(reader.Bytes());
                    break;
                case 25:
                    throw new OnnxRefusedException("the model has local functions, which are not run here. Export it with its functions inlined (onnx.inliner, or opset_version=17 of torch.onnx.export).");
                default:
                    reader.Skip();
                    break;
            }
        }

        return _model;
    }

    private void ReadOpset(ReadOnlyMemory<byte> message)
    {
        string domain = string.Empty;
        long version = 0;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    domain = reader.Text();
                    break;
                case 2:
                    version = reader.Whole();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        Bound(_model.Opsets.Count, MostEntries, "operator sets");
        _model.Opsets[domain == OperatorSet.DomainAlias ? string.Empty : domain] = version;
    }

    private void ReadMetadata(ReadOnlyMemory<byte> message)
    {
        string key = string.Empty;
        string value = string.Empty;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    key = reader.Text();
                    break;
                case 2:
                    value = System.Text.Encoding.UTF8.GetString(reader.Bytes().Span);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        Bound(_model.Metadata.Count, MostEntries, "metadata entries");
        _model.Metadata[key] = value;
    }

    private void ReadGraph(ReadOnlyMemory<byte> message)
    {
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    Bound(_model.Nodes.Count, limits.Nodes, "nodes");
                    _model.Nodes.Add(ReadNode(reader.Bytes(), _model.Nodes.Count));
                    break;
                case 5:
                    Bound(_model.Initializers.Count, MostValues, "initialisers");
                    TensorLiteral weight = _tensors.Read(reader.Bytes(), "initialiser");
                    if (!_model.Initializers.TryAdd(weight.Name, weight))
                    {
                        throw new OnnxRefusedException($"two initialisers are named {OnnxText.Quote(weight.Name)}, expected names of their own. Export the model again.");
                    }

                    break;
                case 11:
                    Bound(_model.Inputs.Count, MostValues, "inputs");
                    _model.Inputs.Add(ReadValue(reader.Bytes()));
                    break;
                case 12:
                    Bound(_model.Outputs.Count, MostValues, "outputs");
                    _model.Outputs.Add(ReadValue(reader.Bytes()));
                    break;
                case 15:
                    throw new OnnxRefusedException("the model has sparse initialisers, which are not read. Save its weights densely.");
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private OnnxNode ReadNode(ReadOnlyMemory<byte> message, int index)
    {
        List<string> inputs = [];
        List<string> outputs = [];
        List<ReadOnlyMemory<byte>> attributes = [];
        string name = string.Empty;
        string op = string.Empty;
        string domain = string.Empty;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    Bound(inputs.Count, MostNodeNames, "inputs of one node");
                    inputs.Add(reader.Text());
                    break;
                case 2:
                    Bound(outputs.Count, MostNodeNames, "outputs of one node");
                    outputs.Add(reader.Text());
                    break;
                case 3:
                    name = reader.Text();
                    break;
                case 4:
                    op = reader.Text();
                    break;
                case 5:
                    Bound(attributes.Count, MostAttributes, "attributes of one node");
                    attributes.Add(reader.Bytes());
                    break;
                case 7:
                    domain = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        _names += inputs.Count + outputs.Count;
        Bound(_names, 2 * MostValues, "inputs and outputs of nodes");
        OnnxNode node = new()
        {
            Index = index,
            Name = name,
            Operator = op,
            Domain = domain == OperatorSet.DomainAlias ? string.Empty : domain,
            Inputs = [.. inputs],
            Outputs = [.. outputs],
            Attributes = new Dictionary<string, OnnxAttribute>(),
        };
        OperatorSet.RefuseControlFlow(node);
        Dictionary<string, OnnxAttribute> read = new(StringComparer.Ordinal);
        foreach (ReadOnlyMemory<byte> attribute in attributes)
        {
            OnnxAttribute one = ReadAttribute(attribute, node);
            read[one.Name] = one;
        }

        return new OnnxNode
        {
            Index = index,
            Name = name,
            Operator = op,
            Domain = node.Domain,
            Inputs = node.Inputs,
            Outputs = node.Outputs,
            Attributes = read,
        };
    }

    private OnnxAttribute ReadAttribute(ReadOnlyMemory<byte> message, OnnxNode node)
    {
        string name = string.Empty;
        AttributeKind declared = AttributeKind.None;
        AttributeKind found = AttributeKind.None;
        float single = 0;
        long whole = 0;
        string text = string.Empty;
        TensorLiteral? tensor = null;
        List<float> floats = [];
        List<long> wholes = [];
        List<string> texts = [];
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    (single, found) = (reader.Single(), AttributeKind.Float);
                    break;
                case 3:
                    (whole, found) = (reader.Whole(), AttributeKind.Whole);
                    break;
                case 4:
                    (text, found) = (reader.Text(), AttributeKind.Text);
                    break;
                case 5:
                    (tensor, found) = (_tensors.Read(reader.Bytes(), $"{node.Place}: the tensor"), AttributeKind.Tensor);
                    break;
                case 7:
                    reader.Singles(floats, MostAttributeValues, $"{node.Place}: an attribute");
                    found = AttributeKind.Floats;
                    break;
                case 8:
                    reader.Wholes(wholes, MostAttributeValues, $"{node.Place}: an attribute");
                    found = AttributeKind.Wholes;
                    break;
                case 9:
                    Bound(texts.Count, MostNodeNames, "texts of one attribute");
                    texts.Add(reader.Text());
                    found = AttributeKind.Texts;
                    break;
                case 20:
                    declared = (AttributeKind)Math.Clamp(reader.Whole(), 0, 100);
                    break;
                case 6 or 11:
                    throw node.Refuse("it has a graph within, which is control flow and not run here. Export the model without conditions and loops.");
                case 22 or 23:
                    throw node.Refuse("it has a sparse tensor, which is not read. Save the model's constants densely.");
                default:
                    reader.Skip();
                    break;
            }
        }

        _attributeValues += floats.Count + wholes.Count;
        Bound(_attributeValues, MostAttributeValues, "values of attributes");
        return new OnnxAttribute
        {
            Name = name,
            Kind = declared == AttributeKind.None ? found : declared,
            Float = single,
            Whole = whole,
            Text = text,
            Tensor = tensor,
            Floats = [.. floats],
            Wholes = [.. wholes],
            Texts = [.. texts],
        };
    }

    private static ValueMessage ReadValue(ReadOnlyMemory<byte> message)
    {
        string name = string.Empty;
        ReadOnlyMemory<byte> type = default;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    type = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        long number = 0;
        string? other = null;
        OnnxDimension[]? dimensions = null;
        ProtoReader kinds = new(type);
        while (kinds.Next())
        {
            switch (kinds.Field)
            {
                case 1:
                    (number, dimensions) = ReadTensorType(kinds.Bytes(), name);
                    break;
                case 4 or 5 or 8 or 9:
                    other = kinds.Field switch { 4 => "a sequence", 5 => "a map", 8 => "a sparse tensor", _ => "an optional value" };
                    kinds.Skip();
                    break;
                default:
                    kinds.Skip();
                    break;
            }
        }

        return new ValueMessage(name, number, other, dimensions);
    }

    private static (long Type, OnnxDimension[]? Dimensions) ReadTensorType(ReadOnlyMemory<byte> message, string name)
    {
        long number = 0;
        List<OnnxDimension>? dimensions = null;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    number = reader.Whole();
                    break;
                case 2:
                    dimensions = [];
                    ProtoReader shape = new(reader.Bytes());
                    while (shape.Next())
                    {
                        if (shape.Field != 1)
                        {
                            shape.Skip();
                            continue;
                        }

                        Bound(dimensions.Count, TensorReader.MostAxes, $"axes of {OnnxText.Quote(name)}");
                        dimensions.Add(ReadDimension(shape.Bytes(), name));
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return (number, dimensions?.ToArray());
    }

    private static OnnxDimension ReadDimension(ReadOnlyMemory<byte> message, string name)
    {
        OnnxDimension dimension = new(-1, string.Empty);
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    long size = reader.Whole();
                    if (size is < -1 or > int.MaxValue)
                    {
                        throw new OnnxRefusedException($"{OnnxText.Quote(name)} declares an axis of size {size}, expected 0 to {int.MaxValue}. Export the model again.");
                    }

                    dimension = new OnnxDimension((int)size, string.Empty);
                    break;
                case 2:
                    dimension = new OnnxDimension(-1, reader.Text());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return dimension;
    }

    private static void Bound(int count, int most, string what)
    {
        if (count >= most)
        {
            throw new OnnxRefusedException($"the model has more than {most} {what}, which is the limit. Export a smaller model.");
        }
    }
}
