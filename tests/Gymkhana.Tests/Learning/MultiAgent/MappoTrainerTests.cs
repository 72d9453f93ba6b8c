using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Particle;
using Gymkhana.Learning.MultiAgent;

namespace Gymkhana.Tests.Learning.MultiAgent;

public sealed class MappoTrainerTests
{
    // Every part of the state is used by one of them; copies do not divide by threads, rollouts not by restarts nor episodes.
    private static readonly Dictionary<string, (TeamMethod Method, EnvironmentRegistration World, string Settings, string WorldSettings)> Cases = new(StringComparer.Ordinal)
    {
        ["gatv2"] = (TeamMethod.Mappo, SimpleTagEnvironment.Registration, "", Classes + " prey=random comm_range=1 max_cycles=7"),
        ["transformer"] = (TeamMethod.Mappo, SimpleTagEnvironment.Registration, "messages=transformer frames=3 critic=shared", Classes + " prey=flee comm_range=1 comm_delay=1 max_cycles=9"),
        ["mixture"] = (TeamMethod.Mappo, SimpleTagEnvironment.Registration, "messages=gcn mixture=adversaries=A:3,B:1+num_good=2/adversaries=A:0,B:2+num_obstacles=4", Classes + " prey=random comm_range=1 max_cycles=7"),
        ["delayed"] = (TeamMethod.Mappo, SimpleTagEnvironment.Registration, "messages=tarmac", Classes + " comm_delay=1 max_cycles=9"),
        ["ippo"] = (TeamMethod.Ippo, SimpleSpreadEnvironment.Registration, "", "continuous_actions=true max_cycles=7"),
        ["reinforce"] = (TeamMethod.Reinforce, SimpleTagEnvironment.Registration, "", Classes + " prey=random comm_dropout=0.2 max_cycles=7"),
    };

