using Gymkhana.Tensors;

namespace Gymkhana.Learning.Offline;

/// <summary>
/// Conservative Q-learning for discrete actions (Kumar et al. 2020, arXiv 2006.04779, CQL(H)): DQN whose loss also pushes down the
/// values of all actions, softly the largest most, and lifts those of the actions in the data: + α mean(ln Σ_a e^Q(s,a) − Q(s, a_data)).
/// </summary>
/// <remarks>docs/algorithms/cql.md.</remarks>
public sealed class DiscreteCql : Dqn
{
    private readonly float _alpha;

    /// <summary>A learner at its beginning.</summary>
    /// <param name="network">A network with a value head.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="threads">Threads that share the work.</param>
    public DiscreteCql(ActionNetwork network, OfflineSettings settings, int threads)
        : base(network, settings, threads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _alpha = (float)settings.Alpha;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["loss", "meanValue", "agreement", "conservativeLoss"];

    /// <summary>α mean(ln Σ_a e^Q(s,a) − Q(s, a_data)).</summary>
    /// <param name="values">Q(s, ·), [N, A].</param>
    /// <param name="taken">Q(s, a_data), [N, 1].</param>
    /// <param name="alpha">α.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Conservative(Tensor values, Tensor taken, float alpha) => (values.LogSumExp(1, keepDimensions: true) - taken).Mean() * alpha;

    private protected override Tensor? Conserve(Tensor values, Tensor taken) => Conservative(values, taken, _alpha);
}
