using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Distributions;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Tests.Tensors.Optimizers;

/// <summary>Updates of learners as one would write them, held against recorded ones from the batch to the new parameters.</summary>
public sealed class WholeUpdateTests
{
    [Fact]
    public void DiscreteBcq_RecordedBatch_GivesTheRecordedNetworks()
    {
        GoldenCase golden = new("bcq_update_mlp");
        double threshold = Setting(golden, "threshold"), discount = Setting(golden, "gamma");
        QNetwork net = new(Stream()), target = new(Stream());
        Fill(golden, net, "p.");
        Fill(golden, target, "c.target.");
        Adam optimizer = new(net.TrainableParameters, Setting(golden, "lr"), epsilon: Setting(golden, "eps"));
        Tape tape = new();

        // Targets: among the actions that the data would take, the best by our own values, priced by the target network.
        tape.Recording = false;
        Tensor next = golden.Constant(tape, "c.next");
        (Tensor nextQ, Tensor nextLogits) = net.Forward(next);
        Tensor imitation = nextLogits.Softmax();
        Tensor ratio = imitation / imitation.Max(1, keepDimensions: true);
        int[] best = BestAllowed(nextQ.Values, ratio.Values, nextQ.Shape[1], threshold);
        Tensor nextValue = target.Forward(next).Q.Gather(1, tape.Indices(new Shape(best.Length, 1), best));
        Tensor targets = golden.Constant(tape, "c.reward") + (golden.Constant(tape, "c.not_done") * (float)discount * nextValue);
        golden.Check("out.next_ratio", ratio.Values);
        Assert.Equal(golden.Integers("out.next_action"), best);
        golden.Check("out.target_q", targets.Values);

        tape.Recording = true;
        (Tensor q, Tensor logits) = net.Forward(golden.Constant(tape, "c.state"));
        IndexTensor actions = golden.Indices(tape, "c.action");
        Tensor valueLoss = q.Gather(1, actions).SmoothL1Loss(targets);
        Tensor imitationLoss = logits.CrossEntropy(tape.Indices(new Shape(actions.Shape[0]), actions.Values));
        Tensor regularization = logits.Square().Mean() * 0.01f;
        Tensor loss = valueLoss + imitationLoss + regularization;
        golden.Check("out.q", q.Values);
        golden.Check("out.logits", logits.Values);
        golden.Check("out.q_loss", valueLoss.Values);
        golden.Check("out.i_loss", imitationLoss.Values);
        golden.Check("out.loss", loss.Values);

        net.ClearGradients();
        tape.Backward(loss);
        Check(golden, net, "g.", p => p.Gradient.ToArray());
        optimizer.Step();
        target.AverageFrom(net, Setting(golden, "tau"));
        tape.Reset();
        Check(golden, net, "new.", p => p.Values.ToArray());
        Check(golden, target, "new.target.", p => p.Values.ToArray());
    }

    [Theory]
    [InlineData("ppo_update_discrete")]
    [InlineData("ppo_update_continuous")]
    public void Ppo_RecordedMinibatch_GivesTheRecordedNetwork(string name)
    {
        const float Clip = 0.2f;
        GoldenCase golden = new(name);
        bool continuous = golden.Has("p.logstd");
        ActorCritic net = new(continuous, Stream());
        Fill(golden, net, "p.");
        Adam optimizer = new(net.TrainableParameters, 2.5e-4, epsilon: 1e-5);
        Tape tape = new();

        Tensor observations = golden.Constant(tape, "c.obs");
        (Tensor newLogProbability, Tensor entropy) = net.Evaluate(golden, observations);
        Tensor value = net.Critic.Forward(observations).Reshape(-1);
        Tensor logRatio = newLogProbability - golden.Constant(tape, "c.old_logp");
        Tensor ratio = logRatio.Exp();
        golden.Check("out.new_logp", newLogProbability.Values);
        golden.Check("out.value", value.Values);
        golden.Check("out.ratio", ratio.Values);
        golden.Check("out.approx_kl", (ratio - 1f - logRatio).Mean().Values);
        golden.Check("out.clip_fraction", [(float)ratio.Values.ToArray().Average(r => Math.Abs(r - 1) > Clip ? 1.0 : 0)]);

        Tensor advantages = golden.Constant(tape, "c.adv");
        advantages = (advantages - advantages.Mean()) / (advantages.StandardDeviation() + 1e-8f);
        golden.Check("out.adv_norm", advantages.Values);
        Tensor policyLoss = (-advantages * ratio).Maximum(-advantages * ratio.Clamp(1 - Clip, 1 + Clip)).Mean();

        Tensor returns = golden.Constant(tape, "c.ret"), oldValue = golden.Constant(tape, "c.old_value");
        Tensor clipped = oldValue + (value - oldValue).Clamp(-Clip, Clip);
        Tensor valueLoss = (value - returns).Square().Maximum((clipped - returns).Square()).Mean() * 0.5f;
        Tensor meanEntropy = entropy.Mean();
        Tensor loss = policyLoss - (meanEntropy * 0.01f) + (valueLoss * 0.5f);
        golden.Check("out.pg_loss", policyLoss.Values);
        golden.Check("out.v_loss", valueLoss.Values);
        golden.Check("out.entropy", meanEntropy.Values);
        golden.Check("out.loss", loss.Values);

        optimizer.ClearGradients();
        tape.Backward(loss);
        Check(golden, net, "g.", p => p.Gradient.ToArray());
        double norm = GradientClipping.ByGlobalNorm(net.TrainableParameters, Setting(golden, "max_norm"));
        golden.Check("out.grad_norm", [(float)norm]);
        optimizer.Step();
        tape.Reset();
        Check(golden, net, "new.", p => p.Values.ToArray());
    }

