using Gymkhana.Core.Simd;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Tests.Tensors.Kernels;

/// <summary>The product as one reads it: for each element one chain of fused multiply-adds, k ascending.</summary>
internal static unsafe class PlainProduct
{
    public static void Multiply(int rows, int columns, int depth, Matrix a, Matrix b, float* c, nint cStride, bool accumulate = false, float* columnBias = null, float* rowBias = null, Activation activation = Activation.None)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                float sum = accumulate ? c[(i * cStride) + j] : 0f;
                for (int k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a.Data[(i * a.RowStride) + (k * a.ColumnStride)], b.Data[(k * b.RowStride) + (j * b.ColumnStride)], sum);
                }

                sum = columnBias == null ? sum : sum + columnBias[j];
                sum = rowBias == null ? sum : sum + rowBias[i];
                c[(i * cStride) + j] = Apply(activation, sum);
            }
        }
    }

    public static float Apply(Activation activation, float x) => activation switch
    {
        Activation.Relu => x < 0f ? 0f : x,
        Activation.Tanh => WideMath.Tanh(new Wide1(x)).Value,
        Activation.Sigmoid => WideMath.Sigmoid(new Wide1(x)).Value,
        _ => x,
    };
}
