namespace Gymkhana.Tensors.Onnx.Planning;

/// <summary>A tensor of a plan: its type and shape are fixed, its values lie in the plan's arena, in a constant, or in another operand.</summary>
internal sealed unsafe class Operand
{
    private nint _address;

    /// <summary>A tensor with memory of its own.</summary>
    /// <param name="name">Name of the value; empty for scratch.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="count">Number of its elements.</param>
    public Operand(string name, OnnxElementType type, int[] shape, int count)
    {
        (Name, Type, Shape, Count) = (name, type, shape, count);
        Root = this;
    }

    private Operand(string name, int[] shape, Operand root)
        : this(name, root.Type, shape, root.Count) => Root = root;

    public string Name { get; }

    public OnnxElementType Type { get; }

    public int[] Shape { get; }

    public int Count { get; }

    public int Rank => Shape.Length;

    public long ByteCount => (long)Count * Type.Size();

    /// <summary>The operand whose memory this one shows in another shape; itself when it has its own.</summary>
    public Operand Root { get; }

    /// <summary>The values, when they are known before the run.</summary>
    public ConstantTensor? Constant { get; private set; }

    public bool IsConstant => Root.Constant is not null;

    /// <summary>First and last step that touches the memory; kept for roots.</summary>
    public int FirstStep { get; set; } = int.MaxValue;

    public int LastStep { get; set; } = -1;

    /// <summary>Where it lies in the arena, bytes.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>The same memory in another shape of as many elements.</summary>
    public Operand View(string name, int[] shape) => new(name, shape, Root);

    public void Hold(ConstantTensor constant)
    {
        Constant = constant;
        _address = constant.Address;
    }

    public void Place(nint address) => _address = address;

    /// <summary>The elements; only when the plan runs, or of a constant.</summary>
    public Span<T> As<T>()
        where T : unmanaged => new((void*)Root._address, (int)(ByteCount / sizeof(T)));

    public float* Floats => (float*)Root._address;
}
