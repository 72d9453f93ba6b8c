using System.Collections.Immutable;
using System.Numerics;
using Gymkhana.Core;
using Gymkhana.Core.Files;

namespace Gymkhana.Tests.Files;

public sealed class NpyArrayTests
{
    [Fact]
    public void Create_EachType_ComesBackFromAFile()
    {
        Check([true, false], "|b1");
        Check<sbyte>([-1, 127], "|i1");
        Check<short>([-1, 127], "<i2");
        Check([-1, int.MaxValue], "<i4");
        Check([-1, long.MaxValue], "<i8");
        Check<byte>([0, 255], "|u1");
        Check<ushort>([0, ushort.MaxValue], "<u2");
        Check<uint>([0, uint.MaxValue], "<u4");
        Check<ulong>([0, ulong.MaxValue], "<u8");
        Check([(Half)1.5, Half.NaN], "<f2");
        Check([-0.0f, float.Epsilon], "<f4");
        Check([Math.PI, double.NegativeInfinity], "<f8");
        Check([new Complex(1, -2), Complex.Zero], "<c16");
    }

    [Fact]
    public void CreateText_MixedWidths_ComesBackFromAFile()
    {
        string[] texts = ["left", "", "ü✓", "🚗 far"];
        NpyArray array = RoundTrip(NpyArray.CreateText(texts, 2, 2));
        Assert.Equal("<U5", array.Type.Descriptor);
        Assert.Equal(texts, array.ToText());
    }

    [Theory]
    [InlineData(new long[] { })]
    [InlineData(new long[] { 1 })]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1 })]
    public void Create_OneElementOfAnyRank_KeepsItsShape(long[] shape)
    {
        NpyArray array = RoundTrip(NpyArray.Create([2.5f], shape));
        Assert.Equal(shape, array.Shape);
        Assert.Equal([2.5f], array.ToArray<float>());
        Assert.Equal(1, array.Count);
    }

    [Fact]
    public void Create_NoElements_KeepsItsShape()
    {
        NpyArray array = RoundTrip(NpyArray.Create<double>([], 3, 0, 5));
        Assert.Equal([3L, 0L, 5L], array.Shape);
        Assert.Empty(array.ToArray<double>());
    }

    [Fact]
    public void Create_WrongShape_SaysWhatWasExpected()
    {
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => NpyArray.Create([1, 2, 3], 2, 2));
        Assert.Contains("An array of shape (2, 2) expects 4 elements, got 3.", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NpyArray.Create([1], long.MaxValue, long.MaxValue, long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => NpyArray.Create([1], -1, -1));
        Assert.Throws<NotSupportedException>(() => NpyArray.Create([1m], 1));
    }

    [Fact]
    public void AsSpan_OtherType_SaysBothTypes()
    {
        NpyArray array = NpyArray.Create([1.0, 2.0], 2);
        GymkhanaException wrong = Assert.Throws<GymkhanaException>(() => array.ToArray<float>());
        Assert.Equal(
            "an array in memory holds float64, expected float32. Save it again as float32 (in NumPy: .astype('<f4')).", wrong.Message);
        Assert.Throws<GymkhanaException>(() => array.ToText());
        Assert.Equal("float64 (2,)", array.ToString());
    }

    [Fact]
    public void FromFortran_AnyElementSize_MatchesIndexByIndex()
    {
        ImmutableArray<long> shape = [3, 2, 4];
        foreach (int size in new[] { 1, 2, 4, 8, 16, 24 })
        {
            byte[] stored = [.. Enumerable.Range(0, 24 * size).Select(i => (byte)(i % 251))];
            byte[] ordered = NpyLayout.FromFortran(stored, shape.AsSpan(), size);
            int to = 0;
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j < 2; j++)
                {
                    for (int k = 0; k < 4; k++)
                    {
                        int from = i + (3 * j) + (6 * k);
                        Assert.Equal(stored.AsSpan(from * size, size).ToArray(), ordered.AsSpan(to * size, size).ToArray());
                        to++;
                    }
                }
            }
        }
    }

    private static void Check<T>(T[] values, string descriptor)
        where T : unmanaged
    {
        NpyArray array = RoundTrip(NpyArray.Create<T>(values, 1, values.Length));
        Assert.Equal(descriptor, array.Type.Descriptor);
        Assert.Equal([1L, values.Length], array.Shape);
        Assert.Equal(values, array.ToArray<T>());
    }

    private static NpyArray RoundTrip(NpyArray array)
    {
        using MemoryStream stream = new();
        NpyFile.Write(stream, array);
        stream.Position = 0;
        NpyArray read = NpyFile.Read(stream, "memory");
        Assert.Equal(stream.Length, stream.Position);
        return read;
    }
}
