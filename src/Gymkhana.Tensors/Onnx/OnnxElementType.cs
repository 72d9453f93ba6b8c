namespace Gymkhana.Tensors.Onnx;

/// <summary>The element types that models may use here, numbered as in ONNX's TensorProto.DataType.</summary>
public enum OnnxElementType
{
    /// <summary>None.</summary>
    Undefined = 0,

    /// <summary>IEEE single precision.</summary>
    Float32 = 1,

    /// <summary>Whole numbers 0 to 255, such as pixels.</summary>
    UInt8 = 2,

    /// <summary>Whole numbers of 32 bits.</summary>
    Int32 = 6,

    /// <summary>Whole numbers of 64 bits: indices and shapes.</summary>
    Int64 = 7,

    /// <summary>Truth values, one byte each, 0 or 1.</summary>
    Boolean = 9,

    /// <summary>IEEE double precision.</summary>
    Float64 = 11,
}

/// <summary>Sizes and names of element types.</summary>
internal static class ElementTypes
{
    private static readonly string[] Names =
    [
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64", "uint32",
        "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
    ];

    /// <summary>Whether the number in the file is one of <see cref="OnnxElementType"/>.</summary>
    public static bool IsSupported(long number) => number is 1 or 2 or 6 or 7 or 9 or 11;

    /// <summary>The name of a type number, supported or not.</summary>
    public static string Name(long number) => number >= 0 && number < Names.Length ? Names[number] : $"type number {number}";

    public static string Name(this OnnxElementType type) => Name((long)type);

    /// <summary>Bytes of one element.</summary>
    public static int Size(this OnnxElementType type) => type switch
    {
        OnnxElementType.Float32 or OnnxElementType.Int32 => 4,
        OnnxElementType.UInt8 or OnnxElementType.Boolean => 1,
        _ => 8,
    };

    /// <summary>The type whose elements are held as <typeparamref name="T"/>.</summary>
    public static OnnxElementType Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? OnnxElementType.Float32
        : typeof(T) == typeof(byte) ? OnnxElementType.UInt8
        : typeof(T) == typeof(int) ? OnnxElementType.Int32
        : typeof(T) == typeof(long) ? OnnxElementType.Int64
        : typeof(T) == typeof(bool) ? OnnxElementType.Boolean
        : typeof(T) == typeof(double) ? OnnxElementType.Float64
        : throw new NotSupportedException($"An ONNX tensor of {typeof(T).Name} is not supported. Use float, double, int, long, byte or bool.");
}
