namespace Gymkhana.Cli.Benches;

/// <summary>One measured number.</summary>
/// <param name="Name">What was measured, such as "walker/empty".</param>
/// <param name="Threads">Threads that worked.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record BenchResult(string Name, int Threads, double Value, string Unit);

/// <summary>A group of measurements that <c>bench NAME</c> runs together.</summary>
internal interface IBench
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>One sentence.</summary>
    string Summary { get; }

    /// <summary>Measures.</summary>
    /// <param name="seconds">About how long one throughput number may take, s.</param>
    /// <param name="note">Told what is being measured.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The results.</returns>
    IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop);
}
