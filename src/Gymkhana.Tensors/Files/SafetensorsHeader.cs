using System.Buffers.Binary;
using System.Text.Json;
using Gymkhana.Core.Files;

namespace Gymkhana.Tensors.Files;

/// <summary>Types of numbers that are read from safetensors files.</summary>
internal enum SafetensorsType
{
    Float32,
    Float16,
    BFloat16,
    Float64,
    Int64,
}

/// <summary>Where an array lies in the data of a file, bytes.</summary>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, Shape Shape, long Begin, long End);

/// <summary>The header of a safetensors file, believed only as far as the file's length bears it out.</summary>
internal sealed class SafetensorsHeader
{
    private const int LongestHeader = 100_000_000;
    private const string CopyAgain = "Copy or save the file again.";
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    private readonly string _origin;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> _entries = [];

    private SafetensorsHeader(string origin)
    {
        _origin = origin;
    }

    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public long DataStart { get; private set; }

    public long DataLength { get; private set; }

    public static SafetensorsHeader Read(Stream stream, string origin)
    {
        SafetensorsHeader header = new(origin);
        header.Parse(header.ReadText(stream));
        header.DataLength = stream.Length - header.DataStart;
        header.CheckPlaces();
        return header;
    }

    private byte[] ReadText(Stream stream)
    {
        long there = stream.Length - stream.Position;
        Span<byte> prefix = stackalloc byte[8];
        if (there < prefix.Length)
        {
            throw Damaged($"it has {there} bytes, too few for a safetensors file");
        }

        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader)
        {
            throw Damaged($"it claims a header of {length} bytes, more than the {LongestHeader} that are allowed, so it is no safetensors file");
        }

        if ((long)length > there - prefix.Length)
        {
            throw Damaged($"it ends within the header: expected {length} bytes, got {there - prefix.Length}");
        }

        byte[] text = new byte[length];
        stream.ReadExactly(text);
        DataStart = stream.Position;
        return text.Length > 0 && text[0] == (byte)'{' ? text : throw Damaged("its header does not begin with '{', so it is no safetensors file");
    }

    private void Parse(byte[] text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text, Strict);
            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw Damaged($"its header has the name {Quote(property.Name)} twice");
                }

                if (property.Name == "__metadata__")
                {
                    ReadMetadata(property.Value);
                }
                else
                {
                    _entries.Add(ReadEntry(property.Name, property.Value));
                }
            }
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text in the JSON that is not valid UTF-16.
            throw new DamagedFileException(_origin, "its header is not valid JSON", CopyAgain, cause);
        }
    }

    private void ReadMetadata(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Damaged("its metadata are not an object of texts");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String || !_metadata.TryAdd(property.Name, property.Value.GetString()!)) // a string is not null
            {
                throw Damaged($"its metadata {Quote(property.Name)} is not a text or there twice");
            }
        }
    }

    private SafetensorsEntry ReadEntry(string name, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Count() != 3
            || !element.TryGetProperty("dtype", out JsonElement type) || type.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array
            || !element.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
        {
            throw Damaged($"{Quote(name)} needs exactly dtype, shape and two data_offsets");
        }

        (SafetensorsType kind, int size) = type.GetString() switch
        {
            "F32" => (SafetensorsType.Float32, 4),
            "F16" => (SafetensorsType.Float16, 2),
            "BF16" => (SafetensorsType.BFloat16, 2),
            "F64" => (SafetensorsType.Float64, 8),
            "I64" => (SafetensorsType.Int64, 8),
            string other => throw new DamagedFileException(_origin, $"{Quote(name)} has the type {Quote(other)}, and F32, F16, BF16, F64 and I64 are read", "Save it in one of these."),
            null => throw Damaged($"{Quote(name)} has no type"),
        };
        Shape sizes = ReadShape(name, shape);
        long begin = ReadWhole(offsets[0], name), end = ReadWhole(offsets[1], name);
        return end - begin == sizes.Count * (long)size
            ? new SafetensorsEntry(name, kind, sizes, begin, end)
            : throw Damaged($"{Quote(name)} lies at bytes {begin} to {end}, and its shape {sizes} takes {sizes.Count * (long)size}");
    }

    private Shape ReadShape(string name, JsonElement element)
    {
        int rank = element.GetArrayLength();
        if (rank > Shape.MaxRank)
        {
            throw Damaged($"{Quote(name)} has {rank} axes, and at most {Shape.MaxRank} are read");
        }

        Span<int> sizes = stackalloc int[rank];
        long count = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            long size = ReadWhole(element[axis], name);
            count = size == 0 ? 0 : count > int.MaxValue / size ? long.MaxValue : count * size;
            if (size > int.MaxValue || count > int.MaxValue)
            {
                throw Damaged($"{Quote(name)} has more elements than fit one array");
            }

            sizes[axis] = (int)size;
        }

        return new Shape(sizes);
    }

    private long ReadWhole(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value) && value >= 0
            ? value
            : throw Damaged($"{Quote(name)} has {Quote(element.GetRawText())} where a whole number, at least 0, was expected");

    // The arrays must lie one behind another, in any order, and fill the data: no overlap, no hole, nothing behind.
    private void CheckPlaces()
    {
        long at = 0;
        foreach (SafetensorsEntry entry in _entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.End > DataLength)
            {
                throw Damaged($"{Quote(entry.Name)} ends at byte {entry.End} of the data, and the file has {DataLength}");
            }

            if (entry.Begin != at)
            {
                throw Damaged(entry.Begin < at
                    ? $"{Quote(entry.Name)} begins at byte {entry.Begin} of the data, within the array before it, which ends at {at}"
                    : $"nothing describes bytes {at} to {entry.Begin} of the data");
            }

            at = entry.End;
        }

        if (at != DataLength)
        {
            throw Damaged($"{DataLength - at} bytes follow the last array");
        }
    }

    private DamagedFileException Damaged(string problem) => new(_origin, problem, CopyAgain);

    private static string Quote(string text)
    {
        string line = new([.. text.Take(60).Select(c => char.IsControl(c) ? ' ' : c)]);
        return text.Length <= 60 ? $"'{line}'" : $"'{line}...'";
    }
}
