using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Core.Environments;

/// <summary>The order of the numbers in a <see cref="Batch"/>.</summary>
public enum BatchLayout
{
    /// <summary>
    /// <c>[agent, feature, copy]</c>: all copies of one feature lie together, padded to <see cref="Batch.Stride"/>, so
    /// that SIMD lanes run across copies. Used for vectors of numbers.
    /// </summary>
    FeatureMajor,

    /// <summary><c>[copy, agent, feature]</c>: one copy's numbers lie together, row-major, without padding. Used for pixels.</summary>
    CopyMajor,
}

/// <summary>One buffer of a batched environment: numbers for each copy, each agent of a group and each feature.</summary>
public abstract class Batch
{
    private protected Batch(int agents, int features, int count, BatchLayout layout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(agents, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Agents = agents;
        Features = features;
        Count = count;
        Layout = layout;
        Stride = layout == BatchLayout.FeatureMajor ? WideWidth.Pad(count) : features;
        Length = layout == BatchLayout.FeatureMajor ? agents * features * Stride : checked(count * agents * features);
    }

    /// <summary>Agents of the group, at least 1.</summary>
    public int Agents { get; }

    /// <summary>Numbers for one agent in one copy.</summary>
    public int Features { get; }

    /// <summary>Copies of the environment.</summary>
    public int Count { get; }

    /// <summary>Order of the numbers.</summary>
    public BatchLayout Layout { get; }

    /// <summary>
    /// Feature-major: distance between two features of an agent, the number of copies padded to a whole bundle of lanes.
    /// Copy-major: distance between two agents. Padding lanes may hold anything.
    /// </summary>
    public int Stride { get; }

    /// <summary>Numbers in the whole buffer, padding included.</summary>
    public int Length { get; }

    /// <summary>Type of one number.</summary>
    public abstract Type ElementClrType { get; }

    /// <summary>Where a number lies in the buffer.</summary>
    /// <param name="agent">0 to <see cref="Agents"/> − 1.</param>
    /// <param name="feature">0 to <see cref="Features"/> − 1.</param>
    /// <param name="copy">0 to <see cref="Count"/> − 1.</param>
    /// <returns>Index from the start of the buffer.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(int agent, int feature, int copy) => Layout == BatchLayout.FeatureMajor
        ? (((agent * Features) + feature) * Stride) + copy
        : (((copy * Agents) + agent) * Features) + feature;

    /// <summary>Reads a number, widened to double; for tests, recording and display, not for hot loops.</summary>
    /// <param name="agent">0 to <see cref="Agents"/> − 1.</param>
    /// <param name="feature">0 to <see cref="Features"/> − 1.</param>
    /// <param name="copy">0 to <see cref="Count"/> − 1.</param>
    /// <returns>Its value.</returns>
    public abstract double Read(int agent, int feature, int copy);

    /// <summary>Writes a number, converted from double.</summary>
    /// <param name="agent">0 to <see cref="Agents"/> − 1.</param>
    /// <param name="feature">0 to <see cref="Features"/> − 1.</param>
    /// <param name="copy">0 to <see cref="Count"/> − 1.</param>
    /// <param name="value">The value.</param>
    public abstract void Write(int agent, int feature, int copy, double value);

    /// <summary>This buffer with its element type.</summary>
    /// <typeparam name="T">The expected element type.</typeparam>
    /// <returns>The same object.</returns>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    public Batch<T> As<T>()
        where T : unmanaged =>
        this as Batch<T> ?? throw new InvalidOperationException($"This buffer holds {ElementClrType.Name}, not {typeof(T).Name}; look at its space's ElementType first.");

    /// <summary>A buffer for elements of a space: floats and integers feature-major, bytes copy-major.</summary>
    /// <param name="space">The space.</param>
    /// <param name="agents">Agents of the group.</param>
    /// <param name="count">Copies.</param>
    /// <returns>The buffer, all zero.</returns>
    public static Batch For(Space space, int agents, int count)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.ElementType switch
        {
            ElementType.Float32 => new Batch<float>(agents, space.Size, count),
            ElementType.Int32 => new Batch<int>(agents, space.Size, count),
            _ => new Batch<byte>(agents, space.Size, count, BatchLayout.CopyMajor),
        };
    }
}

