using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Particle;
using Gymkhana.Learning.MultiAgent;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Tests.Learning.MultiAgent;

/// <summary>Exported classes, each agent by itself with what it hears from the others, act as the team does.</summary>
public sealed class TeamExportTests
{
    private const int Steps = 40;

    [Theory]
    [InlineData(MessageKind.None, 1, "")]
    [InlineData(MessageKind.Mean, 1, "")]
    [InlineData(MessageKind.Gat, 1, "")]
    [InlineData(MessageKind.GatV2, 1, "")]
    [InlineData(MessageKind.GatV2, 1, "comm_delay=1")]
    [InlineData(MessageKind.GatV2, 1, "adversaries=A:1,B:0")]
    [InlineData(MessageKind.Tarmac, 1, "")]
    [InlineData(MessageKind.Transformer, 3, "")]
    [InlineData(MessageKind.Transformer, 3, "comm_delay=1")]
    public void ToOnnx_EachAgentByItself_ActsAsTheTeamDoes(MessageKind kind, int frames, string more)
    {
        IEnvironment world = World(more);
        TeamPolicy policy = Policy(kind, frames);
        Dictionary<int, OnnxSession> models = policy.ToOnnx(world, new OnnxPolicyForm(17, WithAction: true, OnnxPixelForm.Bytes))
            .ToDictionary(m => m.Group, m => new OnnxSession(OnnxModel.Load(m.Model.ToBytes("1.0.0"), OnnxLimits.Default, "agent.onnx")));
        var talking = (ICommunicating)world;
        talking.KeepsLinks = true;
        world.Reset([5]);
        IActor[] actors = [.. models.Keys.Select(g => policy.CreateActor(world, g))];
        Array.ForEach(actors, a => a.Reset([5]));
        (int Group, int Agent)[] agents = [.. models.Keys.SelectMany(g => Enumerable.Range(0, world.Groups[g].Agents.Length).Select(a => (g, a)))];
        List<float[][]> words = [];
        List<(float[] Links, float[] Edges)[]> heard = [];
        HashSet<long> choices = [];
        for (int step = 0; step < Steps; step++)
        {
            Array.ForEach(actors, a => a.Act());
            words.Add(kind == MessageKind.None ? [] : [.. agents.Select(a => models[a.Group].Run(Inputs(a, [])).Single(o => o.Key == "words").Value.AsSpan<float>().ToArray())]);
            heard.Add([.. agents.Select((_, receiver) => Received(receiver))]);
            for (int me = 0; me < agents.Length; me++)
            {
                (int group, int agent) = agents[me];
                long chosen = models[group].Run(Inputs(agents[me], Heard(me)))["action"].AsSpan<long>()[0];
                Assert.Equal(world.Groups[group].Actions.As<int>()[agent, 0, 0], chosen);
                choices.Add(chosen);
            }

            world.Step();
        }

        Assert.True(choices.Count > 1, "all choices were the same");

        (float[] Links, float[] Edges) Received(int receiver)
        {
            int numbers = talking.LinkFeatureNames.Length;
            int[] others = [.. Enumerable.Range(0, agents.Length).Where(a => a != receiver)];
            return ([.. others.Select(o => talking.Links[receiver, o, 0])], [.. others.SelectMany(o => Enumerable.Range(0, numbers).Select(f => talking.LinkFeatures[receiver, (o * numbers) + f, 0]))]);
        }

        // What arrived in the last frames: words said then, or the step before where they are delayed.
        Dictionary<string, OnnxTensor> Heard(int me)
        {
            int others = agents.Length - 1, width = policy.Network.Description.Width, numbers = talking.LinkFeatureNames.Length;
            if (kind == MessageKind.None || others == 0)
            {
                return [];
            }

            List<float> said = [], links = [], edges = [];
            for (int back = frames - 1; back >= 0; back--)
            {
                int then = words.Count - 1 - back;
                float[][]? spoken = then - talking.TalkDelay >= 0 ? words[then - talking.TalkDelay] : null;
                for (int other = 0; other < agents.Length; other++)
                {
                    if (other != me) said.AddRange(spoken?[other] ?? new float[width]);
                }

                links.AddRange(then >= 0 ? heard[then][me].Links : new float[others]);
                edges.AddRange(then >= 0 ? heard[then][me].Edges : new float[others * numbers]);
            }

            int[] time = frames > 1 ? [frames] : [];
            return new Dictionary<string, OnnxTensor>
            {
                ["heard"] = OnnxTensor.Create<float>([.. said], [1, .. time, others, width]),
                ["links"] = OnnxTensor.Create<float>([.. links], [1, .. time, others]),
                ["edges"] = OnnxTensor.Create<float>([.. edges], [1, .. time, others, numbers]),
            };
        }

        Dictionary<string, OnnxTensor> Inputs((int Group, int Agent) who, Dictionary<string, OnnxTensor> more)
        {
            Batch<float> seen = world.Groups[who.Group].Observations.As<float>();
            var inputs = new Dictionary<string, OnnxTensor>(more)
            {
                ["observation"] = OnnxTensor.Create<float>([.. Enumerable.Range(0, seen.Features).Select(f => seen[who.Agent, f, 0])], 1, seen.Features),
            };
            foreach (OnnxValueSpec input in models[who.Group].Model.Inputs)
            {
                // Before anything was heard: what is said does not depend on it.
                int[] shape = [.. input.Shape!.Value.Select(d => d.Size < 0 ? 1 : d.Size)];
                inputs.TryAdd(input.Name, OnnxTensor.Create<float>(new float[shape.Aggregate(1, (a, b) => a * b)], shape));
            }

            return inputs;
        }
    }

