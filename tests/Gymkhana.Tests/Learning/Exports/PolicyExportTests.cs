using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Learning.Networks;
using Gymkhana.Learning.Offline;
using Gymkhana.Learning.Policies;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Tests.Learning.Exports;

/// <summary>Exported policies do what the policies do: both act in the same states.</summary>
public sealed class PolicyExportTests
{
    private const int Copies = 3;
    private const int Steps = 12;

    [Theory]
    [InlineData("CartPole-v1", HeadKind.Gaussian, false, 13)]
    [InlineData("CartPole-v1", HeadKind.Gaussian, true, 17)]
    [InlineData("Pendulum-v1", HeadKind.Gaussian, true, 17)]
    [InlineData("Pendulum-v1", HeadKind.Beta, false, 18)]
    public void ToOnnx_ActorOfNumbers_ActsAsItDoes(string id, HeadKind head, bool isNormalized, int opset)
    {
        EnvironmentRegistration registration = id == "CartPole-v1" ? CartPole.Registration : Pendulum.Registration;
        IEnvironment environment = registration.Create(registration.Schema.Defaults, Copies);
        NetworkDescription description = Describe(environment, head) with { Normalized = isNormalized };
        NetworkPolicy policy = Policy(description, id);
        Play(environment, policy, Read(policy, environment, new OnnxPolicyForm(opset, WithAction: false, OnnxPixelForm.Bytes)), 1e-6f);
    }

    [Theory]
    [InlineData(BodyKind.Light, OnnxPixelForm.Bytes, "true")]
    [InlineData(BodyKind.Small, OnnxPixelForm.Scaled, "true")]
    [InlineData(BodyKind.Light, OnnxPixelForm.Bytes, "false")]
    public void ToOnnx_ActorOfPixels_ActsAsItDoes(BodyKind body, OnnxPixelForm pixels, string continuous)
    {
        IEnvironment environment = CarRacingEnvironment.Registration.Create(CarRacingEnvironment.Registration.Schema.Defaults.With("continuous", continuous), Copies);
        NetworkPolicy policy = Policy(Describe(environment, HeadKind.Beta) with { Body = body, Hidden = [20], Activation = "relu", Shared = true }, "CarRacing-v3");
        Play(environment, policy, Read(policy, environment, new OnnxPolicyForm(17, WithAction: true, pixels)), 1e-6f);
    }

    [Fact]
    public void ToOnnx_ColouredFrames_AreMadeGreyInTheGraph()
    {
        EnvironmentRegistration car = CarRacingEnvironment.Registration;
        IEnvironment grey = car.Create(car.Schema.Defaults, Copies), coloured = car.Create(car.Schema.Defaults.With("grey", "false"), Copies);
        NetworkPolicy policy = Policy(Describe(grey, HeadKind.Beta) with { Body = BodyKind.Light, Hidden = [20], Activation = "relu", Shared = true }, "CarRacing-v3");
        OnnxPolicy model = Read(policy, grey, new OnnxPolicyForm(17, WithAction: false, OnnxPixelForm.Colour));
        ulong[] seeds = [1, 2, 3];
        grey.Reset(seeds);
        coloured.Reset(seeds);
        IActor ofGrey = policy.CreateActor(grey), ofColours = model.CreateActor(coloured);
        ofGrey.Act();
        ofColours.Act();

        // The environment's grey is rounded to whole levels, the graph's is not.
        Assert.All(grey.Groups[0].Actions.As<float>().Lane(0).ToArray().Zip(coloured.Groups[0].Actions.As<float>().Lane(0).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 0.02f));
    }

