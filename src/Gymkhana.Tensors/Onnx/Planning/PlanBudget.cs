using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors.Onnx.Planning;

/// <summary>Counts what a plan asks for and refuses it before more is set aside than the limits allow.</summary>
/// <param name="limits">The limits.</param>
/// <param name="samples">Size of the batch, at least 1.</param>
internal sealed class PlanBudget(OnnxLimits limits, int samples)
{
    private long _folded;

    /// <summary>The one thread that all nodes of the plan run on, with its scratch memory.</summary>
    public Workers Workers { get; } = new(1);

    /// <summary>Arithmetic operations of a run.</summary>
    public long Work { get; private set; }

    /// <summary>Most bytes of the arena.</summary>
    public long ArenaBytes => Math.Min(limits.BufferBytes, Scaled(limits.BufferBytesPerSample));

    /// <summary>Elements of a shape.</summary>
    /// <exception cref="OnnxRefusedException">More than the limit.</exception>
    public int Count(OnnxElementType type, ReadOnlySpan<int> shape, OnnxNode node)
    {
        long most = Math.Min(Math.Min(Scaled(limits.ElementsPerSample), limits.BufferBytes / type.Size()), int.MaxValue / 8);
        long count = 1;
        bool empty = false;
        foreach (int size in shape)
        {
            if (size < 0)
            {
                throw node.Refuse($"its result would have shape {OnnxText.Shape(shape)}, which cannot be. Export the model again, or check the inputs' shapes.");
            }

            empty |= size == 0;
            count *= Math.Max(size, 1);
            if (count > most)
            {
                throw node.Refuse($"its result would have shape {OnnxText.Shape(shape)}, more than the limit of {most} elements. Export a smaller model, or run a smaller batch.");
            }
        }

        return empty ? 0 : (int)count;
    }

    /// <summary>Counts the work of a node that runs.</summary>
    public void TakeWork(long work, OnnxNode node)
    {
        long most = Scaled(limits.WorkPerSample);
        Work = work > most - Work ? long.MaxValue : Work + work;
        if (Work > most)
        {
            throw node.Refuse($"up to here the model takes more than {limits.WorkPerSample} operations a sample, which is the limit. Export a smaller model.");
        }
    }

    /// <summary>Counts work or bytes that are spent on constants before the first run.</summary>
    public void TakeFolded(long amount, OnnxNode node)
    {
        _folded = amount > limits.FoldingWork - _folded ? long.MaxValue : _folded + amount;
        if (_folded > limits.FoldingWork)
        {
            throw node.Refuse($"computing the model's constants takes more than {limits.FoldingWork} operations or bytes, which is the limit. Export a smaller model.");
        }
    }

    private long Scaled(long limit) => limit > long.MaxValue / samples ? long.MaxValue : limit * samples;
}
