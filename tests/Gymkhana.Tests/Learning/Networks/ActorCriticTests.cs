using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Core.Spaces;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Tests.Learning.Networks;

public sealed class ActorCriticTests
{
    private const int Rows = 5;

    private static readonly BoxSpace Numbers = new(-1, 1, 3);
    private static readonly BoxSpace Pictures = new([.. Enumerable.Repeat(0f, 2 * 96 * 96)], [.. Enumerable.Repeat(255f, 2 * 96 * 96)], [2, 96, 96], ElementType.UInt8);

    private static readonly Dictionary<string, NetworkDescription> Kinds = new(StringComparer.Ordinal)
    {
        ["separate"] = NetworkDescription.For(Numbers, new DiscreteSpace(4), HeadKind.Gaussian),
        ["shared"] = NetworkDescription.For(Numbers, new MultiDiscreteSpace([2, 3]), HeadKind.Gaussian) with { Shared = true, Activation = "relu", Hidden = [16, 8] },
        ["normalized"] = NetworkDescription.For(Numbers, new BoxSpace(-2, 2, 2), HeadKind.Gaussian) with { Normalized = true, Hidden = [] },
        ["small"] = NetworkDescription.For(Pictures, new BoxSpace(-1, 1, 3), HeadKind.Beta) with { Shared = true, Hidden = [100], Activation = "relu" },
        ["nature"] = NetworkDescription.For(Pictures, new DiscreteSpace(5), HeadKind.Gaussian) with { Body = BodyKind.Nature, Hidden = [] },
    };

    public static TheoryData<string> Names() => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Description_AsJson_BuildsTheSameNetwork(string kind)
    {
        NetworkDescription description = Kinds[kind];
        NetworkDescription again = NetworkDescription.FromJson(description.ToJson(), "here");
        Assert.Equal(description.ToJson(), again.ToJson());
        ActorCritic first = Build(description), second = Build(again);
        Assert.Equal(first.Parameters.Select(p => (p.Name, p.Parameter.Shape)), second.Parameters.Select(p => (p.Name, p.Parameter.Shape)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ActingNetwork_AnyKind_HasTheBitsOfTheForwardPassAndAllocatesNothing(string kind)
    {
        ActorCritic network = Build(Kinds[kind]);
        if (network.Normalizer is not null)
        {
            var seen = new RunningMeanVariance(3);
            seen.Update([1, 2, 3, 4, 6, 8, -1, 0, 1]);
            network.Normalizer.Take(seen);
        }

        ObservationRows rows = Draw(network.Description);
        Tape tape = new();
        NetworkInput input = rows.On(tape, 0, Rows);
        if (network.Normalizer is not null)
        {
            input = new NetworkInput(network.Normalizer.Forward(input.Numbers));
        }

        (Tensor outputs, Tensor values) = network.Forward(input);
        var acting = new ActingNetwork(network, Rows);
        float[] actedOutputs = new float[Rows * network.Head.Outputs], actedValues = new float[Rows], alone = new float[network.Head.Outputs];
        acting.Run(rows, 0, Rows, actedOutputs, actedValues);
        Assert.Equal(outputs.Values.ToArray(), actedOutputs);
        Assert.Equal(values.Values.ToArray(), actedValues);
        acting.Run(rows, 2, 1, alone, []);
        Assert.Equal(outputs.Values.Slice(2 * alone.Length, alone.Length).ToArray(), alone);

        KeyedStream[] streams = [.. Enumerable.Range(0, Rows).Select(i => new KeyedStream(1, (ulong)i, StreamPurpose.Acting))];
        float[] drawn = new float[Rows * network.Head.Size];
        Assert.Equal(0, Allocations.Least(() =>
        {
            acting.Run(rows, 0, Rows, actedOutputs, actedValues);
            acting.Draw(actedOutputs, streams, drawn);
            acting.Mode(actedOutputs, drawn);
        }));
    }

    [Fact]
    public void ActorCritic_FirstWeights_MakeAnActorWithoutOpinion()
    {
        ActorCritic network = Build(Kinds["separate"]);
        ObservationRows rows = Draw(network.Description);
        float[] outputs = new float[Rows * 4];
        new ActingNetwork(network, Rows).Run(rows, 0, Rows, outputs, []);
        Assert.All(outputs, o => Assert.InRange(o, -0.1f, 0.1f));
        Assert.Equal(["critic.0.weight", "critic.0.bias", "critic.2.weight", "critic.2.bias", "critic.4.weight", "critic.4.bias"], network.Parameters.Take(6).Select(p => p.Name));
    }

    [Fact]
    public void Small_PicturesOf96_Has256Features() =>
        Assert.Equal(256, PixelBody.Small([4, 96, 96], new KeyedStream(1, 0, StreamPurpose.Initialization)).Features);

    [Fact]
    public void Small_TinyPictures_AreRefused() =>
        Assert.Contains("too small", Assert.Throws<GymkhanaException>(() => PixelBody.Small([1, 40, 40], new KeyedStream(1, 0, StreamPurpose.Initialization))).Message, StringComparison.Ordinal);

    [Fact]
    public void Fits_OtherSpaces_DoesNot()
    {
        NetworkDescription description = Kinds["normalized"];
        Assert.True(description.Fits(Numbers, new BoxSpace(-2, 2, 2)));
        Assert.False(description.Fits(Numbers, new BoxSpace(-1, 1, 2)));
        Assert.False(description.Fits(Numbers, new DiscreteSpace(2)));
        Assert.False(description.Fits(new BoxSpace(-1, 1, 4), new BoxSpace(-2, 2, 2)));
        Assert.False(description.Fits(Pictures, new BoxSpace(-2, 2, 2)));
    }

    public static TheoryData<string, string> Impossible() => new()
    {
        { "beta needs bounds", "beta head needs finite bounds" },
        { "pixels to mlp", "need a body of convolutions" },
        { "empty hidden", "1 to 65536 units" },
        { "activation", "tanh or relu" },
        { "shared without layers", "at least one hidden layer" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Validate_Impossible_SaysWhy(string what, string expected)
    {
        NetworkDescription description = what switch
        {
            "beta needs bounds" => NetworkDescription.For(Numbers, new BoxSpace(float.NegativeInfinity, 1, 2), HeadKind.Beta),
            "pixels to mlp" => Kinds["small"] with { Body = BodyKind.Mlp },
            "empty hidden" => Kinds["separate"] with { Hidden = [0] },
            "activation" => Kinds["separate"] with { Activation = "gelu" },
            _ => Kinds["shared"] with { Hidden = [] },
        };
        Assert.Contains(expected, Assert.Throws<GymkhanaException>(description.Validate).Message, StringComparison.Ordinal);
    }

    private static ActorCritic Build(NetworkDescription description) => new(description, new KeyedStream(3, 0, StreamPurpose.Initialization));

    private static ObservationRows Draw(NetworkDescription description)
    {
        var rows = new ObservationRows(description, Rows);
        var random = new KeyedStream(4, 0, 1000u);
        if (description.Pixels)
        {
            foreach (ref byte pixel in rows.Pixels(0, Rows))
            {
                pixel = (byte)random.NextInt(256);
            }
        }
        else
        {
            foreach (ref float number in rows.Numbers(0, Rows))
            {
                number = (float)random.NextNormal();
            }
        }

        return rows;
    }
}
