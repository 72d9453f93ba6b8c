using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Files;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Core.Runs;

/// <summary>A policy that plays actions from an array, one row for each step, the same in every copy; it does not look at observations.</summary>
public sealed class RecordedActions : IPolicy
{
    private readonly NpyArray _actions;
    private readonly double[] _values;

    /// <summary>A policy of these actions.</summary>
    /// <param name="actions">
    /// Shape <c>[T, ...]</c>: T actions, each with as many numbers as the action space (an agent axis first if there are several agents, either those of one group or
    /// those of all groups one after the other); of type float32, float64, int32, int64 or uint8.
    /// </param>
    /// <param name="name">Where they come from.</param>
    /// <exception cref="GymkhanaException">The array has no rows or another type.</exception>
    public RecordedActions(NpyArray actions, string name)
    {
        ArgumentNullException.ThrowIfNull(actions);
        Name = name;
        _actions = actions;
        if (actions.Shape.Length == 0 || actions.Shape[0] == 0)
        {
            throw new GymkhanaException($"'{name}' holds {actions}, expected at least one row of actions. Save an array of shape [steps, numbers of one action].");
        }

        Length = checked((int)actions.Shape[0]);
        _values = Widen(actions, name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>How many steps there are actions for.</summary>
    public int Length { get; }

    /// <summary>Reads the actions of a <c>.npy</c> file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The policy.</returns>
    public static RecordedActions Read(string path) => new(NpyFile.Read(path), path);

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        AgentGroup agents = environment.Groups[group];
        int width = _values.Length / Length;
        int expected = NumbersOf(agents);
        int all = environment.Groups.Sum(NumbersOf);
        if (width != expected && width != all)
        {
            string others = all == expected ? string.Empty : $", or {all} for all its groups";
            throw new PolicyMismatchException($"'{Name}' holds {_actions}: {width} numbers for each step, but {environment.Spec.Id} expects {expected} ({agents.ActionSpace}){others}. Look at 'gymkhana envs {environment.Spec.Id}'.");
        }

        int first = width == expected ? 0 : environment.Groups.Take(group).Sum(NumbersOf);
        DemandAllowed(environment, agents, width, first, expected);
        return new Actor(this, agents.Actions, first);
    }

    private static int NumbersOf(AgentGroup group) => group.Agents.Length * group.ActionSpace.Size;

    // A choice must be one there is; a box is left to the environment, which says itself what it does beyond the bounds.
    private void DemandAllowed(IEnvironment environment, AgentGroup agents, int width, int first, int count)
    {
        bool isBox = agents.ActionSpace is BoxSpace;
        for (int i = 0; i < _values.Length; i++)
        {
            if (i % width < first || i % width >= first + count) continue;
            double value = _values[i];
            if (isBox ? !double.IsFinite(value) : !agents.ActionSpace.Allows(((i % width) - first) % agents.ActionSpace.Size, value))
            {
                throw new PolicyMismatchException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{Name}' has {value} in row {i / width}, which is no action of {environment.Spec.Id} ({agents.ActionSpace}). Correct the row."));
            }
        }
    }

    private static double[] Widen(NpyArray actions, string name)
    {
        NpyType type = actions.Type;
        return type == NpyType.Of<float>() ? Array.ConvertAll(actions.ToArray<float>(), v => (double)v)
            : type == NpyType.Of<double>() ? actions.ToArray<double>()
            : type == NpyType.Of<int>() ? Array.ConvertAll(actions.ToArray<int>(), v => (double)v)
            : type == NpyType.Of<long>() ? Array.ConvertAll(actions.ToArray<long>(), v => (double)v)
            : type == NpyType.Of<byte>() ? Array.ConvertAll(actions.ToArray<byte>(), v => (double)v)
            : throw new GymkhanaException($"'{name}' holds {type}, expected float32, float64, int32, int64 or uint8. Convert it with NumPy's .astype.");
    }

    private sealed class Actor(RecordedActions policy, Batch actions, int first) : IActor
    {
        private int _step;

        public void Reset(ReadOnlySpan<ulong> seeds) => _step = 0;

        public void Act()
        {
            int width = policy._values.Length / policy.Length;
            int row = (Math.Min(_step++, policy.Length - 1) * width) + first;
            for (int copy = 0; copy < actions.Count; copy++)
            {
                for (int agent = 0; agent < actions.Agents; agent++)
                {
                    for (int i = 0; i < actions.Features; i++)
                    {
                        actions.Write(agent, i, copy, policy._values[row + (agent * actions.Features) + i]);
                    }
                }
            }
        }

        // The rows go on across episodes: they were recorded that way.
        public void EpisodeEnded(int copy)
        {
        }
    }
}
