using Gymkhana.Learning.Buffers;

namespace Gymkhana.Learning.Ppo;

/// <summary>Returns and lengths of the last 100 episodes that ended, in order of time and then of copy.</summary>
public sealed class RecentEpisodes
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 100;

    private readonly double[] _returns = new double[Capacity];
    private readonly int[] _lengths = new int[Capacity];
    private int _next;

    /// <summary>Episodes kept.</summary>
    public int Count { get; private set; }

    /// <summary>Episodes that ended in all.</summary>
    public long Ended { get; private set; }

    /// <summary>Mean return of those kept, NaN where there is none.</summary>
    public double MeanReturn
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += _returns[i];
            }

            return sum / Count;
        }
    }

    /// <summary>Mean length of those kept, steps; NaN where there is none.</summary>
    public double MeanLength
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += _lengths[i];
            }

            return sum / Count;
        }
    }

    /// <summary>Takes in the episodes that ended in a rollout.</summary>
    /// <param name="rollout">The rollout.</param>
    public void Add(RolloutBuffer rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        for (int i = 0; i < rollout.Count; i++)
        {
            if (rollout.EpisodeLengths[i] > 0)
            {
                _returns[_next] = rollout.EpisodeReturns[i];
                _lengths[_next] = rollout.EpisodeLengths[i];
                _next = (_next + 1) % Capacity;
                Count = Math.Min(Count + 1, Capacity);
                Ended++;
            }
        }
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_next);
        writer.Write(Count);
        writer.Write(Ended);
        for (int i = 0; i < Capacity; i++)
        {
            writer.Write(_returns[i]);
            writer.Write(_lengths[i]);
        }
    }

    internal void Load(BinaryReader reader)
    {
        _next = reader.ReadInt32();
        Count = reader.ReadInt32();
        Ended = reader.ReadInt64();
        if (_next is < 0 or >= Capacity || Count is < 0 or > Capacity)
        {
            throw new ArgumentException("impossible numbers of episodes");
        }

        for (int i = 0; i < Capacity; i++)
        {
            _returns[i] = reader.ReadDouble();
            _lengths[i] = reader.ReadInt32();
        }
    }
}
