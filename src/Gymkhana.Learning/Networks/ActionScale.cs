using Gymkhana.Tensors;

namespace Gymkhana.Learning.Networks;

/// <summary>Brings numbers of [0, 1] or [−1, 1] into a box, and holds them there.</summary>
internal sealed class ActionScale
{
    private readonly float[] _low;
    private readonly float[] _high;
    private readonly bool[] _bounded;

    /// <summary>The scale of a box; null where a component has no bound.</summary>
    public ActionScale(float?[] low, float?[] high)
    {
        _low = [.. low.Select(b => b ?? float.NegativeInfinity)];
        _high = [.. high.Select(b => b ?? float.PositiveInfinity)];
        _bounded = [.. low.Zip(high).Select(b => b.First is not null && b.Second is not null)];
    }

    /// <summary>low + (high − low) x, for a component with both bounds.</summary>
    public float FromUnit(int index, float x) => Math.Clamp(_low[index] + ((_high[index] - _low[index]) * x), _low[index], _high[index]);

    /// <summary>The same of rows of points, on their tape.</summary>
    public Tensor FromUnit(Tensor x) => (x * Row(x, i => _high[i] - _low[i])) + Row(x, i => _low[i]);

    /// <summary>The middle and x times half the box, clipped; x itself, clipped, where a bound is missing.</summary>
    public float FromSigned(int index, float x)
    {
        float value = _bounded[index] ? (0.5f * (_low[index] + _high[index])) + (0.5f * (_high[index] - _low[index]) * x) : x;
        return Math.Clamp(value, _low[index], _high[index]);
    }

    /// <summary>The same of rows of points, on their tape. A component without bounds stays as it is; one with a single bound is not held there.</summary>
    public Tensor FromSigned(Tensor x)
    {
        Tensor half = Row(x, i => _bounded[i] ? 0.5f * (_high[i] - _low[i]) : 0), middle = Row(x, i => _bounded[i] ? 0.5f * (_low[i] + _high[i]) : 0);
        Tensor held = (x.Clamp(-1, 1) * half) + middle;
        return Array.TrueForAll(_bounded, b => b) ? held : held + (x * Row(x, i => _bounded[i] ? 0 : 1));
    }

    private Tensor Row(Tensor like, Func<int, float> value) => like.Tape.Constant(new Shape(_low.Length), [.. Enumerable.Range(0, _low.Length).Select(value)]);
}
