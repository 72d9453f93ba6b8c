namespace Gymkhana.Learning.Datasets;

/// <summary>The transitions of one shard in memory.</summary>
public abstract class ShardContent
{
    /// <summary>Content.</summary>
    /// <param name="actions">What was done, one for each transition.</param>
    /// <param name="rewards">What it brought.</param>
    /// <param name="terminated">Whether it ended an episode by the task's own rules.</param>
    private protected ShardContent(int[] actions, float[] rewards, bool[] terminated)
    {
        Actions = actions;
        Rewards = rewards;
        Terminated = terminated;
    }

    /// <summary>How many transitions there are.</summary>
    public int Count => Actions.Length;

    /// <summary>What was done in each transition.</summary>
    public int[] Actions { get; }

    /// <summary>What it brought.</summary>
    public float[] Rewards { get; }

    /// <summary>Whether it ended an episode by the task's own rules, so that nothing follows; a time limit does not count.</summary>
    public bool[] Terminated { get; }

    /// <summary>The last transition of so many steps from one on: fewer where the episode ends before.</summary>
    /// <param name="transition">0 to <see cref="Count"/> − 1.</param>
    /// <param name="steps">Steps, at least 1.</param>
    /// <returns>A transition of the same episode.</returns>
    public virtual int LastOf(int transition, int steps) => transition;

    /// <summary>Copies the observation before a transition and the one after it, or after a later one of its episode. Allocates nothing.</summary>
    /// <param name="transition">0 to <see cref="Count"/> − 1.</param>
    /// <param name="last">That transition, or a later one that <see cref="LastOf"/> gave.</param>
    /// <param name="state">Receives the observation before the first.</param>
    /// <param name="next">Receives the observation after the last.</param>
    public abstract void Copy(int transition, int last, Span<byte> state, Span<byte> next);
}

/// <summary>Frames stored once, of which stacks are put together.</summary>
internal sealed class FrameContent : ShardContent
{
    private readonly ReadOnlyMemory<byte> _frames;
    private readonly int[] _firstFrames;
    private readonly int[] _ends;
    private readonly int[] _episodes;
    private readonly int _frameBytes;
    private readonly int _stack;

    public FrameContent(DatasetLayout layout, ReadOnlyMemory<byte> frames, int[] starts, int[] actions, float[] rewards, bool[] terminated)
        : base(actions, rewards, terminated)
    {
        _frames = frames;
        _frameBytes = layout.FrameBytes;
        _stack = layout.Stack;
        _firstFrames = new int[starts.Length];
        _ends = new int[starts.Length];
        _episodes = new int[actions.Length];
        for (int episode = 0; episode < starts.Length; episode++)
        {
            _firstFrames[episode] = starts[episode] + episode;
            int end = episode + 1 < starts.Length ? starts[episode + 1] : actions.Length;
            _ends[episode] = end;
            _episodes.AsSpan(starts[episode]..end).Fill(episode);
        }
    }

    public override int LastOf(int transition, int steps) => Math.Min(transition + steps, _ends[_episodes[transition]]) - 1;

    public override void Copy(int transition, int last, Span<byte> state, Span<byte> next)
    {
        int episode = _episodes[transition];
        CopyStack(transition + episode, _firstFrames[episode], state);
        CopyStack(last + episode + 1, _firstFrames[episode], next);
    }

    // Frames that lie in a row are copied at once; before the first one it stands for those that were not.
    private void CopyStack(int newest, int first, Span<byte> stack)
    {
        ReadOnlySpan<byte> frames = _frames.Span;
        int oldest = newest - _stack + 1;
        int place = 0;
        for (; oldest < first; oldest++)
        {
            frames.Slice(first * _frameBytes, _frameBytes).CopyTo(stack.Slice(place, _frameBytes));
            place += _frameBytes;
        }

        int count = (newest - oldest + 1) * _frameBytes;
        frames.Slice(oldest * _frameBytes, count).CopyTo(stack.Slice(place, count));
    }
}

/// <summary>Observations stored whole, before and after each transition.</summary>
internal sealed class PairContent(int observationBytes, ReadOnlyMemory<byte> states, ReadOnlyMemory<byte> nextStates, int[] actions, float[] rewards, bool[] terminated)
    : ShardContent(actions, rewards, terminated)
{
    public override void Copy(int transition, int last, Span<byte> state, Span<byte> next)
    {
        states.Span.Slice(transition * observationBytes, observationBytes).CopyTo(state);
        nextStates.Span.Slice(last * observationBytes, observationBytes).CopyTo(next);
    }
}
