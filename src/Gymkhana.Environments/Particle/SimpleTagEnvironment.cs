using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Scenes;
using Gymkhana.Core.Simd;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// simple_tag_v3: slow hunters chase fast prey among obstacles. Seed for seed the world of MPE2, with classes of hunters that see different things, links
/// between them, and scripts that may act for either side. <see cref="SimpleTagPage"/> documents it.
/// </summary>
public sealed unsafe class SimpleTagEnvironment : ParticleEnvironment, ICommunicating
{
    internal const double HunterRadius = 0.075;
    internal const double PreyRadius = 0.05;
    internal const double ObstacleRadius = 0.2;
    internal const int LinkFeatureCount = 5;

    private readonly ITagJudge _judge;
    private readonly ITagMoves _moves;
    private readonly ulong[] _moveKeys;
    private readonly ulong[] _linkKeys;
    private readonly int _width;
    private ITagLinks? _links;
    private Batch<float>? _linkWeights;
    private ImmutableArray<Batch<float>> _heard = [];

    /// <summary>A batch of games.</summary>
    /// <param name="options">Options.</param>
    /// <param name="count">Copies, at least 1.</param>
    public SimpleTagEnvironment(SimpleTagOptions options, int count)
        : this(options, count, WideWidth.Best)
    {
    }

    internal SimpleTagEnvironment(SimpleTagOptions options, int count, int width)
        : this(options, TeamOf(options), count, width)
    {
    }

    private SimpleTagEnvironment(SimpleTagOptions options, TagTeam team, int count, int width)
        : base(LayoutOf(options, team), count, width)
    {
        Options = options;
        Team = team;
        _width = width;
        int groups = options.HunterScript == TagScript.External ? Groups.Length - (options.PreyScript == TagScript.External ? 1 : 0) : 0;
        TalkingGroups = [.. Enumerable.Range(0, groups)];
        AgentGroup? prey = options.PreyScript == TagScript.External ? Groups[^1] : null;
        _judge = WideWidth.DispatchDouble(width, new JudgeFactory(team, new TagOutcome([.. TalkingGroups.Select(g => Groups[g])], prey, Figures)));
        _moves = WideWidth.DispatchDouble(width, new MovesFactory(team, Bodies));
        _moveKeys = new ulong[count];
        _linkKeys = new ulong[count];
    }

    /// <summary>How the environment is found and made.</summary>
    public static EnvironmentRegistration Registration { get; } = new(
        SimpleTagPage.Id, SimpleTagPage.Summary, SimpleTagOptions.Schema, (values, count) => new SimpleTagEnvironment(SimpleTagOptions.From(values), count));

    /// <summary>The options it was made with.</summary>
    public SimpleTagOptions Options { get; }

    /// <inheritdoc/>
    public int Talkers => Team.Hunters;

    /// <inheritdoc/>
    public ImmutableArray<int> TalkingGroups { get; }

    /// <inheritdoc/>
    public double TalkRange => Options.TalkRange;

    /// <inheritdoc/>
    public int TalkDelay => Options.TalkDelay;

    /// <inheritdoc/>
    public ImmutableArray<string> LinkFeatureNames { get; } = ["x", "y", "distance", "velocity-x", "velocity-y"];

    /// <inheritdoc/>
    public bool KeepsLinks
    {
        get;
        set
        {
            field = value;
            if (value && _links is null)
            {
                _links = WideWidth.DispatchDouble(_width, new LinksFactory(Team, Options, Count));
                _linkWeights = new Batch<float>(Team.Hunters, Team.Hunters, Count);
                _heard = Options.TalkDelay == 0
                    ? [.. TalkingGroups.Select(g => Groups[g].Observations.As<float>())]
                    : [.. TalkingGroups.Select(g => new Batch<float>(Groups[g].Agents.Length, Groups[g].Observations.Features, Count))];
            }
        }
    }

    /// <inheritdoc/>
    public Batch<float> Links => Kept.Links;

    /// <inheritdoc/>
    public Batch<float> LinkFeatures => Kept.Features;

    /// <inheritdoc/>
    public Batch<float> LinkWeights => _linkWeights ?? throw NotKept();

    /// <inheritdoc/>
    public bool HasLinkWeights { get; set; }

    /// <summary>The two sides.</summary>
    internal TagTeam Team { get; }

    /// <inheritdoc/>
    private protected override int SuccessRow => Options.TerminateOnSuccess ? Team.Success : -1;

