using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;

namespace Gymkhana.Tensors.Kernels;

/// <summary>What happens to each element of a product when its sum is complete: a bias is added, then a function applied.</summary>
/// <param name="columnBias">One number for each column, or null.</param>
/// <param name="activation">The function.</param>
/// <param name="rowBias">One number for each row, or null; added after that of the column.</param>
internal readonly unsafe struct Epilogue(float* columnBias = null, Activation activation = Activation.None, float* rowBias = null)
{
    private readonly float* _columnBias = columnBias;
    private readonly float* _rowBias = rowBias;
    private readonly Activation _activation = activation;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _columnBias == null && _rowBias == null && _activation == Activation.None;

    /// <summary>That of the part of the product which begins at a row and a column.</summary>
    /// <param name="row">First row.</param>
    /// <param name="column">First column.</param>
    /// <returns>The same with its biases moved.</returns>
    public Epilogue From(int row, int column) => new(_columnBias == null ? null : _columnBias + column, _activation, _rowBias == null ? null : _rowBias + row);

    /// <summary>Finishes rows in place.</summary>
    /// <typeparam name="TWide">The bundle type.</typeparam>
    /// <param name="rows">Starts of the rows.</param>
    /// <param name="first">Number of the first of them, for the row's bias.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<TWide>(float** rows, int first, int count, int columns)
        where TWide : unmanaged, IWide<TWide>
    {
        switch (_activation)
        {
            case Activation.Relu:
                Apply<TWide, Relu>(rows, first, count, columns);
                break;
            case Activation.Tanh:
                Apply<TWide, Tanh>(rows, first, count, columns);
                break;
            case Activation.Sigmoid:
                Apply<TWide, Sigmoid>(rows, first, count, columns);
                break;
            default:
                Apply<TWide, Same>(rows, first, count, columns);
                break;
        }
    }

    private void Apply<TWide, TFunction>(float** rows, int first, int count, int columns)
        where TWide : unmanaged, IWide<TWide>
        where TFunction : struct, IFunction
    {
        for (int row = 0; row < count; row++)
        {
            float* values = rows[row];
            TWide rowBias = _rowBias == null ? default : TWide.Broadcast(_rowBias[first + row]);
            int column = 0;
            for (; column + TWide.Lanes <= columns; column += TWide.Lanes)
            {
                TWide x = TWide.Load(values + column);
                x = _columnBias == null ? x : x + TWide.Load(_columnBias + column);
                x = _rowBias == null ? x : x + rowBias;
                TWide.Store(TFunction.Of(x), values + column);
            }

            for (; column < columns; column++)
            {
                float x = values[column];
                x = _columnBias == null ? x : x + _columnBias[column];
                x = _rowBias == null ? x : x + _rowBias[first + row];
                values[column] = TFunction.Of(new Wide1(x)).Value;
            }
        }
    }

    private interface IFunction
    {
        static abstract TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide>;
    }

    private readonly struct Same : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => x;
    }

    private readonly struct Relu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TWide.Max(default, x);
    }

    private readonly struct Tanh : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Tanh(x);
    }

    private readonly struct Sigmoid : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWide Of<TWide>(TWide x)
            where TWide : unmanaged, IWide<TWide> => TensorMath.Sigmoid(x);
    }
}