    [Theory]
    [InlineData(MessageKind.Gcn, "", "gcn")]
    [InlineData(MessageKind.Gat, "comm_delay=1", "delay")]
    public void ToOnnx_MessagesThatNeedToKnowMore_IsOneLine(MessageKind kind, string settings, string expected)
    {
        string line = Assert.Throws<PolicyMismatchException>(() => Policy(kind, 1).ToOnnx(World(settings), new OnnxPolicyForm(17, true, OnnxPixelForm.Bytes))).Message;
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    /// <summary>The classes of a team with weights that make a difference, as models.</summary>
    internal static IEnumerable<byte[]> Models(MessageKind kind, int frames) =>
        Policy(kind, frames).ToOnnx(World(string.Empty), new OnnxPolicyForm(17, WithAction: false, OnnxPixelForm.Bytes)).Select(m => m.Model.ToBytes("1.0.0"));

    private static TeamPolicy Policy(MessageKind kind, int frames)
    {
        TeamDescription description = TeamDescription.For(World(string.Empty), 8, kind, seesState: false) with { Heads = kind == MessageKind.None ? 1 : 2, Frames = frames };
        var network = new TeamNetwork(description, new KeyedStream(3, 0, StreamPurpose.Initialization));
        foreach (Gymkhana.Tensors.Layers.NamedParameter parameter in network.Parameters.Where(p => p.Name.Contains("actor", StringComparison.Ordinal) && p.Name.EndsWith("weight", StringComparison.Ordinal)))
        {
            KeyedStream random = new(6, (ulong)parameter.Parameter.Shape.Count, StreamPurpose.Initialization);
            foreach (ref float value in parameter.Parameter.Values)
            {
                value = (float)random.NextNormal();
            }
        }

        return new TeamPolicy(network, "team", new PolicyOrigin(SimpleTagPage.Id, new Dictionary<string, string>()));
    }

    private static IEnvironment World(string more)
    {
        SettingValues values = SimpleTagEnvironment.Registration.Schema.Defaults.With("classes", "A:self+landmarks,B:self+prey").With("adversaries", "A:2,B:2").With("prey", "random").With("comm_range", "1.5").With("max_cycles", "50");
        foreach (string pair in more.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            values = values.With(pair[..equals], pair[(equals + 1)..]);
        }

        return SimpleTagEnvironment.Registration.Create(values, 1);
    }
}
