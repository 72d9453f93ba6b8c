namespace Gymkhana.Cli.Benches.Tensors;

/// <summary>Work that is timed.</summary>
internal interface ITensorWork
{
    /// <summary>Its name, such as "tensors/mlp-64".</summary>
    string Name { get; }

    /// <summary>What one run counts for, in <see cref="Unit"/> · s.</summary>
    double Amount { get; }

    /// <summary>What its rate is measured in.</summary>
    string Unit { get; }

    /// <summary>Does it once.</summary>
    void Run();
}
