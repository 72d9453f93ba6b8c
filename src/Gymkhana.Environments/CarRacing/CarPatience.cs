namespace Gymkhana.Environments.CarRacing;

/// <summary>The rule that gives up a hopeless episode: the mean reward of its last (at most) 100 world steps is −1 or less.</summary>
internal sealed class CarPatience(int count)
{
    private const int Window = 100;
    private const double Least = -1;

    private readonly double[] _rewards = new double[count * Window];
    private readonly int[] _steps = new int[count];

    /// <summary>Starts a copy's episode.</summary>
    /// <param name="copy">The copy.</param>
    public void Begin(int copy) => _steps[copy] = 0;

    /// <summary>Takes in the reward of a world step.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="reward">Its reward.</param>
    /// <returns>Whether the episode is given up.</returns>
    public bool IsLostAfter(int copy, double reward)
    {
        Span<double> window = _rewards.AsSpan(copy * Window, Window);
        window[_steps[copy]++ % Window] = reward;
        int filled = Math.Min(_steps[copy], Window);
        double sum = 0;
        foreach (double one in window[..filled])
        {
            sum += one;
        }

        return sum / filled <= Least;
    }
}
