namespace Gymkhana.Core.Environments;

/// <summary>Shorthands over the contract.</summary>
public static class EnvironmentExtensions
{
    /// <summary>Starts a new episode in every copy; copy i gets seed + i, as in Gymnasium's vector environments.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="seed">Seed of copy 0.</param>
    public static void Reset(this IEnvironment environment, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ulong[] seeds = new ulong[environment.Count];
        for (int i = 0; i < seeds.Length; i++)
        {
            seeds[i] = unchecked(seed + (ulong)i);
        }

        environment.Reset(seeds);
    }
}
