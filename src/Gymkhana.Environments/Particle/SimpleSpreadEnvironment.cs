using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// simple_spread_v3: as many agents as landmarks, each landmark to be covered, nobody to be run into. Seed for seed the world of MPE2.
/// <see cref="SimpleSpreadPage"/> documents it.
/// </summary>
public sealed unsafe class SimpleSpreadEnvironment : ParticleEnvironment
{
    internal const double AgentRadius = 0.15;
    internal const double LandmarkRadius = 0.05;
    private const int OwnRows = 2;

    private readonly ISpreadJudge _judge;

    /// <summary>A batch of games.</summary>
    /// <param name="options">Options.</param>
    /// <param name="count">Copies, at least 1.</param>
    public SimpleSpreadEnvironment(SimpleSpreadOptions options, int count)
        : this(options, count, WideWidth.Best)
    {
    }

    internal SimpleSpreadEnvironment(SimpleSpreadOptions options, int count, int width)
        : base(LayoutOf(options), count, width)
    {
        Options = options;
        _judge = WideWidth.DispatchDouble(width, new JudgeFactory(options, Rows.Own, Groups[0], Figures));
    }

    /// <summary>How the environment is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } = new(
        SimpleSpreadPage.Id, SimpleSpreadPage.Summary, SimpleSpreadOptions.Schema, (values, count) => new SimpleSpreadEnvironment(SimpleSpreadOptions.From(values), count));

    /// <summary>The options it was made with.</summary>
    public SimpleSpreadOptions Options { get; }

    /// <inheritdoc/>
    private protected override int SuccessRow => Options.TerminateOnSuccess ? Rows.Own + ParticleRows.Lanes : -1;

    /// <inheritdoc/>
    private protected override void Judge(double* rows, int firstCopy) => _judge.Judge(rows, firstCopy);

    /// <inheritdoc/>
    private protected override void Clear(double* rows, int lane) => rows[Rows.Own + lane] = 0;

    /// <inheritdoc/>
    private protected override void Paint(ParticlePicture picture, Scene scene) => SimpleSpreadScene.Add(scene, this, picture);

    private static ParticleLayout LayoutOf(SimpleSpreadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int agents = options.Agents;
        var rows = new ParticleRows(agents, agents);
        return new ParticleLayout
        {
            Spec = SimpleSpreadPage.Spec(options),
            Bodies = new ParticleBodies
            {
                Radii = [.. Enumerable.Repeat(AgentRadius, agents)],
                Accelerations = [.. Enumerable.Repeat(5.0, agents)],
                MaxSpeeds = [.. Enumerable.Repeat(double.PositiveInfinity, agents)],
                Landmarks = agents,
                LandmarkRadius = LandmarkRadius,
                LandmarksCollide = false,
                LandmarkSpread = 1,
            },
            Members = [new ParticleMembers("agent", 0, [.. Enumerable.Range(0, agents).Select(i => $"agent_{i}")], ["coverage", "collision"])],
            Plans = [.. Enumerable.Range(0, agents).Select(agent => PlanOf(options, rows, agent))],
            GlobalPlan = GlobalPlanOf(rows, agents),
            OwnRows = OwnRows,
            ContinuousActions = options.ContinuousActions,
        };
    }

    // As MPE2: own velocity, own place, landmarks, other agents, and two zeros for each of these, who say nothing.
    private static ObservationPlan PlanOf(SimpleSpreadOptions options, ParticleRows rows, int self)
    {
        int agents = options.Agents;
        int origin = ParticleRows.Place(self);
        var plan = new ObservationPlan.Builder(rows);
        plan.Pair(rows.Velocity(self)).Pair(origin).End("self", 4);
        if (options.AgentNeighbours >= 0 || options.LandmarkNeighbours >= 0)
        {
            var view = new NearestView(rows, self, agents, agents, options.LandmarkNeighbours, options.AgentNeighbours, 0, showsVelocity: false, plan.Count);
            plan.Fill(view, 2 * view.Landmarks).End("landmarks", 2);
            plan.Fill(view, 2 * view.Others).End("others", 2);
            return plan.Fill(view, 2 * view.Velocities).End("silence", 2).Build();
        }

        for (int landmark = agents; landmark < 2 * agents; landmark++)
        {
            plan.Relative(ParticleRows.Place(landmark), origin);
        }

        plan.End("landmarks", 2);
        for (int other = 0; other < agents; other++)
        {
            if (other != self) plan.Relative(ParticleRows.Place(other), origin);
        }

        plan.End("others", 2);
        for (int i = 0; i < 2 * (agents - 1); i++)
        {
            plan.Constant(one: false);
        }

        return plan.End("silence", 2).Build();
    }

    private static ObservationPlan GlobalPlanOf(ParticleRows rows, int agents)
    {
        var plan = new ObservationPlan.Builder(rows);
        for (int agent = 0; agent < agents; agent++)
        {
            plan.Pair(ParticleRows.Place(agent)).Pair(rows.Velocity(agent));
        }

        plan.End("agents", 4);
        for (int landmark = agents; landmark < 2 * agents; landmark++)
        {
            plan.Pair(ParticleRows.Place(landmark));
        }

        return plan.End("landmarks", 2).Build();
    }

    private sealed class JudgeFactory(SimpleSpreadOptions options, int own, AgentGroup group, Batch<double> figures) : IWideDoubleFactory<ISpreadJudge>
    {
        public ISpreadJudge Create<TWide>()
            where TWide : unmanaged, IWideDouble<TWide> => new SpreadJudge<TWide>(options, own, group, figures);
    }
}
