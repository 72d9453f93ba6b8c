using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gymkhana.Core.Files;

namespace Gymkhana.Tensors.Files;

/// <summary>
/// Reads and writes safetensors files, the format in which networks are exchanged (huggingface/safetensors): the length of a
/// header as 8 bytes, the header as JSON, then the arrays one after another, little-endian. Nothing in such a file is executed.
/// Arrays are read as float32; those of float16, bfloat16, float64 and int64 (counters) are converted. Written is float32.
/// </summary>
public sealed class SafetensorsFile
{
    private const string MetadataKey = "__metadata__";
    private readonly Dictionary<string, NamedValues> _byName = new(StringComparer.Ordinal);

    /// <summary>A file's content.</summary>
    /// <param name="arrays">The arrays; names differ.</param>
    /// <param name="metadata">Texts about it.</param>
    /// <exception cref="ArgumentException">Two names are equal, or a name is reserved, or the number of values is not the shape's.</exception>
    public SafetensorsFile(IReadOnlyList<NamedValues> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        ArgumentNullException.ThrowIfNull(metadata);
        Arrays = arrays;
        Metadata = metadata;
        foreach (NamedValues array in arrays)
        {
            if (array.Name == MetadataKey || !_byName.TryAdd(array.Name, array))
            {
                throw new ArgumentException($"the name '{array.Name}' is taken.", nameof(arrays));
            }

            if (array.Values.Length != array.Shape.Count)
            {
                throw new ArgumentException($"'{array.Name}' has {array.Values.Length} values for the shape {array.Shape}.", nameof(arrays));
            }
        }
    }

    /// <summary>The arrays, in the file's order.</summary>
    public IReadOnlyList<NamedValues> Arrays { get; }

    /// <summary>Texts about it, by name; possibly none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The array of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The array, or null when there is none.</returns>
    public NamedValues? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="DamagedFileException">It is damaged, or of a refused kind: one line says what is wrong.</exception>
    /// <exception cref="FileReadException">It cannot be opened or read.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FileReadException(path, Reason(path, cause), cause);
        }

        using (stream)
        {
            return Read(stream, path);
        }
    }

    /// <summary>Reads a file from a stream; it must go to the stream's end.</summary>
    /// <param name="stream">The stream, at the file's beginning; it must be able to seek. Not closed.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="DamagedFileException">It is damaged, or of a refused kind: one line says what is wrong.</exception>
    /// <exception cref="FileReadException">It cannot be read.</exception>
    public static SafetensorsFile Read(Stream stream, string origin)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(origin);
        if (!stream.CanSeek)
        {
            throw new FileReadException(origin, "its length must be known, and this cannot seek. Copy it to a file first.");
        }

        try
        {
            SafetensorsHeader header = SafetensorsHeader.Read(stream, origin);
            List<NamedValues> arrays = new(header.Entries.Count);
            foreach (SafetensorsEntry entry in header.Entries)
            {
                arrays.Add(new NamedValues(entry.Name, entry.Shape, ReadValues(stream, header.DataStart, entry)));
            }

            stream.Position = header.DataStart + header.DataLength;
            return new SafetensorsFile(arrays, header.Metadata);
        }
        catch (IOException cause)
        {
            throw new FileReadException(origin, cause.Message.ReplaceLineEndings(" "), cause);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the file to a stream. The same content gives the same bytes.</summary>
    /// <param name="stream">The stream; not closed.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] header = FormatHeader();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (NamedValues array in Arrays)
        {
            stream.Write(MemoryMarshal.AsBytes(array.Values.Span));
        }
    }

    // Padded with spaces so that the numbers begin at a multiple of 8 bytes.
    private byte[] FormatHeader()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (NamedValues array in Arrays)
            {
                json.WriteStartObject(array.Name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                for (int axis = 0; axis < array.Shape.Rank; axis++)
                {
                    json.WriteNumberValue(array.Shape[axis]);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += array.Values.Length * (long)sizeof(float);
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        byte[] header = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    // The header was checked against the stream's length, so the bytes are there and the memory is what the file is worth.
    private static float[] ReadValues(Stream stream, long dataStart, SafetensorsEntry entry)
    {
        float[] values = new float[entry.Shape.Count];
        stream.Position = dataStart + entry.Begin;
        if (entry.Type == SafetensorsType.Float32)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        byte[] bytes = new byte[checked((int)(entry.End - entry.Begin))];
        stream.ReadExactly(bytes);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = entry.Type switch
            {
                SafetensorsType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(i * 2)),
                SafetensorsType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * 2)) << 16),
                SafetensorsType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * 8)),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(i * 8)),
            };
        }

        return values;
    }

    private static string Reason(string path, Exception cause) => cause switch
    {
        _ when Directory.Exists(path) => "it is a folder. Name a file in it.",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file. Check the name and the folder.",
        UnauthorizedAccessException => "the system does not permit it. Check the file's permissions.",
        _ => cause.Message.ReplaceLineEndings(" "),
    };
}
