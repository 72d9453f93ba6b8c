using System.Text.Json;
using Gymkhana.Core.Files;
using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors;

/// <summary>
/// One recorded case of tests/golden/nn. Results are compared at a tolerance that the recording itself gives: PyTorch's float32
/// result differs from the exact one by err_abs_rel (in the manifest, from its float64 run), and ours, which sums in another
/// order, may be as far or somewhat farther on the other side. Three times that, plus three roundings of the largest element (or
/// of 0.5), is allowed: our elementary functions are good to about two roundings, a sum of a hundred terms one after another to
/// about three, and where PyTorch happens to be exact there must be a floor.
/// </summary>
internal sealed class GoldenCase
{
    private const double Rounding = 1.2e-7;
    private static readonly Lazy<JsonDocument> Manifest = new(() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", "nn", "MANIFEST.json"))));
    private readonly Dictionary<string, NpyArray> _arrays = [];
    private readonly JsonElement _entry;

    public GoldenCase(string name)
    {
        Name = name;
        _entry = Manifest.Value.RootElement.GetProperty("cases").GetProperty(name);
        using NpzReader reader = new(Path.Combine(AppContext.BaseDirectory, "golden", "nn", name + ".npz"));
        foreach (string key in reader.Names)
        {
            _arrays.Add(key, reader.Read(key));
        }
    }

    public string Name { get; }

    /// <summary>The case's settings, as the manifest gives them.</summary>
    public JsonElement Attributes => _entry.GetProperty("attrs");

    public bool Has(string key) => _entry.GetProperty("keys").TryGetProperty(key, out _);

    public IEnumerable<string> Keys(string prefix) => _entry.GetProperty("keys").EnumerateObject().Select(k => k.Name).Where(k => k.StartsWith(prefix, StringComparison.Ordinal));

    public float[] Floats(string key)
    {
        NpyArray array = _arrays[key];
        return array.Type.Kind != NpyKind.Real ? [.. Integers(key).Select(v => (float)v)]
            : array.Type.Size == 8 ? [.. array.ToArray<double>().Select(v => (float)v)]
            : array.ToArray<float>();
    }

    public int[] Integers(string key)
    {
        NpyArray array = _arrays[key];
        return array.Type.Size switch
        {
            8 => [.. array.ToArray<long>().Select(v => (int)v)],
            4 => array.ToArray<int>(),
            _ => [.. array.Bytes.ToArray().Select(b => (int)b)],
        };
    }

    public byte[] Bytes(string key) => _arrays[key].Bytes.ToArray();

    public Shape Shape(string key) => new([.. _arrays[key].Shape.Select(s => (int)s)]);

    /// <summary>in.X, p.X and the like as a variable.</summary>
    public Tensor Variable(Tape tape, string key) => tape.Variable(Shape(key), Floats(key));

    /// <summary>c.X as a constant.</summary>
    public Tensor Constant(Tape tape, string key) => tape.Constant(Shape(key), Floats(key));

    public IndexTensor Indices(Tape tape, string key) => tape.Indices(Shape(key), Integers(key));

    /// <summary>Gives a parameter the values of p.X.</summary>
    public void Fill(Parameter parameter, string key)
    {
        Assert.Equal(Shape(key), parameter.Shape);
        Floats(key).CopyTo(parameter.Values);
    }

    /// <summary>Seeds the gradient of a result with gout.X.</summary>
    public void Seed(Tensor result, string key) => result.Tape.SeedGradient(result, Floats(key));

    /// <summary>Holds a result or gradient against the recorded one.</summary>
    public void Check(string key, ReadOnlySpan<float> actual)
    {
        float[] expected = Floats(key);
        Assert.True(expected.Length == actual.Length, $"{Name} {key}: {expected.Length} elements expected, got {actual.Length}");
        double allowed = Allowed(key, expected);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - (double)expected[i]);
            Assert.True(difference <= allowed, $"{Name} {key}[{i}]: expected {expected[i]:g9}, got {actual[i]:g9}; {difference:g3} apart, {allowed:g3} allowed");
        }
    }

    private double Allowed(string key, float[] expected)
    {
        double largest = expected.Where(float.IsFinite).Select(v => Math.Abs((double)v)).DefaultIfEmpty().Max();
        double absolute = 0;
        if (_entry.TryGetProperty("err_abs_rel", out JsonElement errors) && errors.TryGetProperty(key, out JsonElement error))
        {
            absolute = error[0].GetDouble();
        }

        return (3 * absolute) + (3 * Rounding * Math.Max(largest, 0.5));
    }
}