    private ITagLinks Kept => _links ?? throw NotKept();

    /// <inheritdoc/>
    public Batch<float> HeardObservations(int talkingGroup) => _links is null ? throw NotKept() : _heard[talkingGroup];

    /// <summary>Lets a script act for a group: writes its actions for every copy.</summary>
    /// <param name="script">Not External and not Random, and one for that side.</param>
    /// <param name="group">Index of the group.</param>
    internal void WriteActions(TagScript script, int group)
    {
        AgentGroup agents = Groups[group];
        for (int block = 0; block < Blocks; block++)
        {
            double* rows = Block(block);
            _moves.Choose(rows, script);
            for (int agent = 0; agent < agents.Agents.Length; agent++)
            {
                double* move = rows + Rows.Move(Members[group].First + agent);
                WriteActions(agents.Actions, agent, block * ParticleRows.Lanes, LanesOf(block), move);
            }
        }
    }

    /// <inheritdoc/>
    private protected override void Seeded(ReadOnlySpan<ulong> seeds)
    {
        for (int copy = 0; copy < Count; copy++)
        {
            _moveKeys[copy] = StreamKey.Mix(seeds[copy], (ulong)StreamPurpose.Dynamics);
            _linkKeys[copy] = StreamKey.Mix(seeds[copy], (ulong)StreamPurpose.Sensing);
        }
    }

    /// <inheritdoc/>
    private protected override void Act(double* rows, int block)
    {
        Act(rows, block, Options.HunterScript, 0, Team.Hunters);
        Act(rows, block, Options.PreyScript, Team.Hunters, Team.Prey);
    }

    /// <inheritdoc/>
    private protected override void Judge(double* rows, int firstCopy) => _judge.Judge(rows, firstCopy);

    /// <inheritdoc/>
    private protected override void Clear(double* rows, int lane)
    {
        for (int row = 0; row < Team.Count; row++)
        {
            rows[Rows.Own + (row * ParticleRows.Lanes) + lane] = 0;
        }
    }

    /// <inheritdoc/>
    private protected override void Remember(int block)
    {
        if (KeepsLinks && Options.TalkDelay > 0)
        {
            foreach (int group in TalkingGroups)
            {
                CopyBlock(Groups[group].Observations.As<float>(), _heard[group], block);
            }
        }
    }

    /// <inheritdoc/>
    private protected override void Connect(int block, uint fresh)
    {
        if (!KeepsLinks || _links is null)
        {
            return;
        }

        int first = block * ParticleRows.Lanes;
        _links.Build(Block(block), block, fresh, _linkKeys.AsSpan(first, LanesOf(block)), Ticks);
        for (int lane = 0; lane < LanesOf(block) && Options.TalkDelay > 0; lane++)
        {
            for (int group = 0; (fresh & (1u << lane)) != 0 && group < _heard.Length; group++)
            {
                ClearColumn(_heard[group], first + lane);
            }
        }
    }

    /// <inheritdoc/>
    private protected override void Paint(ParticlePicture picture, Scene scene) => SimpleTagScene.Add(scene, this, picture);

    private static TagTeam TeamOf(SimpleTagOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TagTeam(options, new ParticleRows(options.Hunters + options.Prey, options.Obstacles));
    }

    private static ParticleLayout LayoutOf(SimpleTagOptions options, TagTeam team)
    {
        options.Validate();
        ImmutableArray<string> shaping = options.DistanceShaping ? ["shaping"] : [];
        var members = ImmutableArray.CreateBuilder<ParticleMembers>();
        if (options.HunterScript == TagScript.External)
        {
            int first = 0;
            ImmutableArray<HunterClass> classes = options.Classes.IsEmpty ? [new HunterClass(HunterClass.Plain, [], team.Hunters)] : options.Classes;
            foreach (HunterClass hunters in classes.Where(c => c.Count > 0))
            {
                members.Add(new ParticleMembers(hunters.Name, first, Names(HunterClass.Plain, first, hunters.Count), ["touch", .. shaping]));
                first += hunters.Count;
            }
        }

        if (options.PreyScript == TagScript.External)
        {
            members.Add(new ParticleMembers(HunterClass.PreyGroup, team.Hunters, Names(HunterClass.PreyGroup, 0, team.Prey), ["touch", "bounds", .. shaping]));
        }

        return new ParticleLayout
        {
            Spec = SimpleTagPage.Spec(options),
            Bodies = BodiesOf(options),
            Members = members.ToImmutable(),
            Plans = TagPlans.Of(options, team),
            GlobalPlan = TagPlans.Global(team),
            OwnRows = team.Count,
            ContinuousActions = options.ContinuousActions,
        };
    }