    private const string Classes = "classes=A:self+landmarks,B:self+prey adversaries=A:2,B:1";

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Advance_AnyThreads_GivesTheSameBytes(string name)
    {
        using MappoTrainer one = Trainer(name), three = Trainer(name, threads: 3);
        for (int update = 0; update < 3; update++)
        {
            Assert.Equal(one.Advance().Metrics, three.Advance().Metrics);
        }

        Assert.Equal(State(one), State(three));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Resume_AfterAnyUpdate_EndsLikeATrainingNeverStopped(string name)
    {
        using MappoTrainer whole = Trainer(name);
        MappoTrainer resumed = Trainer(name);
        for (int update = 0; update < 5; update++)
        {
            TrainingReport expected = whole.Advance(), actual = resumed.Advance();
            Assert.Equal(expected.Metrics, actual.Metrics);
            byte[] state = State(resumed);
            Assert.Equal(State(whole), state);
            using var memory = new MemoryStream(state);
            resumed = Trainer(name, 1 + (update % 2), memory);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public void Advance_OnceWarm_AllocatesLittleHoweverManyMoments(int copies)
    {
        const long Little = 4096; // the report of the update and what its sums over the squads take
        using MappoTrainer trainer = Trainer("gatv2", settings: $"copies={copies} updates=10000 minibatch={copies * 5}");
        trainer.Advance();
        Assert.InRange(Allocations.Least(() => trainer.Advance(), Little), 0, Little);
    }

    [Fact]
    public void Resume_DamagedState_IsOneLine()
    {
        using MappoTrainer trainer = Trainer("gatv2");
        trainer.Advance();
        byte[] state = State(trainer);
        for (int length = 0; length < state.Length; length += 1 + (state.Length / 20))
        {
            using var memory = new MemoryStream(state[..length]);
            Assert.DoesNotContain('\n', Assert.ThrowsAny<GymkhanaException>(() => Trainer("gatv2", 1, memory)).Message);
        }
    }

    [Fact]
    public void Advance_FirstUpdate_ReportsByClass()
    {
        using MappoTrainer trainer = Trainer("gatv2");
        TrainingReport report = trainer.Advance();
        Assert.Equal(4 * 10 * 3, report.AgentSteps);
        Assert.True(report.ChampionChanged);
        Assert.Superset(
            new HashSet<string> { "return", "touches", "touchesA", "touchesB", "entropy-A", "entropy-B", "approxKl-A", "explainedVariance-B", "validation", "validation-touchesA", "championValidation" },
            report.Metrics.Select(m => m.Name).ToHashSet());

        // Five moves of about equal probability, and nothing learned before the first step.
        Assert.Equal(Math.Log(5), report.Metrics.Single(m => m.Name == "entropy-A").Value, 0.05);
    }

    [Fact]
    public void Advance_Mixture_LearnsAndIsJudgedInEveryComposition()
    {
        using MappoTrainer trainer = Trainer("mixture");
        TrainingReport report = trainer.Advance();
        Assert.Equal(10 * ((1 * 3) + (1 * 4) + (2 * 2)), report.AgentSteps); // four copies among three compositions
        double Value(string name) => report.Metrics.Single(m => m.Name == name).Value;
        Assert.Equal((Value("validation") + Value("validation2") + Value("validation3")) / 3, Value("championValidation"), 1e-9);
        Interval champion = report.Metrics.Single(m => m.Name == "championValidation").Interval!.Value;
        Assert.True(champion.Contains(Value("championValidation")));
        Assert.All((string[])["entropy-A", "entropy-B"], name => Assert.Equal(Math.Log(5), Value(name), 0.05));
    }

    [Theory]
    [InlineData("adversaries", "KEY=VALUE")]
    [InlineData("hunters=7", "hunters")]
    [InlineData("adversaries=C:2", "C")]
    [InlineData("num_good=2/num_good=3/num_good=4/num_good=5", "copies")]
    public void Create_MixtureThatIsNone_IsOneLine(string mixture, string expected)
    {
        SettingValues task = WorldValues("gatv2", ""), values = Values("gatv2").With("mixture", mixture);
        string message = Assert.ThrowsAny<GymkhanaException>(() => new MappoTrainer(TeamMethod.Mappo, new TrainingContext(SimpleTagEnvironment.Registration, task, task, values, 1, 1))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("adversaries=A:3,B:1")]
    [InlineData("adversaries=A:0,B:2")]
    [InlineData("adversaries=A:3,B:3 num_good=2 num_obstacles=5")]
    public void Policy_OtherCompositionsWithTheSameWeights_Plays(string composition)
    {
        TeamPolicy policy = Policy("gatv2");
        EvaluationReport report = Play(policy, composition);
        Assert.Equal(8, report.Results.Length);
    }

    [Fact]
    public void Policy_BatchOfAnySize_PlaysTheSameEpisodes()
    {
        foreach (string name in (string[])["gatv2", "transformer", "delayed"])
        {
            foreach (MessageFate fate in Enum.GetValues<MessageFate>())
            {
                TeamPolicy policy = Policy(name).With(fate);
                Assert.Equal(Play(policy, "", name, batch: 3).Results.Select(r => r.Return), Play(policy, "", name, batch: 8).Results.Select(r => r.Return));
            }
        }
    }

    [Fact]
    public void Policy_MessagesCutOrShuffled_ActsOtherwise()
    {
        int[] kept = FirstMoves(MessageFate.Kept);
        Assert.Equal(kept, FirstMoves(MessageFate.Kept));
        Assert.NotEqual(kept, FirstMoves(MessageFate.Cut));
        Assert.NotEqual(kept, FirstMoves(MessageFate.Shuffled));
    }

    [Fact]
    public void Policy_WithAttention_ShowsItAndAllocatesNothing()
    {
        IEnvironment world = World("gatv2", "", 16);
        IActor actor = Policy("gatv2").CreateActor(world, 0);
        ulong[] seeds = [.. Enumerable.Range(0, 16).Select(i => (ulong)i)];
        world.Reset(seeds);
        actor.Reset(seeds);
        actor.Act();
        var talking = (ICommunicating)world;
        Assert.True(talking.HasLinkWeights);
        for (int copy = 0; copy < 16; copy++)
        {
            double sum = Enumerable.Range(0, 3).Sum(s => talking.LinkWeights[0, s, copy]);
            double heard = Enumerable.Range(0, 3).Sum(s => talking.Links[0, s, copy]);
            Assert.Equal(heard > 0 ? 1 : 0, sum, 1e-5);
        }

        Assert.Equal(0, Allocations.Least(actor.Act));
    }

    [Fact]
    public void PolicyFile_WrittenAndRead_ActsTheSame()
    {
        TeamPolicy policy = Policy("gatv2");
        using var memory = new MemoryStream();
        TeamPolicyFile.Write(policy, memory);
        memory.Position = 0;
        TeamPolicy read = TeamPolicyFile.Read(memory, "a file");
        Assert.Equal(policy.Origin.Settings.OrderBy(p => p.Key), read.Origin.Settings.OrderBy(p => p.Key));
        Assert.Equal(Play(policy, "").Results.Select(r => r.Return), Play(read, "").Results.Select(r => r.Return));
    }

    [Theory]
    [InlineData("classes=A:self+landmarks+prey,B:self+prey adversaries=A:2,B:1", "class A that sees self (4), landmarks (2), class (2)")]
    [InlineData("classes=C:self+prey adversaries=C:2", "C")]
    [InlineData("prey=external", "does not act for 'agent'")]
    public void Policy_WorldThatDoesNotFit_IsOneLine(string settings, string expected)
    {
        string message = Assert.ThrowsAny<GymkhanaException>(() => Play(Policy("gatv2"), settings)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Create_AWorldWithoutTalkOrState_IsOneLine()
    {
        EnvironmentRegistration pole = CartPole.Registration;
        string Message(TeamMethod method) => Assert.ThrowsAny<GymkhanaException>(
            () => new MappoTrainer(method, new TrainingContext(pole, pole.Schema.Defaults, pole.Schema.Defaults, MappoSettings.SchemaOf(method).Defaults, 1, 1))).Message;
        Assert.Contains("no agents here that hear each other", Message(TeamMethod.Mappo), StringComparison.Ordinal);
        Assert.Contains("no agents here that hear each other", Message(TeamMethod.Reinforce), StringComparison.Ordinal);
    }

    [Fact]
    public void PresetsFor_EveryMethod_HaveSettingsThatExist()
    {
        foreach (IAlgorithm algorithm in MappoAlgorithm.All)
        {
            Preset preset = Assert.Single(algorithm.PresetsFor(SimpleTagPage.Id));
            SettingValues task = SimpleTagEnvironment.Registration.Schema.Defaults.With(preset.Interface);
            using ITrainer trainer = algorithm.Start(new TrainingContext(SimpleTagEnvironment.Registration, task, task, algorithm.Schema.Defaults.With(preset.Algorithm), 1, 1));
            Assert.Equal(0, trainer.Iteration);
        }
    }

    private static int[] FirstMoves(MessageFate fate)
    {
        IEnvironment world = World("gatv2", "", 64);
        IActor actor = Policy("gatv2").With(fate).CreateActor(world, 0);
        ulong[] seeds = [.. Enumerable.Range(0, 64).Select(i => (ulong)i)];
        world.Reset(seeds);
        actor.Reset(seeds);
        actor.Act();
        return world.Groups[0].Actions.As<int>().Lane(0).ToArray();
    }

    // With first weights of the actor that make a difference.
    private static TeamPolicy Policy(string name)
    {
        (TeamMethod method, EnvironmentRegistration world, _, _) = Cases[name];
        MappoSettings settings = MappoSettings.From(method, Values(name), World(name, "", 1));
        var network = new TeamNetwork(settings.Team, new KeyedStream(5, 0, StreamPurpose.Initialization));
        foreach (Gymkhana.Tensors.Layers.NamedParameter parameter in network.Parameters)
        {
            if (parameter.Name.Contains("actor", StringComparison.Ordinal))
            {
                KeyedStream random = new(6, (ulong)parameter.Parameter.Shape.Count, StreamPurpose.Initialization);
                foreach (ref float value in parameter.Parameter.Values)
                {
                    value = (float)random.NextNormal();
                }
            }
        }

        return new TeamPolicy(network, name, new PolicyOrigin(world.Id, WorldValues(name, "").Changed));
    }

    private static EvaluationReport Play(TeamPolicy policy, string settings, string name = "gatv2", int batch = 5)
    {
        IPolicy[] policies = [.. Enumerable.Repeat(policy, World(name, settings, 1).Groups.Length)];
        return Evaluator.Evaluate(count => World(name, settings, count), policies, [.. Enumerable.Range(0, 8).Select(i => (ulong)i)], 1, batch);
    }

    private static MappoTrainer Trainer(string name, int threads = 1, Stream? checkpoint = null, string settings = "")
    {
        (TeamMethod method, EnvironmentRegistration world, _, _) = Cases[name];
        return new MappoTrainer(method, new TrainingContext(world, WorldValues(name, ""), WorldValues(name, ""), With(Values(name), settings), 7, threads), checkpoint);
    }

    private static IEnvironment World(string name, string more, int count) => Cases[name].World.Create(WorldValues(name, more), count);

    private static SettingValues WorldValues(string name, string more) => With(Cases[name].World.Schema.Defaults, $"{Cases[name].WorldSettings} {more}");

    private static SettingValues Values(string name)
    {
        string sizes = Cases[name].Method == TeamMethod.Reinforce ? "" : "minibatch=15";
        return With(MappoSettings.SchemaOf(Cases[name].Method).Defaults, $"copies=4 steps=10 epochs=2 updates=8 width=8 restart-steps=25 evaluate-every=3 validation-episodes=2 {sizes} {Cases[name].Settings}");
    }

    private static SettingValues With(SettingValues values, string assignments)
    {
        foreach (string assignment in assignments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            values = values.With(assignment[..equals], assignment[(equals + 1)..]);
        }

        return values;
    }

    private static byte[] State(MappoTrainer trainer)
    {
        using var memory = new MemoryStream();
        trainer.Save(memory);
        return memory.ToArray();
    }
}
