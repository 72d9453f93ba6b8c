namespace Gymkhana.Core.Randomness;

/// <summary>
/// What a keyed stream is for. Two purposes never share draws, so that adding a draw to one changes nothing in another. The numbers
/// are part of every recorded result: never renumber one; further purposes of a caller's own are any number from 1000.
/// </summary>
public enum StreamPurpose : uint
{
    /// <summary>No particular purpose.</summary>
    None = 0,

    /// <summary>The start state of an episode.</summary>
    Reset = 1,

    /// <summary>Noise within an environment's dynamics.</summary>
    Dynamics = 2,

    /// <summary>Noise or loss in observations.</summary>
    Sensing = 3,

    /// <summary>Actions drawn from a stochastic policy.</summary>
    Acting = 4,

    /// <summary>Deliberate exploration beyond the policy.</summary>
    Exploration = 5,

    /// <summary>First weights of a network or first genomes of a population.</summary>
    Initialization = 6,

    /// <summary>Minibatches and replay samples.</summary>
    Sampling = 7,

    /// <summary>Mutation of genomes.</summary>
    Mutation = 8,

    /// <summary>Crossover of genomes.</summary>
    Crossover = 9,

    /// <summary>Selection of parents.</summary>
    Selection = 10,

    /// <summary>Dropout and other noise within a network.</summary>
    Dropout = 11,

    /// <summary>Resampling in statistics, such as the bootstrap.</summary>
    Resampling = 12,

    /// <summary>Scenarios and settings drawn for a study or challenge.</summary>
    Scenario = 13,
}
