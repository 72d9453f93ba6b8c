using System.Text;
using Gymkhana.Core;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Layers;

public sealed class ModuleTests
{
    [Fact]
    public void Parameters_NestedModules_HaveTheNamesOfPyTorch()
    {
        TwoHeads net = new(Stream(1));
        Assert.Equal(
            ["scale", "actor.0.weight", "actor.0.bias", "actor.2.weight", "actor.2.bias", "critic.0.weight", "critic.0.bias"],
            net.Parameters.Select(p => p.Name));
        Assert.Equal(["actor.0.weight", "actor.0.bias", "actor.2.weight", "actor.2.bias", "critic.0.weight", "critic.0.bias"], net.TrainableParameters.Select(p => p.Name));
        Assert.Equal((5 * 3) + 5 + (2 * 5) + 2 + 3 + 1, net.ParameterCount);
        Assert.Equal(new Shape(2, 5), net["actor.2.weight"].Shape);
        Assert.Contains("Did you mean 'actor.2.weight'?", Assert.Throws<UnknownNameException>(() => net["actor.2.weigth"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddParameter_NameTwiceOrTooLate_IsRefused()
    {
        Late late = new();
        late.Add("a");
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => late.Add("a")).Message, StringComparison.Ordinal);
        Assert.Single(late.Parameters);
        Assert.Contains("too late", Assert.Throws<InvalidOperationException>(() => late.Add("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mlp_Forward_IsItsLayersByHand()
    {
        Mlp net = new([3, 5, 2], Activation.Tanh, Stream(1), Activation.Sigmoid);
        Tape tape = new();
        Tensor x = tape.Constant(new Shape(4, 3), Draw.Normal(new Shape(4, 3), 2).Values);
        Tensor hidden = x.Linear(tape.Use(net["0.weight"]), tape.Use(net["0.bias"])).Tanh();
        Tensor expected = hidden.Linear(tape.Use(net["2.weight"]), tape.Use(net["2.bias"])).Sigmoid();
        Assert.Equal(expected.Values.ToArray(), net.Forward(x).Values.ToArray());
    }

    [Fact]
    public void Sequential_AnyFunction_HasTheGradientOfFiniteDifferences()
    {
        Sequential net = new(new Linear(3, 4, Stream(1)), new Nonlinearity(x => x.Silu()), new Linear(4, 4, Stream(2), bias: false), new Nonlinearity(Activation.Tanh), new Nonlinearity(Activation.Sigmoid));
        GradientFindings findings = GradientCheck.Run((_, x) => net.Forward(x[0]), [Draw.Normal(new Shape(2, 3), 3)], [.. net.Parameters.Select(p => p.Parameter)]);
        Assert.True(findings.IsRight, findings.ToString());
    }

    [Fact]
    public void Mlp_SameSeed_IsTheSameNetworkAndAnotherSeedAnother()
    {
        float[] first = new Mlp([3, 4, 1], Activation.Relu, Stream(1))["0.weight"].Values.ToArray();
        Assert.Equal(first, new Mlp([3, 4, 1], Activation.Relu, Stream(1))["0.weight"].Values.ToArray());
        Assert.NotEqual(first, new Mlp([3, 4, 1], Activation.Relu, Stream(2))["0.weight"].Values.ToArray());
    }

    [Fact]
    public void InitializeOrthogonal_PolicyHead_IsSmallWithBiasesZero()
    {
        Mlp net = new Mlp([8, 16, 2], Activation.Tanh, Stream(1)).InitializeOrthogonal(Stream(2), outputGain: 0.01);
        Assert.True(!net["0.bias"].Values.ContainsAnyExcept(0f));
        double square = net["2.weight"].Values.ToArray().Sum(v => v * (double)v);
        Assert.Equal(2 * 0.01 * 0.01, square, 1e-9); // two rows of length 0.01
    }

    [Fact]
    public void AverageFrom_Halfway_IsTheMiddleAndAllocatesNothing()
    {
        Mlp source = new([3, 4, 1], Activation.Relu, Stream(1)), target = new([3, 4, 1], Activation.Relu, Stream(2));
        float[] from = source["0.weight"].Values.ToArray(), own = target["0.weight"].Values.ToArray();
        target.AverageFrom(source, 0.25);
        float[] blended = [.. from.Zip(own, (s, t) => (0.25f * s) + (0.75f * t))];
        Assert.Equal(blended, target["0.weight"].Values.ToArray());
        Assert.Equal(0, Allocations.Least(() =>
        {
            target.AverageFrom(source, 0.005);
            target.ClearGradients();
        }));
        target.CopyFrom(source);
        Assert.Equal(from, target["0.weight"].Values.ToArray());
    }

    [Fact]
    public void CopyFrom_NetworkBuiltDifferently_SaysWhere()
    {
        Mlp target = new([3, 4, 1], Activation.Relu, Stream(1));
        string wider = Assert.Throws<ArgumentException>(() => target.CopyFrom(new Mlp([3, 5, 1], Activation.Relu, Stream(1)))).Message;
        Assert.Contains("'0.weight' [5, 3] in the source and '0.weight' [4, 3] here", wider, StringComparison.Ordinal);
        string shorter = Assert.Throws<ArgumentException>(() => target.AverageFrom(new Mlp([3, 4], Activation.Relu, Stream(1)), 1)).Message;
        Assert.Contains("parameter 2 is missing in the source", shorter, StringComparison.Ordinal);
    }

    [Fact]
    public void SaveAndLoad_Checkpoint_GivesTheSameNumbers()
    {
        TwoHeads net = new(Stream(1)), other = new(Stream(2));
        MemoryStream saved = new();
        using (BinaryWriter writer = new(saved, Encoding.UTF8, leaveOpen: true))
        {
            net.Save(writer);
        }

        saved.Position = 0;
        using BinaryReader reader = new(saved);
        other.Load(reader);
        foreach (NamedParameter parameter in net.Parameters)
        {
            Assert.Equal(parameter.Parameter.Values.ToArray(), other[parameter.Name].Values.ToArray());
        }

        saved.Position = 0;
        Assert.Contains("7 parameters, this one has 4", Assert.Throws<GymkhanaException>(() => new Mlp([1, 1, 1], Activation.Relu, Stream(1)).Load(reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetTrainable_Target_GetsNoGradient()
    {
        Mlp net = new([3, 1], Activation.None, Stream(1));
        net.SetTrainable(false);
        Tape tape = new();
        Assert.False(net.Forward(tape.Filled(new Shape(1, 3), 1)).NeedsGradient);
        net.SetTrainable(true);
        Assert.True(net.Forward(tape.Filled(new Shape(1, 3), 1)).NeedsGradient);
    }

    private static KeyedStream Stream(ulong seed) => new(seed, 0, StreamPurpose.Initialization);

    private sealed class TwoHeads : Module
    {
        public TwoHeads(KeyedStream random)
        {
            AddBuffer("scale", new Shape(2)).Values.Fill(3);
            AddModule("actor", new Mlp([3, 5, 2], Activation.Tanh, random));
            AddModule("critic", new Mlp([3, 1], Activation.Tanh, random));
        }
    }

    private sealed class Late : Module
    {
        public void Add(string name) => AddParameter(name, new Shape(1));
    }
}
