using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Tests.Tensors.Onnx.Policies;

/// <summary>Models of the kinds that people bring, at work in CartPole-v1 (4 numbers, 2 choices) and Pendulum-v1 (3 numbers, a torque of −2 to 2).</summary>
public sealed class OnnxPolicyTests
{
    private const OnnxElementType Float = OnnxElementType.Float32;
    private const int Copies = 3;

    [Theory]
    [InlineData(OnnxGraphBuilder.Batch)]
    [InlineData(1)]
    public void Act_Preferences_ChooseTheLargestForEachCopy(int batch)
    {
        // Preferences are the first two numbers: push to the right where the second is larger.
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("input.1", Float, batch, 4);
        Pick(builder, x, "17", 0, 1);
        builder.AddOutput("17", Float, batch, 2);
        (AgentGroup group, IActor actor) = Bind(builder);
        Observe(group, 0, 1, 2, 0, 0);
        Observe(group, 1, 2, 1, 0, 0);
        Observe(group, 2, -3, -2, 0, 0);
        actor.Act();
        Assert.Equal([1, 0, 1], group.Actions.As<int>().Lane(0).ToArray());
    }

    [Theory]
    [InlineData(null, 0, 1, 1)]
    [InlineData("0.9", 0, 0, 1)]
    [InlineData("0", 1, 1, 1)]
    public void Act_ValuesAndImitationLogits_ChooseTheBestLikelyOne(string? threshold, int first, int second, int third)
    {
        // Values are the numbers 0 and 1, logits 2 and 3.
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 4);
        Pick(builder, x, "q", 0, 1);
        Pick(builder, x, "logits", 2, 3);
        builder.AddOutput("q", Float, OnnxGraphBuilder.Batch, 2);
        builder.AddOutput("logits", Float, OnnxGraphBuilder.Batch, 2);
        if (threshold is not null)
        {
            builder.AddMetadata(OnnxPolicyKeys.ImitationThreshold, threshold);
        }

