using System.Numerics;
using Gymkhana.Tensors.Onnx.Kernels;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>Einstein's sums: a letter for each axis, products summed over the letters that the result does not have, in order.</summary>
internal static class EinsumOperators
{
    // Axes that "..." stands for get the labels of digits, the outermost of eight first.
    private const string EllipsisLabels = "01234567";

    public static void PlanEinsum(NodeContext c)
    {
        string equation = c.Text("equation", string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != c.InputCount || terms.Length > Wire.TensorReader.MostAxes)
        {
            throw Wrong(c, equation);
        }

        Dictionary<char, int> sizes = [];
        for (int i = 0; i < terms.Length; i++)
        {
            terms[i] = Spelled(c, equation, terms[i], c.Input(i));
            for (int axis = 0; axis < terms[i].Length; axis++)
            {
                int size = c.Input(i).Shape[axis];
                int known = sizes.GetValueOrDefault(terms[i][axis], 1);
                sizes[terms[i][axis]] = known == 1 || known == size || size == 1 ? (known == 1 ? size : known) : throw c.RefuseShapes($"one size for each letter of {OnnxText.Quote(equation)}", c.Input(i));
            }
        }

        string result = sides.Length == 2 ? Result(c, equation, sides[1], sizes) : Implied(terms);
        string summed = string.Concat(sizes.Keys.Where(l => !result.Contains(l, StringComparison.Ordinal)).Order());
        Operand y = c.Output(0, c.Input(0).Type, [.. result.Select(l => sizes[l])]);
        Operand[] inputs = [.. Enumerable.Range(0, terms.Length).Select(c.Input)];
        if (inputs.Any(i => i.Type != y.Type))
        {
            throw c.Refuse("its inputs are expected to be of one type. Export the model again.");
        }

        int[][] outer = [.. inputs.Select((x, i) => Strides(x, terms[i], result))];
        int[][] inner = [.. inputs.Select((x, i) => Strides(x, terms[i], summed))];
        Walk results = new([.. result.Select(l => sizes[l])], outer);
        Walk sums = new([.. summed.Select(l => sizes[l])], inner);
        double work = 2.0 * terms.Length * y.Count;
        foreach (char label in summed)
        {
            work *= sizes[label];
        }

        c.Emit(
            y.Type switch
            {
                OnnxElementType.Float32 => () => Sum<float>(inputs, y, results, sums),
                OnnxElementType.Float64 => () => Sum<double>(inputs, y, results, sums),
                _ => throw c.RefuseType(y.Type),
            },
            (long)Math.Min(work, 1e15));
    }

    private static OnnxRefusedException Wrong(NodeContext c, string equation) =>
        c.Refuse($"its equation {OnnxText.Quote(equation)} is expected to have a letter for each axis of its {c.InputCount} inputs. Export the model again.");

    // The term with the axes of "..." spelled out.
    private static string Spelled(NodeContext c, string equation, string term, Operand x)
    {
        int dots = term.IndexOf("...", StringComparison.Ordinal);
        string letters = dots < 0 ? term : term.Remove(dots, 3);
        int hidden = x.Rank - letters.Length;
        if (hidden < 0 || (dots < 0 && hidden > 0) || hidden > EllipsisLabels.Length || letters.Any(l => !char.IsAsciiLetter(l)))
        {
            throw Wrong(c, equation);
        }

        return dots < 0 ? term : string.Concat(term.AsSpan(0, dots), EllipsisLabels.AsSpan(EllipsisLabels.Length - hidden), term.AsSpan(dots + 3));
    }

    private static string Result(NodeContext c, string equation, string given, Dictionary<char, int> sizes)
    {
        string hidden = string.Concat(EllipsisLabels.Where(sizes.ContainsKey));
        string result = given.Replace("...", hidden, StringComparison.Ordinal);
        return result.All(sizes.ContainsKey) && result.Distinct().Count() == result.Length ? result : throw Wrong(c, equation);
    }

    // Without an arrow: the axes of "...", then letters that stand once, in alphabetical order.
    private static string Implied(string[] terms) => string.Concat(
        string.Concat(terms).GroupBy(l => l).Where(g => char.IsAsciiDigit(g.Key) || g.Count() == 1).Select(g => g.Key).Order());

    private static int[] Strides(Operand x, string term, string labels)
    {
        int[] own = StridedCopy.Strides(x.Shape);
        int[] strides = new int[labels.Length];
        for (int axis = 0; axis < term.Length; axis++)
        {
            int label = labels.IndexOf(term[axis], StringComparison.Ordinal);
            if (label >= 0 && x.Shape[axis] != 1)
            {
                strides[label] += own[axis];
            }
        }

        return strides;
    }

    private static void Sum<T>(Operand[] inputs, Operand y, Walk results, Walk sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> to = y.As<T>();
        results.Reset();
        for (int i = 0; i < to.Length; i++)
        {
            T sum = T.Zero;
            sums.Reset();
            for (int k = 0; k < sums.Count; k++)
            {
                T product = inputs[0].As<T>()[results.At(0) + sums.At(0)];
                for (int n = 1; n < inputs.Length - 1; n++)
                {
                    product *= inputs[n].As<T>()[results.At(n) + sums.At(n)];
                }

                int last = inputs.Length - 1;
                sum = last == 0 ? sum + product : T.FusedMultiplyAdd(product, inputs[last].As<T>()[results.At(last) + sums.At(last)], sum);
                sums.Next();
            }

            to[i] = sum;
            results.Next();
        }
    }

    /// <summary>Walks over labels, the last fastest, and keeps where each operand is.</summary>
    private sealed class Walk
    {
        private readonly int[] _sizes;
        private readonly int[][] _strides;
        private readonly int[] _counter;
        private readonly int[] _places;

        public Walk(int[] sizes, int[][] strides)
        {
            _sizes = sizes;
            _strides = strides;
            _counter = new int[sizes.Length];
            _places = new int[strides.Length];
            Count = 1;
            foreach (int size in sizes)
            {
                Count = Math.Min(Count * size, int.MaxValue);
            }
        }

        public long Count { get; }

        public int At(int operand) => _places[operand];

        public void Reset()
        {
            Array.Clear(_counter);
            Array.Clear(_places);
        }

        public void Next()
        {
            for (int label = _sizes.Length - 1; label >= 0; label--)
            {
                bool stays = ++_counter[label] < _sizes[label];
                for (int n = 0; n < _places.Length; n++)
                {
                    _places[n] += stays ? _strides[n][label] : -_strides[n][label] * (_sizes[label] - 1);
                }

                if (stays)
                {
                    return;
                }

                _counter[label] = 0;
            }
        }
    }
}
