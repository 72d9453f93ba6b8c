namespace Gymkhana.Learning.Buffers;

/// <summary>One step of one copy, as a learner saw it; its spans are valid during the call only.</summary>
public readonly ref struct Transition
{
    /// <summary>Number of the rollout it belongs to, from 0.</summary>
    public long Update { get; init; }

    /// <summary>The copy.</summary>
    public int Copy { get; init; }

    /// <summary>What was seen, where it is pixels; else empty.</summary>
    public ReadOnlySpan<byte> Pixels { get; init; }

    /// <summary>What was seen, where it is numbers; else empty.</summary>
    public ReadOnlySpan<float> Numbers { get; init; }

    /// <summary>What was done, as the environment took it; a choice as a whole number.</summary>
    public ReadOnlySpan<float> Action { get; init; }

    /// <summary>The environment's reward, unscaled.</summary>
    public float Reward { get; init; }

    /// <summary>Whether the step terminated the episode.</summary>
    public bool Terminated { get; init; }

    /// <summary>Whether the step truncated the episode.</summary>
    public bool Truncated { get; init; }

    /// <summary>Whether the copy begins a new episode after this step although nothing ended: all copies are restarted now and then (docs/algorithms/ppo.md).</summary>
    public bool CutOff { get; init; }

    /// <summary>The final observation where the step ended or cut off an episode and it is pixels; else empty.</summary>
    public ReadOnlySpan<byte> FinalPixels { get; init; }

    /// <summary>The final observation where the step ended or cut off an episode and it is numbers; else empty.</summary>
    public ReadOnlySpan<float> FinalNumbers { get; init; }
}

/// <summary>Told of every transition while an agent learns, to make a dataset of it.</summary>
public interface ITransitionRecorder
{
    /// <summary>
    /// Takes one transition. Calls come from one thread, rollout after rollout, in order of time and then of copy, whatever the number of
    /// threads; what is seen next is the same copy's next transition, but for the last step of an episode.
    /// </summary>
    /// <param name="transition">The transition; copy what is to be kept.</param>
    void Record(in Transition transition);
}
