namespace Gymkhana.Learning.Offline;

internal static class Means
{
    /// <summary>The mean, summed in order.</summary>
    public static double Of(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
