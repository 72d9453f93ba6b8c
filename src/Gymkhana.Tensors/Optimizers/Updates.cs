using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>Where a bundle of a parameter lies, and what an optimizer remembers of it. Unused memories are null.</summary>
internal readonly unsafe struct UpdateMemory(float* values, float* gradient, float* first, float* second, float* third)
{
    public readonly float* Values = values;
    public readonly float* Gradient = gradient;
    public readonly float* First = first;
    public readonly float* Second = second;
    public readonly float* Third = third;

    /// <summary>The same, some elements on. What is unused stays unused: nobody reads it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UpdateMemory At(nint index) => new(Values + index, Gradient + index, First + index, Second + index, Third + index);
}

/// <summary>The rule by which one bundle of a parameter changes.</summary>
internal interface IUpdate
{
    /// <summary>Reads gradient and memories, writes values and memories, <typeparamref name="TWide"/>.Lanes elements of each.</summary>
    void Apply<TWide>(UpdateMemory at)
        where TWide : unmanaged, IWide<TWide>;
}

/// <summary>Applies a rule to all of a parameter. Elements past the last whole bundle go one by one through the same arithmetic.</summary>
internal static class Updates
{
    private const int Part = 1 << 14;

    /// <summary>Shares large parameters out to the workers, if there are any.</summary>
    public static void Run<TUpdate>(Workers? workers, TUpdate update, UpdateMemory memory, int count)
        where TUpdate : struct, IUpdate
    {
        if (workers is null || workers.Count == 1 || count < 4 * Part)
        {
            Run(update, memory, count);
            return;
        }

        workers.Run(new UpdateJob<TUpdate>(update, memory, count), (count + Part - 1) / Part);
    }

    /// <summary>On the caller's thread.</summary>
    public static void Run<TUpdate>(TUpdate update, UpdateMemory memory, int count)
        where TUpdate : struct, IUpdate => Width.Run(new UpdateAction<TUpdate>(update, memory, count));

    /// <summary>The same at a width of one's own, for tests.</summary>
    public static void Run<TWide, TUpdate>(TUpdate update, UpdateMemory memory, int count)
        where TWide : unmanaged, IWide<TWide>
        where TUpdate : struct, IUpdate
    {
        int i = 0;
        for (; i + TWide.Lanes <= count; i += TWide.Lanes)
        {
            update.Apply<TWide>(memory.At(i));
        }

        for (; i < count; i++)
        {
            update.Apply<Wide1>(memory.At(i));
        }
    }

    private readonly struct UpdateJob<TUpdate>(TUpdate update, UpdateMemory memory, int count) : IJob
        where TUpdate : struct, IUpdate
    {
        public void Execute(int part, int worker)
        {
            int first = part * Part;
            Run(update, memory.At(first), Math.Min(Part, count - first));
        }
    }

    private readonly struct UpdateAction<TUpdate>(TUpdate update, UpdateMemory memory, int count) : IWideAction
        where TUpdate : struct, IUpdate
    {
        public void Run<TWide>()
            where TWide : unmanaged, IWide<TWide> => Updates.Run<TWide, TUpdate>(update, memory, count);
    }
}
