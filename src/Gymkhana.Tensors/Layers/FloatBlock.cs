using System.Runtime.InteropServices;
using Gymkhana.Core;

namespace Gymkhana.Tensors.Layers;

/// <summary>Numbers in a checkpoint: how many, then the numbers. What is read must be what is expected.</summary>
internal static class FloatBlock
{
    public static void Write(BinaryWriter writer, ReadOnlySpan<float> values)
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    public static void Write(BinaryWriter writer, ReadOnlySpan<double> values)
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Reads exactly as many numbers as there is room for.</summary>
    public static void Read(BinaryReader reader, Span<float> values, string name)
    {
        ExpectCount(reader, values.Length, name);
        Fill(reader, MemoryMarshal.AsBytes(values), name);
    }

    /// <summary>Reads exactly as many numbers as there is room for.</summary>
    public static void Read(BinaryReader reader, Span<double> values, string name)
    {
        ExpectCount(reader, values.Length, name);
        Fill(reader, MemoryMarshal.AsBytes(values), name);
    }

    /// <summary>Reads a name that must be the given one.</summary>
    public static void ExpectName(BinaryReader reader, string expected)
    {
        string found = reader.ReadString();
        if (found != expected)
        {
            throw new GymkhanaException($"The checkpoint has '{found}' where '{expected}' was expected. Resume with the settings the run was made with.");
        }
    }

    private static void ExpectCount(BinaryReader reader, int expected, string name)
    {
        int count = reader.ReadInt32();
        if (count != expected)
        {
            throw new GymkhanaException($"The checkpoint has {count} numbers for '{name}', expected {expected}. Resume with the settings the run was made with.");
        }
    }

    private static void Fill(BinaryReader reader, Span<byte> bytes, string name)
    {
        int read = reader.BaseStream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw new GymkhanaException($"The checkpoint ends within '{name}': {bytes.Length} bytes expected, got {read}. It was not written to its end; use the one before it.");
        }
    }
}
