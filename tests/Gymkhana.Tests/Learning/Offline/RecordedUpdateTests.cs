using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Offline;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tests.Tensors;

namespace Gymkhana.Tests.Learning.Offline;

/// <summary>The updates that the trainer makes, held against recorded ones from the batch to the new parameters.</summary>
public sealed class RecordedUpdateTests
{
    [Theory]
    [InlineData("bcq_update_mlp")]
    [InlineData("bcq_update_conv")]
    public void DiscreteBcq_RecordedBatch_GivesTheRecordedNetworks(string name)
    {
        GoldenCase golden = new(name);
        bool pixels = golden.Has("c.state_u8");
        ActionNetworkDescription description = pixels
            ? new([4, 36, 36], true, [new(6, 8, 4), new(8, 4, 2), new(8, 3, 1)], [10], 25, ActionHeads.Both)
            : new([7], false, [], [16, 16], 5, ActionHeads.Both);
        var settings = new OfflineSettings
        {
            Folder = "-",
            Reading = new DatasetOptions(),
            Batch = golden.Shape("c.action")[0],
            Threshold = Setting(golden, "threshold"),
            Discount = Setting(golden, "gamma"),
            LearningRate = Setting(golden, "lr"),
            AdamEpsilon = Setting(golden, "eps"),
            Tau = Setting(golden, "tau"),
            LogitPenalty = 0.01,
        };
        var network = new ActionNetwork(description, new KeyedStream(1, 0, StreamPurpose.Initialization));
        Fill(golden, network, "p.");
        var learner = new DiscreteBcq(network, settings, threads: 1);
        Fill(golden, learner.Target, "c.target.");

        double[] figures = new double[learner.Figures.Count];
        learner.Update(Batch(golden, description, pixels), figures);

        golden.Check("out.target_q", learner.Wanted);
        golden.Check("out.loss", [(float)figures[0]]);
        golden.Check("out.q_loss", [(float)figures[1]]);
        golden.Check("out.i_loss", [(float)figures[2]]);
        double masked = golden.Integers("out.next_mask").Count(allowed => allowed == 0) / (double)golden.Shape("out.next_mask").Count;
        Assert.Equal(masked, figures[5], 9);
        Check(golden, network, "g.", p => p.Gradient.ToArray());
        Check(golden, network, "new.", p => p.Values.ToArray());
        Check(golden, learner.Target, "new.target.", p => p.Values.ToArray());
    }

    [Fact]
    public void DiscreteCql_RecordedValues_GivesTheRecordedLossAndGradient()
    {
        GoldenCase golden = new("cql_discrete_loss");
        Tape tape = new();
        Tensor values = golden.Variable(tape, "in.q");
        Tensor taken = values.Gather(1, golden.Indices(tape, "c.action"));
        Tensor valueLoss = taken.SmoothL1Loss(golden.Constant(tape, "c.target"));
        Tensor conservative = DiscreteCql.Conservative(values, taken, (float)Setting(golden, "alpha"));
        Tensor loss = valueLoss + conservative;
        golden.Check("out.td", valueLoss.Values);
        golden.Check("out.loss", loss.Values);
        tape.Backward(loss);
        golden.Check("g.q", values.Gradient);
    }

    private static TransitionBatch Batch(GoldenCase golden, ActionNetworkDescription description, bool pixels)
    {
        int[] actions = golden.Integers("c.action");
        bool[] terminated = [.. golden.Floats("c.not_done").Select(v => v == 0)];
        var layout = new DatasetLayout([.. description.Observation], 1, pixels);
        byte[] Bytes(string key) => golden.Bytes(pixels ? key + "_u8" : key);
        var content = new PairContent(layout.ObservationBytes, Bytes("c.state"), Bytes("c.next"), actions, golden.Floats("c.reward"), terminated);
        var batch = new TransitionBatch(layout, actions.Length);
        for (int i = 0; i < actions.Length; i++)
        {
            batch.Set(i, content, i);
        }

        return batch;
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
}
