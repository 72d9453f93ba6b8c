using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;

namespace Gymkhana.Tests.Tensors;

/// <summary>Numbers for tests, the same on every run.</summary>
internal static class Draw
{
    /// <summary>Standard normal numbers.</summary>
    public static (Shape Shape, float[] Values) Normal(Shape shape, ulong seed)
    {
        KeyedStream stream = new(seed, 0, StreamPurpose.Exploration);
        return (shape, [.. Enumerable.Range(0, shape.Count).Select(_ => (float)stream.NextNormal())]);
    }

    /// <summary>Even numbers between two bounds.</summary>
    public static (Shape Shape, float[] Values) Uniform(Shape shape, double low, double high, ulong seed)
    {
        KeyedStream stream = new(seed, 0, StreamPurpose.Exploration);
        return (shape, [.. Enumerable.Range(0, shape.Count).Select(_ => (float)(low + ((high - low) * stream.NextDouble())))]);
    }
}
