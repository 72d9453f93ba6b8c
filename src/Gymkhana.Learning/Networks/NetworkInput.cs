using Gymkhana.Tensors;

namespace Gymkhana.Learning.Networks;

/// <summary>A batch of observations on a tape: numbers [N, features], or pixels [N, channels, height, width].</summary>
public readonly struct NetworkInput
{
    private readonly Tensor _numbers;
    private readonly PixelTensor _pixels;

    /// <summary>Numbers.</summary>
    /// <param name="numbers">[N, features].</param>
    public NetworkInput(Tensor numbers)
    {
        Tape = numbers.Tape;
        _numbers = numbers;
    }

    /// <summary>Pixels.</summary>
    /// <param name="tape">The tape of the computation.</param>
    /// <param name="pixels">[N, channels, height, width].</param>
    public NetworkInput(Tape tape, PixelTensor pixels)
    {
        Tape = tape;
        _pixels = pixels;
        IsPixels = true;
    }

    /// <summary>The tape.</summary>
    public Tape Tape { get; }

    /// <summary>Whether it is pixels.</summary>
    public bool IsPixels { get; }

    /// <summary>The numbers.</summary>
    /// <exception cref="InvalidOperationException">It is pixels.</exception>
    public Tensor Numbers => IsPixels ? throw new InvalidOperationException("This network sees numbers [N, features], but the input is pixels. Describe it with Pixels = true.") : _numbers;

    /// <summary>The pixels.</summary>
    /// <exception cref="InvalidOperationException">It is numbers.</exception>
    public PixelTensor Pixels => IsPixels ? _pixels : throw new InvalidOperationException("This network sees pixels, but the input is numbers. Describe it with Pixels = false.");
}