/// <summary>A <see cref="Batch"/> of one element type, in memory that never moves and starts at a multiple of 64 bytes.</summary>
/// <typeparam name="T">float, double, int, byte or bool.</typeparam>
public sealed unsafe class Batch<T> : Batch
    where T : unmanaged
{
    private const int Alignment = 64;

    // Pinned for the life of the object: `Pointer` stays good as long as the batch is referenced.
    private readonly byte[] _memory;

    /// <summary>A buffer of zeros.</summary>
    /// <param name="agents">Agents of the group, at least 1.</param>
    /// <param name="features">Numbers for one agent in one copy.</param>
    /// <param name="count">Copies, at least 1.</param>
    /// <param name="layout">Order of the numbers.</param>
    public Batch(int agents, int features, int count, BatchLayout layout = BatchLayout.FeatureMajor)
        : base(agents, features, count, layout)
    {
        _memory = GC.AllocateArray<byte>(checked((Length * sizeof(T)) + Alignment), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (T*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    /// <summary>Start of the buffer, 64-byte aligned, <see cref="Batch.Length"/> elements; for kernels that hold the batch.</summary>
    public T* Pointer { get; }

    /// <inheritdoc/>
    public override Type ElementClrType => typeof(T);

    /// <summary>The whole buffer, padding included.</summary>
    public Span<T> Values => new(Pointer, Length);

    /// <summary>One number.</summary>
    /// <param name="agent">0 to Agents − 1.</param>
    /// <param name="feature">0 to Features − 1.</param>
    /// <param name="copy">0 to Count − 1.</param>
    /// <returns>A reference to it.</returns>
    public ref T this[int agent, int feature, int copy] => ref Values[IndexOf(agent, feature, copy)];

    /// <summary>Feature-major only: one feature of one agent for every copy, without the padding.</summary>
    /// <param name="feature">0 to Features − 1.</param>
    /// <param name="agent">0 to Agents − 1.</param>
    /// <returns>Count values.</returns>
    /// <exception cref="InvalidOperationException">The buffer is copy-major.</exception>
    public Span<T> Lane(int feature, int agent = 0)
    {
        Demand(BatchLayout.FeatureMajor);
        return Values.Slice(IndexOf(agent, feature, 0), Count);
    }

    /// <summary>Copy-major only: all numbers of one copy, row-major.</summary>
    /// <param name="copy">0 to Count − 1.</param>
    /// <returns>Agents × Features values.</returns>
    /// <exception cref="InvalidOperationException">The buffer is feature-major.</exception>
    public Span<T> Of(int copy)
    {
        Demand(BatchLayout.CopyMajor);
        return Values.Slice(IndexOf(0, 0, copy), Agents * Features);
    }

    /// <inheritdoc/>
    public override double Read(int agent, int feature, int copy)
    {
        T value = this[agent, feature, copy];
        return value switch
        {
            float f => f,
            double d => d,
            int i => i,
            byte b => b,
            bool b => b ? 1 : 0,
            _ => throw new NotSupportedException($"A batch of {typeof(T).Name} is not read as numbers."),
        };
    }

    /// <inheritdoc/>
    public override void Write(int agent, int feature, int copy, double value)
    {
        ref T target = ref this[agent, feature, copy];
        if (typeof(T) == typeof(float))
        {
            Unsafe.As<T, float>(ref target) = (float)value;
        }
        else if (typeof(T) == typeof(double))
        {
            Unsafe.As<T, double>(ref target) = value;
        }
        else if (typeof(T) == typeof(int))
        {
            Unsafe.As<T, int>(ref target) = (int)value;
        }
        else if (typeof(T) == typeof(byte))
        {
            Unsafe.As<T, byte>(ref target) = (byte)value;
        }
        else if (typeof(T) == typeof(bool))
        {
            Unsafe.As<T, bool>(ref target) = value != 0;
        }
        else
        {
            throw new NotSupportedException($"A batch of {typeof(T).Name} is not written as numbers.");
        }
    }

    private void Demand(BatchLayout layout)
    {
        if (Layout != layout)
        {
            throw new InvalidOperationException($"This view needs a {layout} buffer, but this one is {Layout}.");
        }
    }
}
