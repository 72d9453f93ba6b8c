using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tests.Tensors.Onnx.Export;

/// <summary>A network with what is needed to export it and to run it on the tape.</summary>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Network">What it does.</param>
/// <param name="Parameters">Its weights.</param>
internal sealed record ExportedNetwork(
    IReadOnlyList<OnnxExportInput> Inputs, Func<OnnxTracedInputs, IReadOnlyList<OnnxExportOutput>> Network, IReadOnlyList<NamedParameter> Parameters);

/// <summary>The families of networks that people train here.</summary>
internal static class ExportedNetworks
{
    public static readonly string[] Names =
    [
        "mlp", "nature cnn", "lstm step", "lstm sequence", "gru sequence", "transformer", "transformer prenorm", "gat", "gat mean", "grey frames",
    ];

    public static ExportedNetwork Make(string name) => name switch
    {
        "mlp" => Perceptron(),
        "nature cnn" => Nature(),
        "lstm step" => LstmStep(),
        "lstm sequence" => LstmSequences(),
        "gru sequence" => GruSequences(),
        "transformer" => Transformer(normFirst: false),
        "transformer prenorm" => Transformer(normFirst: true),
        "gat" => Graph(average: false),
        "gat mean" => Graph(average: true),
        "grey frames" => GreyFrames(),
        _ => throw new ArgumentException($"there is no family {name}.", nameof(name)),
    };

    private static ExportedNetwork Perceptron()
    {
        Mlp network = new([5, 64, 64, 3], Activation.Tanh, Stream());
        return new([OnnxExportInput.Floats("observation", 5)], x => [new("logits", network.Forward(x.Floats("observation")))], network.Parameters);
    }

    private static ExportedNetwork Nature()
    {
        KeyedStream random = Stream();
        NatureNetwork network = new(random);
        return new(
            [OnnxExportInput.Pixels("frames", new Shape(4, 84, 84), 0, 1 / 255f)],
            x =>
            {
                (Tensor values, Tensor behaviour) = network.Forward(x.Tape, x.Pixels("frames"));
                return [new("values", values), new("behaviour", behaviour.LogSoftmax()), new("action", values, OnnxOutputKind.ArgMax)];
            },
            network.Parameters);
    }

    private static ExportedNetwork LstmStep()
    {
        LstmCell cell = new(6, 20, Stream());
        return new(
            [OnnxExportInput.Floats("x", 6), OnnxExportInput.Floats("h", 20), OnnxExportInput.Floats("c", 20)],
            x =>
            {
                LstmState state = cell.Forward(x.Floats("x"), new LstmState(x.Floats("h"), x.Floats("c")));
                return [new("next_h", state.Hidden), new("next_c", state.Memory)];
            },
            cell.Parameters);
    }

    private static ExportedNetwork LstmSequences()
    {
        Lstm lstm = new(6, 20, Stream(), layers: 2);
        return new(
            [OnnxExportInput.Floats("x", 7, 6)],
            x =>
            {
                (Tensor output, LstmState state) = lstm.Forward(x.Floats("x"), lstm.Begin(x.Tape, x.Batch));
                return [new("y", output), new("h", state.Hidden), new("c", state.Memory)];
            },
            lstm.Parameters);
    }

    private static ExportedNetwork GruSequences()
    {
        Gru gru = new(6, 20, Stream());
        return new(
            [OnnxExportInput.Floats("x", 7, 6)],
            x =>
            {
                (Tensor output, Tensor hidden) = gru.Forward(x.Floats("x"), x.Tape.Filled(new Shape(1, x.Batch, 20), 0));
                return [new("y", output), new("h", hidden)];
            },
            gru.Parameters);
    }

    private static ExportedNetwork Transformer(bool normFirst)
    {
        TransformerEncoder encoder = new(2, 32, 2, 48, Stream(), normFirst, gelu: normFirst);
        return new(
            [OnnxExportInput.Floats("x", 8, 32)],
            x => [new("y", encoder.Forward(x.Floats("x"), normFirst ? null : AttentionMask.Causal(x.Tape, 8)))],
            encoder.Parameters);
    }

    private static ExportedNetwork Graph(bool average)
    {
        GraphAttentionLayer first = new(5, 12, 3, Stream());
        GraphAttentionLayer second = new(36, 7, 2, Stream(), average);
        return new(
            [OnnxExportInput.Floats("features", 8, 5), OnnxExportInput.Floats("adjacency", 8, 8)],
            x =>
            {
                Tensor adjacency = x.Floats("adjacency");
                AttentionResult hidden = first.Forward(x.Floats("features"), adjacency);
                AttentionResult result = second.Forward(hidden.Result.Elu(), adjacency);
                return [new("y", result.Result), new("attention", hidden.Weights)];
            },
            [.. first.Parameters.Select(p => p with { Name = "first." + p.Name }), .. second.Parameters.Select(p => p with { Name = "second." + p.Name })]);
    }

    // Colours are made grey and frames put side by side inside the graph.
    private static ExportedNetwork GreyFrames()
    {
        Conv2d convolution = new(4, 8, 4, Stream(), ConvolutionOptions.Square(stride: 2, padding: 1));
        return new(
            [OnnxExportInput.Pixels("older", new Shape(2, 3, 18, 18), 128, 1 / 128f), OnnxExportInput.Pixels("newer", new Shape(2, 3, 18, 18), 128, 1 / 128f)],
            x =>
            {
                Tensor shares = x.Tape.Constant(new Shape(3, 1, 1), [0.299f, 0.587f, 0.114f]);
                Tensor older = (x.Floats("older") * shares).Sum(2), newer = (x.Floats("newer") * shares).Sum(2);
                return [new("y", convolution.Forward(Tensor.Concat(1, older, newer), Activation.Relu))];
            },
            convolution.Parameters);
    }

    private static KeyedStream Stream() => new(17, 0, StreamPurpose.Exploration);

    /// <summary>The convolutions of Mnih et al. 2015 with two heads, as discrete BCQ has them.</summary>
    private sealed class NatureNetwork : Module
    {
        private readonly Conv2d[] _convolutions;
        private readonly Linear[] _values;
        private readonly Linear[] _behaviour;

        public NatureNetwork(KeyedStream random)
        {
            _convolutions =
            [
                AddModule("conv1", new Conv2d(4, 32, 8, random, ConvolutionOptions.Square(stride: 4))),
                AddModule("conv2", new Conv2d(32, 64, 4, random, ConvolutionOptions.Square(stride: 2))),
                AddModule("conv3", new Conv2d(64, 64, 3, random)),
            ];
            _values = [AddModule("q1", new Linear(3136, 64, random)), AddModule("q2", new Linear(64, 25, random))];
            _behaviour = [AddModule("i1", new Linear(3136, 64, random)), AddModule("i2", new Linear(64, 25, random))];
        }

        public (Tensor Values, Tensor Behaviour) Forward(Tape tape, PixelTensor pixels)
        {
            Tensor x = _convolutions[0].Forward(tape, pixels, Activation.Relu);
            x = _convolutions[1].Forward(x, Activation.Relu);
            x = _convolutions[2].Forward(x, Activation.Relu);
            Tensor flat = x.Reshape(x.Shape[0], -1);
            return (_values[1].Forward(_values[0].Forward(flat, Activation.Relu)), _behaviour[1].Forward(_behaviour[0].Forward(flat, Activation.Relu)));
        }
    }
}
