using Gymkhana.Learning.MultiAgent;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Learning.Networks;
using Gymkhana.Learning.Offline;
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
    private const string Words = "words";
    private const string HeardWords = "heard";
    private const string Links = "links";
    private const string Edges = "edges";

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

    /// <summary>A network over actions: "values" and "logits", as far as its rule looks at them; "action" if asked for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rule">How it chooses.</param>
    /// <param name="form">What is asked for.</param>
    /// <returns>The model.</returns>
    public static OnnxGraphBuilder Of(ActionNetwork network, ActionRule rule, OnnxPolicyForm form) =>
        Trace(form, network.Description.Observation, network.Description.IsPixels, network.Parameters, input =>
        {
            (Tensor values, Tensor logits) = network.Forward(input, rule.Heads);
            return rule.Heads switch
            {
                ActionHeads.Values => Choice(Values, values, form),
                ActionHeads.Imitation => Choice(Logits, logits, form),
                _ => [new(Values, values), new(Logits, logits), .. form.WithAction ? (OnnxExportOutput[])[new(Action, Allowed(values, logits, rule), OnnxOutputKind.ArgMax)] : []],
            };
        });

    /// <summary>
    /// One agent of a team, as it acts by itself: "words", what it says, of "observation" alone; and its action, of that and, where there are messages, of "heard" (the others' words,
    /// of the last K frames where messages remember some), "links" (1 where one is heard) and "edges" (the links' numbers).
    /// </summary>
    /// <param name="network">The team's networks.</param>
    /// <param name="layout">The team in an environment: how many there are to be heard.</param>
    /// <param name="members">Whose agent it is.</param>
    /// <param name="form">What is asked for.</param>
    /// <returns>The model.</returns>
    public static OnnxGraphBuilder Of(TeamNetwork network, TeamLayout layout, TeamMembers members, OnnxPolicyForm form)
    {
        TeamDescription team = network.Description;
        ActionHead head = network.Heads[members.Class];
        int frames = team.Frames, others = layout.Talkers - 1;
        bool hears = members.FirstTalker >= 0 && others > 0;
        int[] time = frames > 1 ? [frames] : [];
        OnnxExportInput[] inputs =
        [
            OnnxExportInput.Floats(Observation, members.Size),
            .. hears ? (OnnxExportInput[])[OnnxExportInput.Floats(HeardWords, [.. time, others, team.Width]), OnnxExportInput.Floats(Links, [.. time, others]), OnnxExportInput.Floats(Edges, [.. time, others, team.LinkFeatures])] : [],
        ];
        return OnnxExport.Trace(
            "agent",
            form.Opset,
            inputs,
            given =>
            {
                Tensor words = network.Speak(members.Class, given.Floats(Observation), members.Parts);
                Heard? heard = hears ? HeardBy(words, given, frames, others, team) : null;
                Tensor outputs = network.Decide(members.Class, words, heard);
                IReadOnlyList<OnnxExportOutput> action = team.Classes[members.Class].Actor.Head == HeadKind.Categorical ? Choice(Logits, outputs, form) : [new(Action, head.Mode(outputs))];
                return team.Messages == MessageKind.None ? action : [.. action, new(Words, words)];
            },
            network.Parameters);
    }

    // The agent as the first of a graph in which only it hears anybody.
    private static Heard HeardBy(Tensor words, OnnxTracedInputs given, int frames, int others, TeamDescription team)
    {
        (int rows, int width, int all, int numbers) = (given.Batch, team.Width, others + 1, team.LinkFeatures);
        Tensor links = given.Floats(Links).Reshape(rows, frames, 1, others), nobody = links * 0f;
        Tensor own = words.Reshape(rows, 1, width), silent = nobody.Slice(3, 0, 1);
        Tensor ownThen = frames == 1 ? own.Reshape(rows, 1, 1, width) : own.Reshape(rows, 1, 1, width).BroadcastTo(new Shape(rows, frames, 1, width));
        Tensor said = Tensor.Concat(2, ownThen, given.Floats(HeardWords).Reshape(rows, frames, others, width));
        Tensor mine = Tensor.Concat(3, silent, links), theirs = Tensor.Concat(3, silent, nobody).BroadcastTo(new Shape(rows, frames, others, all));
        Tensor edges = given.Floats(Edges).Reshape(rows, frames, 1, others, numbers), none = edges * 0f;
        Tensor myEdges = Tensor.Concat(3, none.Slice(3, 0, 1), edges), theirEdges = Tensor.Concat(3, none.Slice(3, 0, 1), none).BroadcastTo(new Shape(rows, frames, others, all, numbers));
        Tensor receivers = Tensor.Concat(1, own, said.Slice(1, frames - 1, frames).Reshape(rows, all, width).Slice(1, 1, all));
        return new Heard(receivers, said, Tensor.Concat(2, mine, theirs), Tensor.Concat(2, myEdges, theirEdges));
    }

    // The values where π / max π is above the threshold or the largest there is, far below all values elsewhere. A difference of floats is 0 or so large that Steep makes it 1.
    private static Tensor Allowed(Tensor values, Tensor logits, ActionRule rule)
    {
        const float Steep = 1e30f;
        Tensor likely = logits.Softmax(), share = likely / likely.Max(1, keepDimensions: true);
        Tensor above = ((share - (float)rule.Threshold) * Steep).Clamp(0, 1), likeliest = (((share - 1) * Steep) + 1).Clamp(0, 1);
        Tensor allowed = above.Maximum(likeliest);
        return (values * allowed) + ((allowed - 1) * Steep);
    }

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
