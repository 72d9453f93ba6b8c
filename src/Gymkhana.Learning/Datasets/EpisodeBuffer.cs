namespace Gymkhana.Learning.Datasets;

/// <summary>One episode while it is being recorded: its frames, one more than its steps, and what was done and got.</summary>
/// <param name="layout">What an observation is made of.</param>
public sealed class EpisodeBuffer(DatasetLayout layout)
{
    private byte[] _frames = [];
    private int[] _actions = [];
    private double[] _rewards = [];

    /// <summary>What an observation is made of.</summary>
    public DatasetLayout Layout { get; } = layout;

    /// <summary>Steps so far.</summary>
    public int Length { get; private set; }

    /// <summary>Sum of the rewards so far.</summary>
    public double Return { get; private set; }

    /// <summary>Whether the last step ended the episode by the task's own rules.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Whether the last step ended it from outside.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsOver => Terminated || Truncated;

    /// <summary>Its frames, <see cref="Length"/> + 1 of them.</summary>
    public ReadOnlySpan<byte> Frames => _frames.AsSpan(0, (Length + 1) * Layout.FrameBytes);

    /// <summary>The actions.</summary>
    public ReadOnlySpan<int> Actions => _actions.AsSpan(0, Length);

    /// <summary>The rewards.</summary>
    public ReadOnlySpan<double> Rewards => _rewards.AsSpan(0, Length);

    /// <summary>Forgets what it holds and begins an episode.</summary>
    /// <param name="observation">The first observation: bytes, or floats as bytes, <see cref="DatasetLayout.ObservationBytes"/> of them.</param>
    /// <exception cref="DatasetException">A stack that is not filled with the first frame.</exception>
    public void Begin(ReadOnlySpan<byte> observation)
    {
        (Length, Return, Terminated, Truncated) = (0, 0, false, false);
        Room(1);
        Newest(observation).CopyTo(_frames);
        CheckStack(observation, 0);
    }

    /// <summary>Adds a step.</summary>
    /// <param name="action">What was done.</param>
    /// <param name="reward">What it brought.</param>
    /// <param name="terminated">Whether it ended the episode by the task's own rules.</param>
    /// <param name="truncated">Whether it ended it from outside.</param>
    /// <param name="next">What was seen afterwards; of a last step the final observation.</param>
    /// <exception cref="DatasetException">A stack that is not the last one moved on by a frame.</exception>
    /// <exception cref="InvalidOperationException">The episode has ended.</exception>
    public void Add(int action, double reward, bool terminated, bool truncated, ReadOnlySpan<byte> next)
    {
        if (IsOver)
        {
            throw new InvalidOperationException("The episode has ended; call Begin first.");
        }

        Room(Length + 2);
        _actions[Length] = action;
        _rewards[Length] = reward;
        Length++;
        Return += reward;
        (Terminated, Truncated) = (terminated, truncated);
        Newest(next).CopyTo(_frames.AsSpan(Length * Layout.FrameBytes));
        CheckStack(next, Length);
    }

    private ReadOnlySpan<byte> Newest(ReadOnlySpan<byte> observation) => observation.Length == Layout.ObservationBytes
        ? observation[^Layout.FrameBytes..]
        : throw new ArgumentException($"An observation has {Layout.ObservationBytes} bytes, got {observation.Length}.", nameof(observation));

    // What is not stored must be what reading puts in its place.
    private void CheckStack(ReadOnlySpan<byte> observation, int frame)
    {
        for (int back = 1; back < Layout.Stack; back++)
        {
            ReadOnlySpan<byte> shown = observation.Slice((Layout.Stack - 1 - back) * Layout.FrameBytes, Layout.FrameBytes);
            if (!shown.SequenceEqual(_frames.AsSpan(Math.Max(0, frame - back) * Layout.FrameBytes, Layout.FrameBytes)))
            {
                throw new DatasetException($"The observation after step {frame} is not a stack of the last {Layout.Stack} frames: the one {back} back differs from what was seen then. Collect with settings of the environment in which each step adds one frame to the stack.");
            }
        }
    }

    private void Room(int frames)
    {
        if (_actions.Length < frames)
        {
            int room = Math.Max(64, 2 * frames);
            Array.Resize(ref _frames, checked(room * Layout.FrameBytes));
            Array.Resize(ref _actions, room);
            Array.Resize(ref _rewards, room);
        }
    }
}
