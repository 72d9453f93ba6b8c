using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Learning.MultiAgent.Messages;

/// <summary>
/// Of each neighbour the last K frames that were received: tokens W_s h_j(τ) + W_e e_ij(τ) + p(age) pass a layer of a transformer in which nobody looks at a frame
/// that was not received; the present place is read. Then graph attention over the neighbours of whom there is any frame. Frames before the episode have no links,
/// so none is received of them. Zeros for an agent of whose neighbours nothing was received.
/// </summary>
public sealed class TemporalMessages : MessageModule
{
    private readonly Linear _receiver;
    private readonly Linear _sender;
    private readonly Linear _edge;
    private readonly Parameter _ages;
    private readonly Parameter _score;
    private readonly TransformerEncoderLayer _layer;
    private readonly int _heads;

    /// <summary>A module.</summary>
    /// <param name="width">W.</param>
    /// <param name="heads">Heads; they divide W.</param>
    /// <param name="frames">K, at least 1.</param>
    /// <param name="edgeFeatures">F.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    public TemporalMessages(int width, int heads, int frames, int edgeFeatures, KeyedStream random)
    {
        _heads = heads;
        _score = AddParameter("score", new Shape(heads, width / heads));
        _ages = AddParameter("ages", new Shape(frames, width));
        _receiver = AddModule("receiver", new Linear(width, width, random, bias: false));
        _sender = AddModule("sender", new Linear(width, width, random, bias: false));
        _edge = AddModule("edge", new Linear(Math.Max(1, edgeFeatures), width, random, bias: false));
        _layer = AddModule("layer", new TransformerEncoderLayer(width, heads, 2 * width, random, normFirst: true, gelu: true));
        Initialization.XavierUniform(_score, random);
        Initialization.Normal(_ages, random, 0, 0.02);
    }

    /// <inheritdoc/>
    public override (Tensor Messages, Tensor? Weights) Forward(in Heard heard)
    {
        Shape said = heard.Said.Shape;
        (int rows, int frames, int agents, int width) = (said[0], said[1], said[2], said[3]);
        int pairs = rows * agents * agents;
        Tensor received = heard.Links.Permute(0, 2, 3, 1).Reshape(pairs, 1, frames);
        Tensor tokens = (_sender.Forward(heard.Said).Reshape(rows, frames, 1, agents, width) + _edge.Forward(heard.Edges)).Permute(0, 2, 3, 1, 4).Reshape(pairs, frames, width);

        // A frame that was not received holds nothing but its age.
        tokens = (tokens * received.Reshape(pairs, frames, 1)) + heard.Own.Tape.Use(_ages);
        Tensor seen = _layer.Forward(tokens, received.BroadcastTo(new Shape(pairs, frames, frames)));
        Tensor values = seen.Slice(1, frames - 1, frames).Reshape(rows, agents, agents, width);
        Tensor any = received.Max(-1).Reshape(rows, agents, agents);
        return EdgeAttentionMessages.Attend(_receiver.Forward(heard.Own), values, any, _score, _heads);
    }
}
