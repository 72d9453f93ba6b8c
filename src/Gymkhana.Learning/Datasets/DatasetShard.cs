using System.Collections.Immutable;
using Gymkhana.Core;
using Gymkhana.Core.Files;

namespace Gymkhana.Learning.Datasets;

/// <summary>One episode of a dataset, without its observations.</summary>
/// <param name="Start">The transition of its shard at which it begins.</param>
/// <param name="Length">Its transitions.</param>
/// <param name="Return">Undiscounted sum of its rewards.</param>
/// <param name="Terminated">Whether it ended by the task's own rules.</param>
/// <param name="Behaviour">Which of the manifest's behaviours acted; 0 where there is no manifest.</param>
public readonly record struct EpisodeSummary(int Start, int Length, double Return, bool Terminated, int Behaviour);

/// <summary>One file of a dataset: what is known of it while it is not in memory, and how to read it.</summary>
public abstract class DatasetShard
{
    private protected DatasetShard(string path, int index)
    {
        Path = path;
        Index = index;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its number among the dataset's shards, damaged ones included.</summary>
    public int Index { get; }

    /// <summary>Its name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Its transitions.</summary>
    public int Transitions { get; private protected set; }

    /// <summary>Its episodes, in order; together they are all its transitions.</summary>
    public ImmutableArray<EpisodeSummary> Episodes { get; private protected set; } = [];

    /// <summary>How often each action was chosen in it.</summary>
    public ImmutableArray<long> ActionCounts { get; private protected set; } = [];

    /// <summary>Bytes that its observations take in memory.</summary>
    public long LoadedBytes { get; private protected set; }

    /// <summary>Returns of its episodes from their beginnings, discounted.</summary>
    /// <param name="discount">γ.</param>
    /// <returns>Σ γᵗ r of each episode.</returns>
    /// <exception cref="DatasetException">The file cannot be read.</exception>
    public double[] DiscountedReturns(double discount)
    {
        double[] rewards = Guard(() =>
        {
            using NpzReader reader = new(Path);
            return ReadRewards(reader, ShardArrays.Rewards, Transitions);
        });
        double[] returns = new double[Episodes.Length];
        for (int episode = 0; episode < returns.Length; episode++)
        {
            EpisodeSummary summary = Episodes[episode];
            for (int t = summary.Start + summary.Length - 1; t >= summary.Start; t--)
            {
                returns[episode] = rewards[t] + (discount * returns[episode]);
            }
        }

        return returns;
    }

    /// <summary>Reads the whole file and checks everything in it.</summary>
    /// <returns>Its transitions.</returns>
    /// <exception cref="DatasetException">It is missing, damaged or not what the dataset says.</exception>
    public ShardContent Load() => Guard(() =>
    {
        using NpzReader reader = new(Path);
        return Load(reader);
    });

    private protected abstract ShardContent Load(NpzReader reader);

    /// <summary>Turns what went wrong with a file into a line about this shard.</summary>
    private protected static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DatasetException)
        {
            throw;
        }
        catch (Exception cause) when (cause is GymkhanaException or IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new DatasetException($"Shard {cause.Message.ReplaceLineEndings(" ")} To go on without such shards, set skip-damaged=true.", cause);
        }
    }

    private protected DatasetException Wrong(string what) =>
        new($"Shard {Path}: {what}. Copy or collect it again, or set skip-damaged=true to go on without such shards.");

    /// <summary>Reads an array of one number for each transition, whatever its number type; [T] or [T, 1].</summary>
    private protected double[] Numbers(NpzReader reader, string name)
    {
        NpyArray array = reader.Read(name);
        if (array.Shape.Length is 0 or > 2 || (array.Shape.Length == 2 && array.Shape[1] != 1))
        {
            throw Wrong($"'{name}' is {array}, expected one number for each transition");
        }

        double[] numbers = new double[array.Count];
        switch (array.Type.Kind, array.Type.Size)
        {
            case (NpyKind.Boolean, _) or (NpyKind.Natural, 1): Fill(array.Bytes.Span, numbers, v => v); break;
            case (NpyKind.Whole, 1): Fill(array.AsSpan<sbyte>(), numbers, v => v); break;
            case (NpyKind.Whole, 2): Fill(array.AsSpan<short>(), numbers, v => v); break;
            case (NpyKind.Whole, 4): Fill(array.AsSpan<int>(), numbers, v => v); break;
            case (NpyKind.Whole, 8): Fill(array.AsSpan<long>(), numbers, v => v); break;
            case (NpyKind.Natural, 2): Fill(array.AsSpan<ushort>(), numbers, v => v); break;
            case (NpyKind.Natural, 4): Fill(array.AsSpan<uint>(), numbers, v => v); break;
            case (NpyKind.Natural, 8): Fill(array.AsSpan<ulong>(), numbers, v => v); break;
            case (NpyKind.Real, 2): Fill(array.AsSpan<Half>(), numbers, v => (double)v); break;
            case (NpyKind.Real, 4): Fill(array.AsSpan<float>(), numbers, v => v); break;
            case (NpyKind.Real, 8): Fill(array.AsSpan<double>(), numbers, v => v); break;
            default: throw Wrong($"'{name}' is {array}, expected numbers");
        }

        return numbers;
    }

    /// <summary>The actions: whole numbers from 0.</summary>
    private protected int[] ReadActions(NpzReader reader, string name)
    {
        double[] numbers = Numbers(reader, name);
        int[] actions = new int[numbers.Length];
        for (int i = 0; i < actions.Length; i++)
        {
            if (!(numbers[i] is >= 0 and <= ushort.MaxValue) || numbers[i] != Math.Floor(numbers[i]))
            {
                throw Wrong(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{name}' holds {numbers[i]} at place {i}, expected the number of an action, from 0"));
            }

            actions[i] = (int)numbers[i];
        }

        return actions;
    }

    /// <summary>The rewards, all finite.</summary>
    private protected double[] ReadRewards(NpzReader reader, string name, int count)
    {
        double[] rewards = Numbers(reader, name);
        DemandCount(name, rewards.Length, count);
        int bad = Array.FindIndex(rewards, r => !float.IsFinite((float)r));
        return bad < 0 ? rewards : throw Wrong($"'{name}' holds a value at place {bad} that is not a finite number");
    }

    private protected void DemandCount(string name, long got, long expected)
    {
        if (got != expected)
        {
            throw Wrong($"'{name}' has {got} rows, expected {expected}");
        }
    }

    private protected static ImmutableArray<long> Count(int[] actions)
    {
        long[] counts = new long[actions.Length == 0 ? 0 : actions.Max() + 1];
        foreach (int action in actions)
        {
            counts[action]++;
        }

        return [.. counts];
    }

    private static void Fill<T>(ReadOnlySpan<T> source, double[] numbers, Func<T, double> convert)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = convert(source[i]);
        }
    }
}
