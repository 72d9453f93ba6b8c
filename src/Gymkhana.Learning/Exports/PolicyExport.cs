using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Learning.Exports;

/// <summary>Writes the networks of policies as ONNX models: observations in, the numbers that an action is made of out.</summary>
internal static class PolicyExport
{
    private const string Observation = "observation";
    private const string Action = "action";
    private const string Logits = "logits";
    private const string Values = "values";

    /// <summary>An actor: "logits" for choices, with "action" if asked for; "action" for a box.</summary>
    /// <param name="network">The network.</param>
    /// <param name="form">What is asked for.</param>
    /// <returns>The model.</returns>
    public static OnnxGraphBuilder Of(ActorCritic network, OnnxPolicyForm form)
    {
        NetworkDescription description = network.Description;
        return Trace(form, description.Observation, description.Pixels, network.Parameters, input =>
        {
            NetworkInput seen = network.Normalizer is null ? input : new NetworkInput(network.Normalizer.Forward(input.Numbers));
            Tensor outputs = network.Act(seen);
            return description.Head == HeadKind.Categorical ? Choice(Logits, outputs, form) : [new(Action, network.Head.Mode(outputs))];
        });
    }

    /// <summary>A network over actions: "values" and "logits", as far as its rule looks at them; "action" if asked for and if only one of them counts.</summary>
    /// <param name="network">The network.</param>
    /// <param name="heads">What the rule looks at.</param>
    /// <param name="form">What is asked for.</param>
    /// <returns>The model.</returns>
    public static OnnxGraphBuilder Of(Offline.ActionNetwork network, Offline.ActionHeads heads, OnnxPolicyForm form) =>
        Trace(form, network.Description.Observation, network.Description.IsPixels, network.Parameters, input =>
        {
            (Tensor values, Tensor logits) = network.Forward(input, heads);
            return heads switch
            {
                Offline.ActionHeads.Values => Choice(Values, values, form),
                Offline.ActionHeads.Imitation => Choice(Logits, logits, form),
                _ => [new(Values, values), new(Logits, logits)],
            };
        });

    private static IReadOnlyList<OnnxExportOutput> Choice(string name, Tensor preferences, OnnxPolicyForm form) => form.WithAction
        ? [new(name, preferences), new(Action, preferences, OnnxOutputKind.ArgMax)]
        : [new(name, preferences)];

    private static OnnxGraphBuilder Trace(
        OnnxPolicyForm form, int[] observation, bool isPixels, IReadOnlyList<NamedParameter> parameters, Func<NetworkInput, IReadOnlyList<OnnxExportOutput>> network)
    {
        bool isColour = isPixels && form.Pixels == OnnxPixelForm.Colour;
        OnnxExportInput input = !isPixels || form.Pixels == OnnxPixelForm.Scaled ? OnnxExportInput.Floats(Observation, observation)
            : isColour ? OnnxExportInput.Pixels(Observation, new Shape([.. observation, 3]), PixelBody.PixelOffset, PixelBody.PixelScale)
            : OnnxExportInput.Pixels(Observation, new Shape(observation), PixelBody.PixelOffset, PixelBody.PixelScale);
        return OnnxExport.Trace("policy", form.Opset, [input], given => network(Read(given, isPixels, form.Pixels)), parameters);
    }

    private static NetworkInput Read(OnnxTracedInputs given, bool isPixels, OnnxPixelForm form)
    {
        if (isPixels && form == OnnxPixelForm.Bytes)
        {
            return new NetworkInput(given.Tape, given.Pixels(Observation));
        }

        Tensor numbers = given.Floats(Observation);
        if (isPixels && form == OnnxPixelForm.Colour)
        {
            // The shares add up to 1, so that scaled colours make scaled grey.
            numbers = (numbers * given.Tape.Constant(new Shape(3), [0.299f, 0.587f, 0.114f])).Sum(4);
        }

        return new NetworkInput(numbers);
    }
}
