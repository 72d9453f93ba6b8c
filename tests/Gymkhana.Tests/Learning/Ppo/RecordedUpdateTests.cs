using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;
using Gymkhana.Core.Spaces;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;
using Gymkhana.Learning.Ppo;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tests.Tensors;

namespace Gymkhana.Tests.Learning.Ppo;

/// <summary>PPO's own code against what PyTorch made of the same numbers.</summary>
public sealed class RecordedUpdateTests
{
    [Theory]
    [InlineData("ppo_update_discrete")]
    [InlineData("ppo_update_continuous")]
    public void Loss_RecordedMinibatch_HasTheRecordedPartsAndGradients(string name)
    {
        GoldenCase golden = new(name);
        (Gymkhana.Learning.Ppo.Ppo ppo, PpoSettings settings, Minibatch batch) = Set(golden);
        Tape tape = new();
        PpoLoss loss = PpoLoss.Of(tape, ppo.Network, batch, settings);
        golden.Check("out.ratio", loss.Ratio.Values);
        golden.Check("out.value", loss.Values.Values);
        golden.Check("out.pg_loss", loss.Policy.Values);
        golden.Check("out.v_loss", loss.Value.Values);
        golden.Check("out.entropy", loss.Entropy.Values);
        golden.Check("out.loss", loss.Total.Values);
        golden.Check("out.approx_kl", [(float)loss.ApproximateKl()]);
        golden.Check("out.clip_fraction", [(float)loss.ClipFraction(settings.Clip)]);
        ppo.Network.ClearGradients();
        tape.Backward(loss.Total);
        foreach (NamedParameter parameter in ppo.Network.Parameters)
        {
            golden.Check("g." + parameter.Name, parameter.Parameter.Gradient);
        }
    }

    [Theory]
    [InlineData("ppo_update_discrete")]
    [InlineData("ppo_update_continuous")]
    public void LearnFrom_RecordedMinibatch_GivesTheRecordedNetwork(string name)
    {
        GoldenCase golden = new(name);
        (Gymkhana.Learning.Ppo.Ppo ppo, _, Minibatch batch) = Set(golden);
        PpoMeasures measures = ppo.LearnFrom(batch, mayStop: false);
        golden.Check("out.grad_norm", [(float)measures.GradientNorm]);
        foreach (NamedParameter parameter in ppo.Network.Parameters)
        {
            golden.Check("new." + parameter.Name, parameter.Parameter.Values);
        }
    }

    [Fact]
    public void EstimateAdvantages_RecordedRollout_BootstrapsWhereTruncated()
    {
        GoldenCase golden = new("gae");
        Shape shape = golden.Shape("c.rewards");
        NetworkDescription description = NetworkDescription.For(new BoxSpace(-1, 1, 1), new DiscreteSpace(2), HeadKind.Gaussian);
        ActorCritic network = new(description, new(1, 0, Core.Randomness.StreamPurpose.Initialization));
        var rollout = new RolloutBuffer(description, network.Head, shape[0], shape[1]);
        golden.Floats("c.rewards").CopyTo(rollout.LearnedRewards, 0);
        golden.Floats("c.values").CopyTo(rollout.Values, 0);
        golden.Floats("c.final_values").CopyTo(rollout.FinalValues, 0);
        golden.Floats("c.next_value").CopyTo(rollout.NextValues, 0);
        golden.Integers("c.terminated").Select(v => v != 0).ToArray().CopyTo(rollout.Terminated, 0);
        golden.Integers("c.truncated").Select(v => v != 0).ToArray().CopyTo(rollout.Truncated, 0);
        rollout.EstimateAdvantages(golden.Attributes.GetProperty("gamma").GetDouble(), golden.Attributes.GetProperty("lam").GetDouble());
        golden.Check("out.adv_bootstrap", rollout.Advantages);
        golden.Check("out.ret_bootstrap", rollout.Returns);
    }

    // A learner whose network is the recorded one, and the recorded transitions.
    private static (Gymkhana.Learning.Ppo.Ppo Ppo, PpoSettings Settings, Minibatch Batch) Set(GoldenCase golden)
    {
        Space actions = golden.Has("p.logstd") ? new BoxSpace(-1, 1, 2) : new DiscreteSpace(2);
        EnvironmentRegistration world = SpaceEnvironment.Registration(new BoxSpace(-10, 10, 4), actions);
        SettingValues values = PpoSettings.Schema.Defaults.With(new Dictionary<string, string>
        {
            ["hidden"] = "8+8",
            ["clip-values"] = "true",
            ["entropy-weight"] = "0.01",
            ["max-gradient"] = "0.1",
            ["learning-rate"] = "0.00025",
            ["copies"] = "4",
            ["steps"] = "4",
            ["minibatch"] = "16",
        });
        PpoSettings settings = PpoSettings.From(values, world.Create(world.Schema.Defaults, 1));
        var ppo = new Gymkhana.Learning.Ppo.Ppo(settings, count => world.Create(world.Schema.Defaults, count), seed: 1, threads: 1);
        foreach (NamedParameter parameter in ppo.Network.Parameters)
        {
            golden.Fill(parameter.Parameter, "p." + parameter.Name);
        }

        float[] observations = golden.Floats("c.obs");
        var batch = new Minibatch(ppo.Network, observations.Length / 4) { Count = observations.Length / 4 };
        observations.CopyTo(batch.Observations.Numbers(0, batch.Count));
        golden.Floats("c.action").CopyTo(batch.Drawn);
        golden.Floats("c.old_logp").CopyTo(batch.LogProbabilities);
        golden.Floats("c.old_value").CopyTo(batch.Values);
        golden.Floats("c.adv").CopyTo(batch.Advantages);
        golden.Floats("c.ret").CopyTo(batch.Returns);
        return (ppo, settings, batch);
    }
}
