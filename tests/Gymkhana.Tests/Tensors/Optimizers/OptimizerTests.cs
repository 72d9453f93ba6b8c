using Gymkhana.Core;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Optimizers;
using Gymkhana.Tests.Tensors.Kernels;

namespace Gymkhana.Tests.Tensors.Optimizers;

public sealed unsafe class OptimizerTests
{
    public static TheoryData<string> Kinds => ["sgd", "sgd.nesterov", "adam", "adam.amsgrad", "adamw", "rmsprop", "rmsprop.centered"];

    [Theory]
    [InlineData("opt_adam")]
    [InlineData("opt_adam_eps")]
    [InlineData("opt_adam_weight_decay")]
    [InlineData("opt_adam_amsgrad")]
    [InlineData("opt_adamw")]
    [InlineData("opt_rmsprop")]
    [InlineData("opt_rmsprop_centered_momentum")]
    [InlineData("opt_sgd")]
    [InlineData("opt_sgd_momentum_nesterov")]
    public void Step_RecordedGradients_GivesTheRecordedParameters(string name)
    {
        GoldenCase golden = new(name);
        Parameter weight = new(golden.Shape("c.w0")), bias = new(golden.Shape("c.b0"));
        golden.Fill(weight, "c.w0");
        golden.Fill(bias, "c.b0");
        Optimizer optimizer = AsRecorded(name, [new("w", weight), new("b", bias)]);
        float[] weightGradients = golden.Floats("c.gw"), biasGradients = golden.Floats("c.gb");
        List<float> weights = [], biases = [];
        for (int step = 0; step < golden.Shape("c.gw")[0]; step++)
        {
            optimizer.ClearGradients();
            weightGradients.AsSpan(step * weight.Shape.Count, weight.Shape.Count).CopyTo(weight.Gradient);
            biasGradients.AsSpan(step * bias.Shape.Count, bias.Shape.Count).CopyTo(bias.Gradient);
            optimizer.Step();
            weights.AddRange(weight.Values);
            biases.AddRange(bias.Values);
        }

        golden.Check("out.w", weights.ToArray());
        golden.Check("out.b", biases.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_AfterTheFirst_AllocatesNothing(string kind)
    {
        NamedParameter[] parameters = Some(3);
        Optimizer optimizer = Make(kind, parameters);
        Tape tape = new(threads: 2);
        Assert.Equal(0, Allocations.Least(() =>
        {
            optimizer.ClearGradients();
            optimizer.Step();
            optimizer.Step(tape);
            GradientClipping.ByGlobalNorm(parameters, 0.5);
        }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_SharedByThreads_GivesTheSameBits(string kind)
    {
        NamedParameter[] alone = [Random("w", new Shape(70_001), 1)], shared = [Random("w", new Shape(70_001), 1)];
        Optimizer one = Make(kind, alone), other = Make(kind, shared);
        Tape tape = new(threads: 3);
        for (int step = 0; step < 3; step++)
        {
            SetGradients(alone, step);
            SetGradients(shared, step);
            one.Step();
            other.Step(tape);
        }

        Assert.True(alone[0].Parameter.Values.SequenceEqual(shared[0].Parameter.Values));
    }

    [Fact]
    public void Updates_AnyWidth_GiveTheSameBits()
    {
        AdamUpdate adam = new() { Beta1 = 0.9f, Rest1 = 0.1f, Beta2 = 0.999f, Rest2 = 0.001f, Epsilon = 1e-8f, MinusStep = -0.01f, RootScale = 3.2f, Decay = 0.01f, Keep = 0.99f, Amsgrad = true };
        RmsPropUpdate rmsProp = new() { Alpha = 0.95f, Rest = 0.05f, Epsilon = 0.01f, Momentum = 0.9f, Decay = 0.1f, MinusRate = -0.01f, Centered = true };
        SgdUpdate sgd = new() { MinusRate = -0.1f, Decay = 0.01f, Momentum = 0.9f, Nesterov = true };
        SameBits(adam);
        SameBits(rmsProp);
        SameBits(sgd);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SaveAndLoad_InTheMiddle_GoesOnWithTheSameBits(string kind)
    {
        NamedParameter[] whole = Some(1), resumed = Some(1);
        Optimizer first = Make(kind, whole);
        for (int step = 0; step < 3; step++)
        {
            SetGradients(whole, step);
            first.Step();
        }

        first.LearningRate = 0.005;
        MemoryStream saved = new();
        using (BinaryWriter writer = new(saved, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            first.Save(writer);
        }

        for (int i = 0; i < whole.Length; i++)
        {
            resumed[i].Parameter.CopyFrom(whole[i].Parameter);
        }

        Optimizer second = Make(kind, resumed);
        saved.Position = 0;
        using BinaryReader reader = new(saved);
        second.Load(reader);
        Assert.Equal(saved.Length, saved.Position);
        Assert.Equal(3, second.StepCount);
        Assert.Equal(0.005, second.LearningRate);
        for (int step = 3; step < 6; step++)
        {
            SetGradients(whole, step);
            SetGradients(resumed, step);
            first.Step();
            second.Step();
        }

        for (int i = 0; i < whole.Length; i++)
        {
            Assert.True(whole[i].Parameter.Values.SequenceEqual(resumed[i].Parameter.Values));
        }
    }

    [Fact]
    public void Load_OfAnotherKindOrNetwork_SaysWhatIsWrong()
    {
        MemoryStream saved = new();
        using (BinaryWriter writer = new(saved, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            Make("adam", Some(1)).Save(writer);
        }

        Assert.Contains("'adam' where 'rmsprop' was expected", Refused(saved, Make("rmsprop", Some(1))), StringComparison.Ordinal);
        Assert.Contains("optimizer of 3 parameters, this one has 1", Refused(saved, Make("adam", [Random("p0", new Shape(5), 1)])), StringComparison.Ordinal);
        NamedParameter[] renamed = Some(1);
        renamed[1] = renamed[1] with { Name = "other" };
        Assert.Contains("'p1' where 'other' was expected", Refused(saved, Make("adam", renamed)), StringComparison.Ordinal);
        saved.SetLength(saved.Length - 2);
        Assert.Contains("ends within 'p2'", Refused(saved, Make("adam", Some(1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Step_ParameterThatIsNotTrained_StaysAsItIs()
    {
        NamedParameter[] parameters = Some(1);
        float[] before = parameters[1].Parameter.Values.ToArray();
        parameters[1].Parameter.IsTrainable = false;
        SetGradients(parameters, 0);
        Make("adam", parameters).Step();
        Assert.Equal(before, parameters[1].Parameter.Values.ToArray());
    }

    [Fact]
    public void Constructor_SettingsOutOfRange_AreRefused()
    {
        NamedParameter[] parameters = Some(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(parameters, learningRate: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(parameters, beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(parameters, epsilon: double.NaN));
        Assert.Throws<ArgumentException>(() => new Sgd(parameters, 0.1, nesterov: true));
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => new Adam([parameters[0], parameters[0]])).Message, StringComparison.Ordinal);
    }

    private static string Refused(MemoryStream saved, Optimizer optimizer)
    {
        saved.Position = 0;
        using BinaryReader reader = new(saved, System.Text.Encoding.UTF8, leaveOpen: true);
        return Assert.Throws<GymkhanaException>(() => optimizer.Load(reader)).Message;
    }

    private static Optimizer AsRecorded(string name, NamedParameter[] parameters) => name switch
    {
        "opt_adam" => new Adam(parameters, 0.01),
        "opt_adam_eps" => new Adam(parameters, 3e-4, beta1: 0.8, beta2: 0.95, epsilon: 1.5e-4),
        "opt_adam_weight_decay" => new Adam(parameters, 0.01, weightDecay: 0.1),
        "opt_adam_amsgrad" => new Adam(parameters, 0.01, amsgrad: true),
        "opt_adamw" => new AdamW(parameters, 0.01, weightDecay: 0.05),
        "opt_rmsprop" => new RmsProp(parameters, 0.01),
        "opt_rmsprop_centered_momentum" => new RmsProp(parameters, 0.01, alpha: 0.95, epsilon: 0.01, momentum: 0.9, centered: true),
        "opt_sgd" => new Sgd(parameters, 0.1),
        _ => new Sgd(parameters, 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true),
    };

    private static Optimizer Make(string kind, NamedParameter[] parameters) => kind switch
    {
        "sgd" => new Sgd(parameters, 0.1),
        "sgd.nesterov" => new Sgd(parameters, 0.1, momentum: 0.9, nesterov: true),
        "adam" => new Adam(parameters, 0.01),
        "adam.amsgrad" => new Adam(parameters, 0.01, weightDecay: 0.1, amsgrad: true),
        "adamw" => new AdamW(parameters, 0.01),
        "rmsprop" => new RmsProp(parameters, 0.01),
        _ => new RmsProp(parameters, 0.01, momentum: 0.9, centered: true),
    };

    private static NamedParameter[] Some(ulong seed) => [Random("p0", new Shape(5), seed), Random("p1", new Shape(3, 7), seed + 1), Random("p2", new Shape(16, 4), seed + 2)];

    private static NamedParameter Random(string name, Shape shape, ulong seed)
    {
        Parameter parameter = new(shape);
        Draw.Normal(shape, seed).Values.CopyTo(parameter.Values);
        return new NamedParameter(name, parameter);
    }

    private static void SetGradients(NamedParameter[] parameters, int step)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            Draw.Normal(parameters[i].Parameter.Shape, (ulong)(100 + (10 * step) + i)).Values.CopyTo(parameters[i].Parameter.Gradient);
        }
    }

    private static void SameBits<TUpdate>(TUpdate update)
        where TUpdate : struct, IUpdate
    {
        float[] expected = Bits<Wide1, TUpdate>(update);
        Assert.Equal(expected, Bits<Wide4, TUpdate>(update));
        Assert.Equal(expected, Bits<Wide8, TUpdate>(update));
        Assert.Equal(expected, Bits<Wide16, TUpdate>(update));
    }

    private static float[] Bits<TWide, TUpdate>(TUpdate update)
        where TWide : unmanaged, IWide<TWide>
        where TUpdate : struct, IUpdate
    {
        const int Count = 53;
        Floats[] blocks = [.. Enumerable.Range(0, 5).Select(i => new Floats(Count, new((ulong)i, 0, Gymkhana.Core.Randomness.StreamPurpose.Exploration)))];
        foreach (int positive in (int[])[2, 3, 4])
        {
            foreach (ref float value in blocks[positive].Span)
            {
                value = MathF.Abs(value);
            }
        }

        UpdateMemory memory = new(blocks[0].Start, blocks[1].Start, blocks[2].Start, blocks[3].Start, blocks[4].Start);
        for (int step = 0; step < 3; step++)
        {
            Updates.Run<TWide, TUpdate>(update, memory, Count);
        }

        foreach (Floats block in blocks)
        {
            block.AssertGuards(typeof(TUpdate).Name);
        }

        return [.. blocks.SelectMany(b => b.Span.ToArray())];
    }
}