    private static int[] BestAllowed(ReadOnlySpan<float> q, ReadOnlySpan<float> ratio, int actions, double threshold)
    {
        int[] best = new int[q.Length / actions];
        for (int row = 0; row < best.Length; row++)
        {
            float highest = float.NegativeInfinity;
            for (int a = 0; a < actions; a++)
            {
                int at = (row * actions) + a;
                if (ratio[at] > threshold && q[at] > highest)
                {
                    (highest, best[row]) = (q[at], a);
                }
            }
        }

        return best;
    }

    private static void Fill(GoldenCase golden, Module module, string prefix)
    {
        foreach (NamedParameter parameter in module.Parameters)
        {
            golden.Fill(parameter.Parameter, prefix + parameter.Name);
        }
    }

    private static void Check(GoldenCase golden, Module module, string prefix, Func<Parameter, float[]> what)
    {
        foreach (NamedParameter parameter in module.Parameters)
        {
            golden.Check(prefix + parameter.Name, what(parameter.Parameter));
        }
    }

    private static double Setting(GoldenCase golden, string name) => golden.Attributes.GetProperty(name).GetDouble();

    private static KeyedStream Stream() => new(1, 0, StreamPurpose.Initialization);

    private sealed class QNetwork : Module
    {
        private readonly Linear[] _layers;

        public QNetwork(KeyedStream random)
        {
            _layers =
            [
                AddModule("q1", new Linear(7, 16, random)), AddModule("q2", new Linear(16, 16, random)), AddModule("q3", new Linear(16, 5, random)),
                AddModule("i1", new Linear(7, 16, random)), AddModule("i2", new Linear(16, 16, random)), AddModule("i3", new Linear(16, 5, random)),
            ];
        }

        public (Tensor Q, Tensor Logits) Forward(Tensor state) => (Head(state, 0), Head(state, 3));

        private Tensor Head(Tensor x, int first) => _layers[first + 2].Forward(_layers[first + 1].Forward(_layers[first].Forward(x, Activation.Relu), Activation.Relu));
    }

    private sealed class ActorCritic : Module
    {
        private readonly Parameter? _logDeviation;
        private readonly Mlp _actor;

        public ActorCritic(bool continuous, KeyedStream random)
        {
            _logDeviation = continuous ? AddParameter("logstd", new Shape(1, 2)) : null;
            Critic = AddModule("critic", new Mlp([4, 8, 8, 1], Activation.Tanh, random));
            _actor = AddModule("actor", new Mlp([4, 8, 8, 2], Activation.Tanh, random));
        }

        public Mlp Critic { get; }

        public (Tensor LogProbability, Tensor Entropy) Evaluate(GoldenCase golden, Tensor observations)
        {
            Tape tape = observations.Tape;
            Tensor output = _actor.Forward(observations);
            if (_logDeviation is null)
            {
                Categorical choice = new(output);
                return (choice.LogProbability(golden.Indices(tape, "c.action")), choice.Entropy());
            }

            DiagonalNormal normal = new(output, tape.Use(_logDeviation));
            return (normal.LogProbability(golden.Constant(tape, "c.action")), normal.Entropy());
        }
    }
}