    private static ParticleBodies BodiesOf(SimpleTagOptions options)
    {
        ImmutableArray<T> Each<T>(T hunter, T prey) => [.. Enumerable.Repeat(hunter, options.Hunters), .. Enumerable.Repeat(prey, options.Prey)];
        return new ParticleBodies
        {
            Radii = Each(HunterRadius, PreyRadius),
            Accelerations = Each(3.0, 4.0 * options.PreyVigour),
            MaxSpeeds = Each(1.0, 1.3 * options.PreyVigour),
            Landmarks = options.Obstacles,
            LandmarkRadius = ObstacleRadius,
            LandmarksCollide = true,
            LandmarkSpread = 0.9,
        };
    }

    private static ImmutableArray<string> Names(string name, int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"{name}_{i}")];

    private void Act(double* rows, int block, TagScript script, int first, int agents)
    {
        if (script == TagScript.External)
        {
            return;
        }

        if (script == TagScript.Random)
        {
            Draw(rows, block, first, agents);
        }
        else
        {
            _moves.Choose(rows, script);
        }

        Push(rows, first, agents);
    }

    // Four moves of 32 bits at a time; which of the 2³² words makes which move is uneven by 1e-9.
    private void Draw(double* rows, int block, int first, int agents)
    {
        int firstCopy = block * ParticleRows.Lanes;
        for (int lane = 0; lane < LanesOf(block); lane++)
        {
            ulong low = 0, high = 0;
            for (int i = 0; i < agents; i++)
            {
                if (i % 4 == 0) (low, high) = Philox.Block(Ticks, (ulong)(i / 4), _moveKeys[firstCopy + lane]);
                ulong half = i % 4 < 2 ? low : high;
                ulong word = (uint)(half >> (32 * (i & 1)));
                rows[Rows.Move(first + i) + lane] = (word * 5) >> 32;
            }
        }
    }

    private static void WriteActions(Batch actions, int agent, int first, int lanes, double* move)
    {
        if (actions is Batch<int> choices)
        {
            int* to = choices.Pointer + choices.IndexOf(agent, 0, first);
            for (int lane = 0; lane < lanes; lane++)
            {
                to[lane] = (int)move[lane];
            }

            return;
        }

        var numbers = (Batch<float>)actions;
        for (int number = 0; number < 5; number++)
        {
            float* to = numbers.Pointer + numbers.IndexOf(agent, number, first);
            for (int lane = 0; lane < lanes; lane++)
            {
                to[lane] = move[lane] == number ? 1 : 0;
            }
        }
    }

    private static void CopyBlock(Batch<float> source, Batch<float> destination, int block)
    {
        for (int row = 0; row < source.Agents * source.Features; row++)
        {
            int at = (row * source.Stride) + (block * ParticleRows.Lanes);
            source.Values.Slice(at, ParticleRows.Lanes).CopyTo(destination.Values[at..]);
        }
    }

    private static void ClearColumn(Batch<float> batch, int copy)
    {
        for (int row = 0; row < batch.Agents * batch.Features; row++)
        {
            batch.Pointer[(row * batch.Stride) + copy] = 0;
        }
    }

    private static InvalidOperationException NotKept() => new("Links are not kept. Set KeepsLinks before Reset.");

    private sealed class JudgeFactory(TagTeam team, TagOutcome outcome) : IWideDoubleFactory<ITagJudge>
    {
        public ITagJudge Create<TWide>()
            where TWide : unmanaged, IWideDouble<TWide> => new TagJudge<TWide>(team, outcome);
    }

    private sealed class MovesFactory(TagTeam team, ParticleBodies bodies) : IWideDoubleFactory<ITagMoves>
    {
        public ITagMoves Create<TWide>()
            where TWide : unmanaged, IWideDouble<TWide> => new TagMoves<TWide>(team, bodies);
    }

    private sealed class LinksFactory(TagTeam team, SimpleTagOptions options, int copies) : IWideDoubleFactory<ITagLinks>
    {
        public ITagLinks Create<TWide>()
            where TWide : unmanaged, IWideDouble<TWide> => new TagLinks<TWide>(team, options, copies);
    }
}