        (AgentGroup group, IActor actor) = Bind(builder);
        Observe(group, 0, 0, 9, 3, 0); // e^−3 = 0.05
        Observe(group, 1, 0, 9, 0.5f, 0); // e^−0.5 = 0.61
        Observe(group, 2, 0, 9, 0, 0);
        actor.Act();
        Assert.Equal([first, second, third], group.Actions.As<int>().Lane(0).ToArray());
    }

    [Fact]
    public void Act_ActionOutput_IsTakenBeforeOthers()
    {
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 4);
        Pick(builder, x, "q", 0, 1);
        builder.AddWithOutputs("ArgMin", ["q"], ["action"], ("axis", 1L), ("keepdims", 0L));
        builder.AddOutput("q", Float, OnnxGraphBuilder.Batch, 2);
        builder.AddOutput("action", OnnxElementType.Int64, OnnxGraphBuilder.Batch);
        (AgentGroup group, IActor actor) = Bind(builder);
        Observe(group, 0, 1, 2, 0, 0);
        Observe(group, 1, 2, 1, 0, 0);
        actor.Act();
        Assert.Equal([0, 1, 0], group.Actions.As<int>().Lane(0).ToArray());
    }

    [Fact]
    public void Act_ActionOutsideTheSpace_IsOneLine()
    {
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 4);
        builder.AddWithOutputs("ArgMax", [x], ["action"], ("axis", 1L), ("keepdims", 0L));
        builder.AddOutput("action", OnnxElementType.Int64, OnnxGraphBuilder.Batch);
        (AgentGroup group, IActor actor) = Bind(builder);
        Observe(group, 0, 0, 0, 0, 7);
        Assert.Contains("chose action 3, which is not in Discrete(2)", Assert.Throws<PolicyMismatchException>(actor.Act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Act_Box_IsClampedToItsBounds()
    {
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 3);
        Pick(builder, x, "torque", 2);
        builder.AddOutput("torque", Float, OnnxGraphBuilder.Batch, 1);
        IEnvironment environment = Pendulum.Registration.Create(Pendulum.Registration.Schema.Defaults, Copies);
        IActor actor = Policy(builder).CreateActor(environment);
        AgentGroup group = environment.Groups[0];
        Observe(group, 0, 0, 0, 0.5f);
        Observe(group, 1, 0, 0, 7);
        Observe(group, 2, 0, 0, -7);
        actor.Act();
        Assert.Equal([0.5f, 2, -2], group.Actions.As<float>().Lane(0).ToArray());
    }

    [Theory]
    [InlineData(OnnxGraphBuilder.Batch)]
    [InlineData(1)]
    public void Act_Memory_LastsUntilTheEpisodeEnds(int batch)
    {
        // Counts the steps: preferences are 0 and the memory.
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("x", Float, batch, 4);
        string memory = builder.AddInput("memory", Float, batch, 1);
        string one = builder.AddInitializer<float>("one", [1]);
        builder.AddWithOutputs("Add", [memory, one], ["next_memory"]);
        string nothing = builder.Add("Mul", [Pick(builder, x, "first", 0), builder.AddInitializer<float>("zero", [0])]);
        string late = builder.Add("Sub", ["next_memory", builder.AddInitializer<float>("limit", [2.5f])]);
        builder.AddWithOutputs("Concat", [nothing, late], ["preferences"], ("axis", 1L));
        builder.AddOutput("preferences", Float, batch, 2);
        builder.AddOutput("next_memory", Float, batch, 1);
        (AgentGroup group, IActor actor) = Bind(builder);
        actor.Act();
        actor.EpisodeEnded(1);
        actor.Act();
        actor.Act();
        Assert.Equal([1, 0, 1], group.Actions.As<int>().Lane(0).ToArray());
        actor.Reset([1, 2, 3]);
        actor.Act();
        Assert.Equal([0, 0, 0], group.Actions.As<int>().Lane(0).ToArray());
    }

    [Fact]
    public void Act_AfterTheFirst_AllocatesNothing()
    {
        OnnxGraphBuilder builder = new("model", 17);
        string x = builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 4);
        Pick(builder, x, "q", 0, 1);
        builder.AddOutput("q", Float, OnnxGraphBuilder.Batch, 2);
        (_, IActor actor) = Bind(builder);
        Assert.Equal(0, Allocations.Least(actor.Act));
    }

    [Fact]
    public void CreateActor_ModelOfAnotherShape_SaysWhatIsExpected()
    {
        OnnxGraphBuilder five = new("model", 17);
        five.AddWithOutputs("Relu", [five.AddInput("x", Float, OnnxGraphBuilder.Batch, 5)], ["y"]);
        five.AddOutput("y", Float, OnnxGraphBuilder.Batch, 5);
        Refuses(five, "its input is x float32 [batch, 5], but group 'cart' sees Box(4");

        OnnxGraphBuilder three = new("model", 17);
        Pick(three, three.AddInput("x", Float, OnnxGraphBuilder.Batch, 4), "y", 0, 1, 2);
        three.AddOutput("y", Float, OnnxGraphBuilder.Batch, 3);
        Refuses(three, "does not say how to act in Discrete(2)");

        OnnxGraphBuilder eight = new("model", 17);
        Pick(eight, eight.AddInput("x", Float, 8, 4), "y", 0, 1);
        eight.AddOutput("y", Float, 8, 2);
        Refuses(eight, "with a batch fixed at 8");

        OnnxGraphBuilder two = new("model", 17);
        two.AddWithOutputs("Add", [two.AddInput("x", Float, OnnxGraphBuilder.Batch, 4), two.AddInput("z", Float, OnnxGraphBuilder.Batch, 4)], ["y"]);
        two.AddOutput("y", Float, OnnxGraphBuilder.Batch, 4);
        Refuses(two, "has 2 inputs that are not memory");
    }

    [Fact]
    public void Constructor_ThresholdThatIsNone_IsOneLine()
    {
        OnnxGraphBuilder builder = new("model", 17);
        Pick(builder, builder.AddInput("x", Float, OnnxGraphBuilder.Batch, 4), "y", 0, 1);
        builder.AddOutput("y", Float, OnnxGraphBuilder.Batch, 2);
        builder.AddMetadata(OnnxPolicyKeys.ImitationThreshold, "a third");
        Assert.Contains("expected a number from 0 to 1", Assert.Throws<OnnxRefusedException>(() => Policy(builder)).Message, StringComparison.Ordinal);
    }

    private static void Refuses(OnnxGraphBuilder builder, string expected)
    {
        IEnvironment environment = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, Copies);
        Assert.Contains(expected, Assert.Throws<PolicyMismatchException>(() => Policy(builder).CreateActor(environment)).Message, StringComparison.Ordinal);
    }

    private static (AgentGroup Group, IActor Actor) Bind(OnnxGraphBuilder builder)
    {
        IEnvironment environment = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, Copies);
        environment.Reset([1, 2, 3]);
        IActor actor = Policy(builder).CreateActor(environment);
        actor.Reset([1, 2, 3]);
        return (environment.Groups[0], actor);
    }

    private static OnnxPolicy Policy(OnnxGraphBuilder builder) => new(OnnxModel.Load(builder.ToBytes("1.0.0"), OnnxLimits.Default, "model.onnx"), "model.onnx");

    private static string Pick(OnnxGraphBuilder builder, string x, string name, params long[] columns) =>
        builder.AddWithOutputs("Gather", [x, builder.AddInitializer<long>("columns", columns, columns.Length)], [name], ("axis", 1L));

    private static void Observe(AgentGroup group, int copy, params float[] values)
    {
        for (int feature = 0; feature < values.Length; feature++)
        {
            group.Observations.Write(0, feature, copy, values[feature]);
        }
    }
}
