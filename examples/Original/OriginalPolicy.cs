using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Examples.Original;

/// <summary>A genome of the original program as a policy for Walker-v0.</summary>
/// <param name="name">Name for tables.</param>
/// <param name="genome">The genome.</param>
internal sealed class OriginalPolicy(string name, OriginalGenome genome) : IPolicy
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        AgentGroup agents = environment.Groups[group];
        if (environment is not WalkerEnvironment walker || genome.Inputs != agents.ObservationSpace.Size || genome.Outputs != agents.ActionSpace.Size)
        {
            throw new PolicyMismatchException(
                $"'{Name}' has {genome.Inputs} inputs and {genome.Outputs} outputs for {WalkerPage.Id}, but {environment.Spec.Id} has "
                + $"{agents.ObservationSpace.Size} observations and {agents.ActionSpace.Size} actions. Give a genome that the program Walker saved.");
        }

        return new Actor(new OriginalNetwork(genome), walker, agents);
    }

    private sealed class Actor(OriginalNetwork network, WalkerEnvironment environment, AgentGroup group) : IActor
    {
        // In the original a muscle's length counts as 0 until its first step, so the first reading of the body is (0 − 100)/40.
        private const float FirstReading = -2.5f;
        private const int MuscleReadings = 7;
        private readonly Batch<float> _observations = group.Observations.As<float>();
        private readonly Batch<float> _actions = group.Actions.As<float>();
        private readonly int[] _step = new int[environment.Count];
        private readonly float[] _inputs = new float[group.ObservationSpace.Size];
        private readonly float[] _outputs = new float[group.ActionSpace.Size];

        public void Reset(ReadOnlySpan<ulong> seeds) => Array.Clear(_step);

        public void EpisodeEnded(int copy) => _step[copy] = 0;

        public void Act()
        {
            for (int copy = 0; copy < _step.Length; copy++)
            {
                for (int i = 0; i < _inputs.Length; i++)
                {
                    _inputs[i] = _observations[0, i, copy];
                }

                if (_step[copy]++ == environment.Options.Delay.Low)
                {
                    _inputs.AsSpan(MuscleReadings).Fill(FirstReading);
                }

                network.Activate(_inputs, _outputs);
                for (int o = 0; o < _outputs.Length; o++)
                {
                    _actions[0, o, copy] = _outputs[o];
                }
            }
        }
    }
}
