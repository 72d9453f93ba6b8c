namespace Gymkhana.Environments.Particle;

/// <summary>Who acts for the hunters or the prey of simple_tag_v3.</summary>
public enum TagScript
{
    /// <summary>A group like any other: whoever plays the environment acts for it.</summary>
    External,

    /// <summary>Each of the five moves is as likely.</summary>
    Random,

    /// <summary>Hunters: a move along the larger component of the way to the nearest prey.</summary>
    Chase,

    /// <summary>Hunters: the move that, held for four steps, ends nearest to where a prey drifts.</summary>
    Lookahead,

    /// <summary>Prey: the move that, held for five steps, keeps hunters, bounds and obstacles farthest away.</summary>
    Flee,

    /// <summary>Prey: a move along the larger component of the way from the nearest hunter, bounds or no bounds.</summary>
    FleeNaive,
}