    [Theory]
    [InlineData(ActionHeads.Both, 0.97, false)]
    [InlineData(ActionHeads.Both, 0.97, true)]
    [InlineData(ActionHeads.Both, 0, true)]
    [InlineData(ActionHeads.Both, 1, true)]
    [InlineData(ActionHeads.Values, 0.97, false)]
    [InlineData(ActionHeads.Imitation, 0.97, true)]
    public void ToOnnx_LearnedFromRecords_ActsAsItDoes(ActionHeads heads, double threshold, bool withAction)
    {
        IEnvironment environment = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, Copies);
        // Small weights make all actions about equally likely, so that the threshold of 0.97 leaves out some.
        ActionNetwork network = new(new ActionNetworkDescription([4], false, [], [32], 2, heads), new KeyedStream(9, 0, StreamPurpose.Initialization));
        OfflinePolicy policy = new(network, new ActionRule(heads, threshold), "offline", new PolicyOrigin("CartPole-v1", new Dictionary<string, string>()));
        OnnxPolicy model = Read(policy, environment, new OnnxPolicyForm(17, withAction, OnnxPixelForm.Bytes));
        Assert.Equal(heads == ActionHeads.Both ? (float)threshold : OnnxPolicy.UsualThreshold, model.Threshold);
        Assert.Equal(withAction, model.Model.Outputs.Any(o => o.Name == "action"));
        Play(environment, policy, model, 0);
    }

    [Fact]
    public void ToOnnx_SeveralChoicesAtOnce_IsRefused()
    {
        NetworkDescription description = new() { Observation = [4], Body = BodyKind.Mlp, Hidden = [8], Activation = "tanh", Head = HeadKind.Categorical, Choices = [2, 3] };
        IEnvironment environment = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 1);
        string line = Assert.Throws<PolicyMismatchException>(() => Policy(description, "CartPole-v1").ToOnnx(environment.Groups[0], new OnnxPolicyForm(17, false, OnnxPixelForm.Bytes))).Message;
        Assert.Contains("makes 2 choices at once", line, StringComparison.Ordinal);
    }

    private static NetworkDescription Describe(IEnvironment environment, HeadKind head) =>
        NetworkDescription.For(environment.Groups[0].ObservationSpace, environment.Groups[0].ActionSpace, head);

    // Weights as drawn make an actor without opinion; larger ones of the last layer give it one.
    private static NetworkPolicy Policy(NetworkDescription description, string environment)
    {
        ActorCritic network = new(description, new KeyedStream(4, 0, StreamPurpose.Initialization));
        foreach (ref float weight in network.Parameters.Last(p => p.Name.StartsWith("actor.", StringComparison.Ordinal) && p.Name.EndsWith("weight", StringComparison.Ordinal)).Parameter.Values)
        {
            weight *= 100;
        }

        return new NetworkPolicy(network, "network", new PolicyOrigin(environment, new Dictionary<string, string>()));
    }

    private static OnnxPolicy Read(IOnnxExportable policy, IEnvironment environment, OnnxPolicyForm form) =>
        new(OnnxModel.Load(policy.ToOnnx(environment.Groups[0], form).ToBytes("1.0.0"), OnnxLimits.Default, "policy.onnx"), "policy.onnx");

    // Numbers must differ from copy to copy; a network that has not learned may like one choice everywhere.
    private static void Play(IEnvironment environment, IPolicy policy, IPolicy model, float tolerance)
    {
        environment.Reset([1, 2, 3]);
        IActor original = policy.CreateActor(environment), exported = model.CreateActor(environment);
        original.Reset([1, 2, 3]);
        exported.Reset([1, 2, 3]);
        Batch actions = environment.Groups[0].Actions;
        bool moved = false;
        for (int step = 0; step < Steps; step++)
        {
            exported.Act();
            double[] given = Copy(actions);
            original.Act();
            double[] wanted = Copy(actions);
            Assert.All(wanted.Zip(given), pair => Assert.Equal(pair.First, pair.Second, tolerance));
            moved |= wanted.Distinct().Count() > 1;
            environment.Step();
        }

        Assert.True(moved || actions is Batch<int>, "all actions were the same");
    }

    private static double[] Copy(Batch actions) =>
        [.. Enumerable.Range(0, actions.Features * Copies).Select(i => actions.Read(0, i % actions.Features, i / actions.Features))];
}
