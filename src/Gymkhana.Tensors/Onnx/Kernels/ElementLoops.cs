using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Onnx.Kernels;

/// <summary>Loops of wide functions over contiguous numbers; the rest that fills no bundle goes through a padded one, with the same bits.</summary>
internal static unsafe class ElementLoops
{
    /// <summary>y[i] = f(x[i]); x and y are of one length and may be the same memory.</summary>
    public static void Apply<TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> y)
        where TFunction : struct, IFloatFunction
    {
        switch (WideWidth.Best)
        {
            case 16:
                Loop<Wide16, TFunction>(function, x, y);
                break;
            case 8:
                Loop<Wide8, TFunction>(function, x, y);
                break;
            case 4:
                Loop<Wide4, TFunction>(function, x, y);
                break;
            default:
                Loop<Wide1, TFunction>(function, x, y);
                break;
        }
    }

    // Bounds: whole bundles end at or before y.Length ≤ x.Length; the rest is copied into 16 numbers of its own.
    private static void Loop<TWide, TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> y)
        where TWide : unmanaged, IWide<TWide>
        where TFunction : struct, IFloatFunction
    {
        fixed (float* source = x, destination = y)
        {
            int i = 0;
            for (; i + TWide.Lanes <= y.Length; i += TWide.Lanes)
            {
                TWide.Store(function.Apply(TWide.Load(source + i)), destination + i);
            }

            if (i < y.Length)
            {
                float* rest = stackalloc float[16];
                x[i..y.Length].CopyTo(new Span<float>(rest, 16));
                TWide.Store(function.Apply(TWide.Load(rest)), rest);
                new Span<float>(rest, y.Length - i).CopyTo(y[i..]);
            }
        }
    }
}
