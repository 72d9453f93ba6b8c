using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Tests.Randomness;

/// <summary>What NumPy drew, from golden/random/numpy.json.</summary>
internal static class NumpyRecord
{
    public static JsonElement Root { get; } = Load();

    public static IEnumerable<JsonElement> Seeds => Root.GetProperty("seeds").EnumerateArray();

    public static BigInteger Seed(JsonElement record) =>
        BigInteger.Parse(record.GetProperty("seed").GetString()!, CultureInfo.InvariantCulture);

    public static NumpyGenerator Generator(JsonElement record) => new(Seed(record));

    public static string Bits(double value) => BitConverter.DoubleToUInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);

    public static string Bits(float value) => BitConverter.SingleToUInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture);

    public static string[] Strings(this JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];

    public static uint[] Words(this JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetUInt32())];

    public static int[] Ints(this JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];

    public static Pcg64State State(this JsonElement state) => new(
        UInt128.Parse(state.GetProperty("state").GetString()!, CultureInfo.InvariantCulture),
        UInt128.Parse(state.GetProperty("inc").GetString()!, CultureInfo.InvariantCulture),
        state.GetProperty("hasHalf").GetBoolean(),
        state.GetProperty("half").GetUInt32());

    private static JsonElement Load()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "golden", "random", "numpy.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }
}
