using Gymkhana.Core.Environments;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// What the agents of some copies saw and could hear in some steps, row by row: row = step × copies + copy. Steps may be a ring: the
/// step before the first is the last.
/// </summary>
internal sealed class TeamMoments
{
    private readonly float[][] _heard;

    public TeamMoments(TeamLayout layout, int steps, int copies)
    {
        Layout = layout;
        Steps = steps;
        Copies = copies;
        int rows = checked(steps * copies);
        Seen = [.. layout.Members.Select(m => new float[checked(rows * m.Agents * m.Size)])];
        _heard = layout.IsDelayed ? [.. layout.Members.Select(m => new float[m.FirstTalker < 0 ? 0 : rows * m.Agents * m.Size])] : Seen;
        Links = new float[rows * layout.Talkers * layout.Talkers];
        Edges = new float[checked(rows * layout.EdgeSize)];
        State = new float[checked(rows * layout.StateSize)];
        Ages = new int[rows];
    }

    public TeamLayout Layout { get; }

    public int Steps { get; }

    public int Copies { get; }

    /// <summary>Of each group of members, [rows, agents, size].</summary>
    public float[][] Seen { get; }

    /// <summary>[rows, receivers, senders].</summary>
    public float[] Links { get; }

    /// <summary>[rows, receivers, senders, F].</summary>
    public float[] Edges { get; }

    /// <summary>[rows, size].</summary>
    public float[] State { get; }

    /// <summary>Steps of the episode before each row's.</summary>
    public int[] Ages { get; }

    /// <summary>What the messages that are heard now are made of; of the group's own observations without a delay.</summary>
    public float[] Heard(int member) => _heard[member];

    /// <summary>The row of the same copy some steps earlier.</summary>
    public int Earlier(int row, int steps)
    {
        int earlier = row - (steps * Copies);
        return earlier >= 0 ? earlier : earlier + (Steps * Copies);
    }

    /// <summary>Takes down what is seen and heard now.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="step">Which step.</param>
    /// <param name="firstCopy">Where its copies begin among all.</param>
    /// <param name="ages">Steps of the episode of each of its copies so far.</param>
    public void Read(IEnvironment environment, int step, int firstCopy, ReadOnlySpan<int> ages)
    {
        int row = (step * Copies) + firstCopy;
        ages.CopyTo(Ages.AsSpan(row));
        for (int m = 0; m < Seen.Length; m++)
        {
            TeamMembers members = Layout.Members[m];
            Rows(environment.Groups[members.Group].Observations.As<float>(), Seen[m], row);
        }

        if (environment is ICommunicating talking && Layout.Talkers > 0)
        {
            Rows(talking.Links, Links, row);
            Rows(talking.LinkFeatures, Edges, row);
            for (int t = 0; Layout.IsDelayed && t < Layout.Talking.Length; t++)
            {
                Rows(talking.HeardObservations(t), _heard[Layout.Members.IndexOf(Layout.Talking[t])], row);
            }
        }

        if (Layout.StateSize > 0)
        {
            Rows(((IGlobalState)environment).GlobalState, State, row);
        }
    }

    /// <summary>Takes down the last moment of episodes that have just ended, as far as a critic looks at it.</summary>
    public void ReadFinal(IEnvironment environment)
    {
        for (int m = 0; m < Seen.Length; m++)
        {
            Rows(environment.Groups[Layout.Members[m].Group].FinalObservations.As<float>(), Seen[m], 0);
        }

        if (Layout.StateSize > 0)
        {
            Rows(((IGlobalState)environment).FinalGlobalState, State, 0);
        }
    }

    /// <summary>Copies the last steps before the first ones of another rollout.</summary>
    public void KeepLast(int steps)
    {
        int from = (Steps - steps) * Copies, rows = steps * Copies;
        for (int m = 0; m < Seen.Length && rows > 0; m++)
        {
            Keep(Seen[m], from, rows);
            if (Layout.IsDelayed) Keep(_heard[m], from, rows);
        }

        Keep(Links, from, rows);
        Keep(Edges, from, rows);
        Array.Copy(Ages, from, Ages, 0, rows);
    }

    /// <summary>Writes the last steps, which come before the next rollout.</summary>
    public void SaveLast(BinaryWriter writer, int steps)
    {
        foreach (float[] values in Remembered())
        {
            foreach (float value in values.AsSpan(values.Length / Steps * (Steps - steps)))
            {
                writer.Write(value);
            }
        }

        foreach (int age in Ages.AsSpan((Steps - steps) * Copies))
        {
            writer.Write(age);
        }
    }

    /// <summary>Reads what <see cref="SaveLast"/> wrote.</summary>
    public void LoadLast(BinaryReader reader, int steps)
    {
        foreach (float[] values in Remembered())
        {
            foreach (ref float value in values.AsSpan(values.Length / Steps * (Steps - steps)))
            {
                value = reader.ReadSingle();
            }
        }

        foreach (ref int age in Ages.AsSpan((Steps - steps) * Copies))
        {
            age = reader.ReadInt32();
        }
    }

    private IEnumerable<float[]> Remembered() => [.. Seen, .. Layout.IsDelayed ? _heard : [], Links, Edges];

    private void Keep(float[] values, int firstRow, int rows)
    {
        int size = values.Length / (Steps * Copies);
        Array.Copy(values, firstRow * size, values, 0, rows * size);
    }

    // [agent, feature, copy] to [copy, agent, feature].
    private static void Rows(Batch<float> batch, float[] to, int firstRow)
    {
        int size = batch.Agents * batch.Features;
        for (int agent = 0; agent < batch.Agents; agent++)
        {
            for (int feature = 0; feature < batch.Features; feature++)
            {
                ReadOnlySpan<float> lane = batch.Lane(feature, agent);
                int at = (firstRow * size) + (agent * batch.Features) + feature;
                foreach (float value in lane)
                {
                    to[at] = value;
                    at += size;
                }
            }
        }
    }
}
