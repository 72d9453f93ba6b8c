using Gymkhana.Tensors.Onnx.Wire;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>Makes ONNX files message by message, so that they can be wrong in any way.</summary>
internal static class HostileFile
{
    public static ProtoWriter Message() => new();

    public static ProtoWriter Node(string op, string[] inputs, string[] outputs, params ProtoWriter[] attributes)
    {
        ProtoWriter node = new();
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        foreach (string output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(4, op);
        foreach (ProtoWriter attribute in attributes)
        {
            node.Message(5, attribute);
        }

        return node;
    }

    public static ProtoWriter Whole(string name, long value) => new ProtoWriter().Text(1, name).Whole(3, value).Whole(20, 2);

    public static ProtoWriter Wholes(string name, params long[] values)
    {
        ProtoWriter attribute = new ProtoWriter().Text(1, name);
        foreach (long value in values)
        {
            attribute.Whole(8, value);
        }

        return attribute.Whole(20, 7);
    }

    public static ProtoWriter Tensor(string name, long type, long[] dims, byte[] raw)
    {
        ProtoWriter tensor = new();
        foreach (long size in dims)
        {
            tensor.Whole(1, size);
        }

        return tensor.Whole(2, type).Text(8, name).Bytes(9, raw);
    }

    public static ProtoWriter Floats(string name, long[] dims, params float[] values)
    {
        byte[] raw = new byte[4 * values.Length];
        Buffer.BlockCopy(values, 0, raw, 0, raw.Length);
        return Tensor(name, 1, dims, raw);
    }

    public static ProtoWriter LongTensor(string name, params long[] values)
    {
        byte[] raw = new byte[8 * values.Length];
        Buffer.BlockCopy(values, 0, raw, 0, raw.Length);
        return Tensor(name, 7, [values.Length], raw);
    }

    public static ProtoWriter Value(string name, long type, params long[] dims)
    {
        ProtoWriter shape = new();
        foreach (long size in dims)
        {
            shape.Message(1, size == -1 ? new ProtoWriter().Text(2, "batch") : new ProtoWriter().Whole(1, size));
        }

        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Whole(1, type).Message(2, shape)));
    }

    /// <summary>A graph with input x and output y, both float32 [batch, 4], and whatever is added.</summary>
    public static ProtoWriter Graph(params (int Field, ProtoWriter Content)[] parts)
    {
        ProtoWriter graph = new ProtoWriter().Text(2, "graph").Message(11, Value("x", 1, -1, 4)).Message(12, Value("y", 1, -1, 4));
        foreach ((int field, ProtoWriter content) in parts)
        {
            graph.Message(field, content);
        }

        return graph;
    }

    public static byte[] Model(ProtoWriter graph, long opset = 13, params (int Field, ProtoWriter Content)[] parts)
    {
        ProtoWriter model = new ProtoWriter().Whole(1, 8).Message(7, graph).Message(8, new ProtoWriter().Text(1, string.Empty).Whole(2, opset));
        foreach ((int field, ProtoWriter content) in parts)
        {
            model.Message(field, content);
        }

        return model.Written.ToArray();
    }
}
