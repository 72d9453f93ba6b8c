using Gymkhana.Core.Randomness;

namespace Gymkhana.Tensors.Layers;

/// <summary>
/// Attention with several heads and a linear map before and after (Vaswani et al., "Attention Is All You Need", 2017, section 3.2).
/// Parameters, named as PyTorch's MultiheadAttention: "in_proj_weight" [3E, E] and "in_proj_bias" [3E] with the rows of
/// queries, keys and values one below the other, "out_proj.weight" [E, E] and "out_proj.bias" [E].
/// </summary>
public sealed class MultiHeadAttention : Module
{
    private readonly Linear _output;

    /// <summary>A layer with PyTorch's default weights: Xavier's uniform ones before, PyTorch's linear default after, biases 0.</summary>
    /// <param name="embedding">E, numbers of a place.</param>
    /// <param name="heads">Heads; they divide E.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <exception cref="ArgumentException">The heads do not divide the embedding.</exception>
    public MultiHeadAttention(int embedding, int heads, KeyedStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embedding, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (embedding % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide an embedding of {embedding}.", nameof(heads));
        }

        (Embedding, Heads) = (embedding, heads);
        InputWeight = AddParameter("in_proj_weight", new Shape(3 * embedding, embedding));
        InputBias = AddParameter("in_proj_bias", new Shape(3 * embedding));
        Initialization.XavierUniform(InputWeight, random);
        _output = AddModule("out_proj", new Linear(embedding, embedding, random));
        _output.Bias!.Values.Clear(); // it was made with one
    }

    /// <summary>E, numbers of a place.</summary>
    public int Embedding { get; }

    /// <summary>Heads.</summary>
    public int Heads { get; }

    /// <summary>The map to queries, keys and values, [3E, E].</summary>
    public Parameter InputWeight { get; }

    /// <summary>Its bias, [3E].</summary>
    public Parameter InputBias { get; }

    /// <summary>Attention within sequences.</summary>
    /// <param name="input">[B, S, E].</param>
    /// <param name="allowed">[B, S, S] or [S, S], 0 where a place (row) may not look at another (column), see <see cref="AttentionMask"/>; or none.</param>
    /// <returns>[B, S, E], and the weights.</returns>
    public AttentionResult Forward(Tensor input, Tensor? allowed = null)
    {
        Tape tape = input.Tape;
        AttentionResult attention = input.Linear(tape.Use(InputWeight), tape.Use(InputBias)).SelfAttention(Heads, allowed);
        return attention with { Result = _output.Forward(attention.Result) };
    }

    /// <summary>Attention from one sequence to another.</summary>
    /// <param name="queries">[B, S, E].</param>
    /// <param name="memory">What is looked at, [B, T, E].</param>
    /// <param name="allowed">[B, S, T] or [S, T], 0 where a query may not look; or none.</param>
    /// <returns>[B, S, E], and the weights.</returns>
    public AttentionResult Forward(Tensor queries, Tensor memory, Tensor? allowed)
    {
        Tape tape = queries.Tape;
        Tensor weight = tape.Use(InputWeight), bias = tape.Use(InputBias);
        Tensor asked = queries.Linear(weight.Slice(0, 0, Embedding), bias.Slice(0, 0, Embedding));
        Tensor looked = memory.Linear(weight.SliceFrom(0, Embedding), bias.SliceFrom(0, Embedding));
        AttentionResult attention = asked.CrossAttention(looked, Heads, allowed);
        return attention with { Result = _output.Forward(attention.Result) };
    }
}
