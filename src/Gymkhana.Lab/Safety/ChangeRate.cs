using System.Diagnostics;

namespace Gymkhana.Lab.Safety;

/// <summary>Limits how often something may be asked for: a bucket of tokens that fills evenly.</summary>
/// <param name="most">Size of the bucket.</param>
/// <param name="perSecond">How fast it fills.</param>
internal sealed class ChangeRate(double most, double perSecond)
{
    private readonly Lock _gate = new();
    private readonly double _most = most;
    private double _left = most;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Takes a token if there is one.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            _left = Math.Min(_most, _left + (Stopwatch.GetElapsedTime(_last).TotalSeconds * perSecond));
            _last = Stopwatch.GetTimestamp();
            if (_left < 1) return false;
            _left--;
            return true;
        }
    }
}
