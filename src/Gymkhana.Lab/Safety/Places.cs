namespace Gymkhana.Lab.Safety;

/// <summary>A limited number of places.</summary>
/// <param name="count">How many.</param>
internal sealed class Places(int count)
{
    private int _taken;

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>Takes a place if one is free.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= count) return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);
}
