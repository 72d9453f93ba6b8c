using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.MultiAgent;
using Gymkhana.Tensors;
using Gymkhana.Tests.Tensors;

namespace Gymkhana.Tests.Learning.MultiAgent;

public sealed class EntityEncoderTests
{
    [Theory]
    [InlineData("self")]
    [InlineData("hunters")]
    public void Forward_SomeThings_HasTheGradientOfFiniteDifferences(string first)
    {
        EntityEncoder encoder = Encoder(first);
        GradientFindings findings = GradientCheck.Run(
            (_, i) => encoder.Forward(i[0], Parts(2, first)), [Draw.Normal(new Shape(3, 8), 1)], [.. encoder.Parameters.Select(p => p.Parameter)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Theory]
    [InlineData("self")]
    [InlineData("hunters")]
    public void Forward_SomeThings_IsThePlainSetEncoding(string name)
    {
        EntityEncoder encoder = Encoder(name);
        bool knowsItself = name == EntityEncoder.Self;
        float[] seen = Draw.Normal(new Shape(1, 8), 2).Values;
        double[] one = Slice(seen, 0, 2);
        double[][] prey = [Slice(seen, 2, 3), Slice(seen, 5, 3)];
        double[][][] things =
        [
            [Relu(Linear(encoder, $"{name}.first", one))],
            [.. prey.Select(x => Relu(knowsItself ? Add(Linear(encoder, "prey.first", x), Linear(encoder, "prey.beside", one)) : Linear(encoder, "prey.first", x)))],
        ];
        double[] expected = Relu(Linear(encoder, "summary", [.. things.SelectMany(Largest)]));
        if (!knowsItself)
        {
            double[] context = Linear(encoder, "context", expected);
            string[] names = [name, "prey"];
            double[][][] again = [.. things.Select((items, k) => items.Select(x => Relu(Add(Linear(encoder, $"{names[k]}.second", x), context))).ToArray())];
            expected = Relu(Linear(encoder, "result", [.. again.SelectMany(Largest)]));
        }

        Tape tape = new();
        float[] actual = encoder.Forward(tape.Constant(new Shape(1, 8), seen), Parts(2, name)).Values.ToArray();
        Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5)); // some roundings of float
        Assert.Contains(actual, v => v > 0);
    }

    [Fact]
    public void Forward_ThingsInAnotherOrder_IsTheSame()
    {
        EntityEncoder encoder = Encoder();
        float[] seen = Draw.Normal(new Shape(1, 11), 3).Values;
        float[] swapped = [.. seen[..2], .. seen[8..11], .. seen[2..5], .. seen[5..8]];
        Assert.Equal(Run(encoder, seen, Parts(3)), Run(encoder, swapped, Parts(3)));
        Assert.NotEqual(Run(encoder, seen, Parts(3)), Run(encoder, seen[..8], Parts(2)));
    }

    [Fact]
    public void Forward_NoneOfAKind_Works() => Assert.Equal(16, Run(Encoder(), [1, 2], Parts(0)).Length);

    [Fact]
    public void Forward_PartsInAnotherOrder_IsTheSame()
    {
        ImmutableArray<ObservationPart> turned = [new("prey", 1, 3), new("self", 1, 2)];
        Assert.Equal(Run(Encoder(), [1, 2, 3, 4, 5], Parts(1)), Run(Encoder(), [3, 4, 5, 1, 2], turned));
    }

    [Fact]
    public void Forward_OtherKinds_IsRefused() =>
        Assert.Contains("sees self, prey", Assert.Throws<ArgumentException>(() => Run(Encoder(), [1, 2], [new("self", 1, 2)])).Message, StringComparison.Ordinal);

    private static EntityEncoder Encoder(string first = EntityEncoder.Self) => new([new(first, 2), new("prey", 3)], 16, new KeyedStream(3, 0, StreamPurpose.Initialization));

    private static ImmutableArray<ObservationPart> Parts(int prey, string first = EntityEncoder.Self) => [new(first, 1, 2), new("prey", prey, 3)];

    private static float[] Run(EntityEncoder encoder, float[] seen, ImmutableArray<ObservationPart> parts)
    {
        Tape tape = new();
        return encoder.Forward(tape.Constant(new Shape(1, seen.Length), seen), parts).Values.ToArray();
    }

    private static double[] Slice(float[] values, int start, int count) => [.. values.Skip(start).Take(count).Select(v => (double)v)];

    private static double[] Largest(double[][] things) => [.. Enumerable.Range(0, things[0].Length).Select(f => things.Max(t => t[f]))];

    private static double[] Relu(double[] x) => [.. x.Select(v => Math.Max(0, v))];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Linear(EntityEncoder encoder, string name, double[] x)
    {
        Parameter weight = encoder[name + ".weight"];
        Parameter? bias = encoder.Parameters.FirstOrDefault(p => p.Name == name + ".bias").Parameter;
        return [.. Enumerable.Range(0, weight.Shape[0]).Select(o => (bias?.Values[o] ?? 0) + Enumerable.Range(0, x.Length).Sum(i => weight.Values[(o * x.Length) + i] * x[i]))];
    }
}
