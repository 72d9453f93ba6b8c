namespace Gymkhana.Core;

/// <summary>A name (of an environment, a setting, a preset, ...) that nothing has; the message suggests the nearest.</summary>
public sealed class UnknownNameException : GymkhanaException
{
    private UnknownNameException(string message)
        : base(message)
    {
    }

    /// <summary>The exception for a name that is not among the known ones.</summary>
    /// <param name="kind">What was looked for, such as "environment".</param>
    /// <param name="name">The name that was given.</param>
    /// <param name="known">The names there are.</param>
    /// <param name="nextStep">How to list them, such as "'gymkhana envs' lists them".</param>
    /// <returns>The exception.</returns>
    public static UnknownNameException For(string kind, string name, IEnumerable<string> known, string nextStep)
    {
        string? nearest = null;
        int best = int.MaxValue;
        foreach (string candidate in known.Order(StringComparer.Ordinal))
        {
            int distance = EditDistance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < best)
            {
                (best, nearest) = (distance, candidate);
            }
        }

        string hint = nearest is not null && best <= Math.Max(2, nearest.Length / 2) ? $" Did you mean '{nearest}'?" : string.Empty;
        return new UnknownNameException($"There is no {kind} named '{name}'.{hint} {char.ToUpperInvariant(nextStep[0])}{nextStep[1..]}.");
    }

    // Levenshtein distance, one row at a time.
    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
