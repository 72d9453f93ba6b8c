using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class MlpActorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(64)]
    public void Act_AnyBatch_GivesTheBitsOfTheForwardPass(int count)
    {
        Mlp network = new([5, 33, 64, 3], Activation.Tanh, new KeyedStream(1, 0, StreamPurpose.Initialization), Activation.Sigmoid);
        MlpActor actor = new(network);
        (Shape shape, float[] observations) = Draw.Normal(new Shape(count, 5), 2);
        float[] results = new float[count * 3];
        actor.Act(observations, results);
        Assert.Equal(network.Forward(new Tape().Constant(shape, observations)).Values.ToArray(), results);

        network["0.weight"].Values[7] += 1;
        actor.Refresh();
        actor.Act(observations, results);
        Assert.Equal(network.Forward(new Tape().Constant(shape, observations)).Values.ToArray(), results);
    }

    [Fact]
    public void Act_OnceWarm_AllocatesNothing()
    {
        MlpActor actor = new(new Mlp([4, 64, 64, 2], Activation.Tanh, new KeyedStream(1, 0, StreamPurpose.Initialization)));
        float[] observation = new float[4], result = new float[2];
        Assert.Equal(0, Allocations.Least(() => actor.Act(observation, result)));
    }

    [Fact]
    public void Act_ObservationsOfAnotherSize_SaysWhatItTakes()
    {
        MlpActor actor = new(new Mlp([4, 8, 2], Activation.Tanh, new KeyedStream(1, 0, StreamPurpose.Initialization)));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => actor.Act(new float[5], new float[2]));
        Assert.Contains("takes 4 numbers and gives 2", refused.Message, StringComparison.Ordinal);
    }
}
