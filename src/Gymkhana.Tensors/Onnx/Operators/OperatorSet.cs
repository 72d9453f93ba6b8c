using System.Collections.Frozen;
using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx.Operators;

/// <summary>All operators that are understood. A new one is a line here and a method that plans it (docs/onnx.md).</summary>
internal static class OperatorSet
{
    /// <summary>The other spelling of the default domain.</summary>
    public const string DomainAlias = "ai.onnx";

    private const int Many = 256;
    private const string Hint = "Export the model without it; docs/onnx.md lists the supported operators";

    private static readonly FrozenDictionary<string, OperatorDefinition> All = Definitions().ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>Names of all operators, in alphabetical order.</summary>
    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    /// <summary>The definition of a checked node's operator.</summary>
    public static OperatorDefinition Find(OnnxNode node) => All[node.Operator];

    /// <summary>Refuses a node that holds graphs.</summary>
    public static void RefuseControlFlow(OnnxNode node)
    {
        if (node.Domain.Length == 0 && node.Operator is "If" or "Loop" or "Scan" or "SequenceMap")
        {
            throw node.Refuse($"operator {node.Operator} is control flow, which is not run here. Export the model without conditions and loops.");
        }
    }

    public static OnnxRefusedException RefuseDomain(OnnxNode node) =>
        node.Refuse($"operator {OnnxText.OneLine(node.Operator)} belongs to the custom domain {OnnxText.Quote(node.Domain)}, expected ONNX's own operators. {Hint}.");

    /// <summary>Refuses a node whose operator, domain or number of inputs and outputs is not understood.</summary>
    /// <param name="node">The node.</param>
    /// <param name="opset">The model's operator set.</param>
    public static void Check(OnnxNode node, int opset)
    {
        if (node.Domain.Length > 0)
        {
            throw RefuseDomain(node);
        }

        if (!All.TryGetValue(node.Operator, out OperatorDefinition? definition))
        {
            throw node.Refuse($"operator {OnnxText.Quote(node.Operator)} of operator set {opset} is not supported. {Hint}.");
        }

        if (opset < definition.Since || opset > definition.Until)
        {
            throw node.Refuse($"operator {node.Operator} of operator set {opset} is not supported, expected operator set {definition.Since} to {Math.Min(definition.Until, GraphChecks.NewestOpset)}. Export the model with opset_version=17.");
        }

        if (node.Inputs.Length < definition.Inputs.Fewest || node.Inputs.Length > definition.Inputs.Most || node.Outputs.Length is 0 || node.Outputs.Length > definition.Outputs)
        {
            throw node.Refuse($"operator {node.Operator} has {node.Inputs.Length} inputs and {node.Outputs.Length} outputs, expected {definition.Inputs.Fewest} to {definition.Inputs.Most} and 1 to {definition.Outputs}. Export the model again.");
        }
    }

    private static IEnumerable<OperatorDefinition> Definitions() =>
        Elementwise().Concat(Movement()).Concat(Indexing()).Concat(Reductions()).Concat(Layers());

    private static IEnumerable<OperatorDefinition> Elementwise()
    {
        foreach (string name in new[] { "Relu", "LeakyRelu", "Elu", "Selu", "HardSigmoid", "Tanh", "Sigmoid", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Neg", "Floor", "Ceil" })
        {
            yield return One(name, 6, UnaryOperators.Plan);
        }

        foreach ((string name, int since) in new[]
        {
            ("Softplus", 1), ("Softsign", 1), ("ThresholdedRelu", 10), ("Celu", 12), ("HardSwish", 14), ("Mish", 18), ("Erf", 9), ("Sign", 9), ("Round", 11),
            ("Sin", 7), ("Cos", 7), ("Tan", 7), ("Asin", 7), ("Acos", 7), ("Atan", 7), ("Sinh", 9), ("Cosh", 9), ("Asinh", 9), ("Acosh", 9), ("Atanh", 9), ("Shrink", 9),
        })
        {
            yield return One(name, since, UnaryOperators.Plan);
        }

        yield return One("IsNaN", 9, ComparisonOperators.PlanIsNaN);
        yield return One("IsInf", 10, ComparisonOperators.PlanIsInf);
        yield return One("Not", 1, ComparisonOperators.PlanNot);
        yield return new("Clip", 6, Many, (1, 3), 1, BoundOperators.PlanClip);
        yield return new("PRelu", 7, Many, (2, 2), 1, BoundOperators.PlanPRelu);
        foreach (string name in new[] { "Add", "Sub", "Mul", "Div", "Pow" })
        {
            yield return new(name, 7, Many, (2, 2), 1, ArithmeticOperators.Plan);
        }

        yield return new("Mod", 10, Many, (2, 2), 1, ArithmeticOperators.Plan);
        foreach (string name in new[] { "Max", "Min", "Sum", "Mean" })
        {
            yield return new(name, 8, Many, (1, Many), 1, ArithmeticOperators.PlanVariadic);
        }

        foreach ((string name, int since) in new[] { ("Equal", 7), ("Less", 7), ("Greater", 7), ("LessOrEqual", 12), ("GreaterOrEqual", 12), ("And", 7), ("Or", 7), ("Xor", 7) })
        {
            yield return new(name, since, Many, (2, 2), 1, ComparisonOperators.Plan);
        }

        yield return new("Where", 9, Many, (3, 3), 1, ComparisonOperators.PlanWhere);
        yield return One("Cast", 6, CastOperators.PlanCast);
        yield return new("CastLike", 15, Many, (2, 2), 1, CastOperators.PlanCastLike);
    }

    private static IEnumerable<OperatorDefinition> Movement()
    {
        yield return new("Constant", 1, Many, (0, 0), 1, ConstantOperators.PlanConstant);
        yield return One("ConstantOfShape", 9, ConstantOperators.PlanConstantOfShape);
        yield return One("EyeLike", 9, ConstantOperators.PlanEyeLike);
        yield return new("Range", 11, Many, (3, 3), 1, ConstantOperators.PlanRange);
        yield return One("Shape", 1, ShapeOperators.PlanShape);
        yield return One("Size", 1, ShapeOperators.PlanSize);
        yield return One("Identity", 1, ShapeOperators.PlanIdentity);
        yield return new("Dropout", 7, Many, (1, 3), 2, ShapeOperators.PlanDropout);
        yield return new("Reshape", 5, Many, (2, 2), 1, ShapeOperators.PlanReshape);
        yield return One("Flatten", 1, ShapeOperators.PlanFlatten);
        yield return new("Squeeze", 1, Many, (1, 2), 1, ShapeOperators.PlanSqueeze);
        yield return new("Unsqueeze", 1, Many, (1, 2), 1, ShapeOperators.PlanUnsqueeze);
        yield return One("Transpose", 1, MovementOperators.PlanTranspose);
        yield return new("Concat", 4, Many, (1, Many), 1, MovementOperators.PlanConcat);
        yield return new("Split", 2, Many, (1, 2), Many, MovementOperators.PlanSplit);
        yield return new("Slice", 1, Many, (1, 5), 1, MovementOperators.PlanSlice);
        yield return new("Expand", 8, Many, (2, 2), 1, MovementOperators.PlanExpand);
        yield return new("Tile", 6, Many, (2, 2), 1, MovementOperators.PlanTile);
        yield return new("Pad", 2, Many, (1, 4), 1, PadOperators.PlanPad);
        yield return new("Resize", 10, Many, (1, 4), 1, ResizeOperators.PlanResize);
        yield return new("Upsample", 7, 9, (1, 2), 1, ResizeOperators.PlanUpsample);
        yield return One("DepthToSpace", 1, MovementOperators.PlanDepthToSpace);
        yield return One("SpaceToDepth", 1, MovementOperators.PlanSpaceToDepth);
    }

    private static IEnumerable<OperatorDefinition> Indexing()
    {
        yield return new("Gather", 1, Many, (2, 2), 1, GatherOperators.PlanGather);
        yield return new("GatherElements", 11, Many, (2, 2), 1, GatherOperators.PlanGatherElements);
        yield return new("GatherND", 11, Many, (2, 2), 1, GatherOperators.PlanGatherND);
        yield return new("Scatter", 9, 10, (3, 3), 1, ScatterOperators.PlanScatterElements);
        yield return new("ScatterElements", 11, Many, (3, 3), 1, ScatterOperators.PlanScatterElements);
        yield return new("ScatterND", 11, Many, (3, 3), 1, ScatterOperators.PlanScatterND);
        yield return new("OneHot", 9, Many, (3, 3), 1, SelectionOperators.PlanOneHot);
        yield return new("Compress", 9, Many, (2, 2), 1, SelectionOperators.PlanCompress);
        yield return One("NonZero", 9, SelectionOperators.PlanNonZero);
        yield return new("TopK", 10, Many, (2, 2), 2, OrderOperators.PlanTopK);
        yield return One("ArgMax", 1, OrderOperators.PlanArg);
        yield return One("ArgMin", 1, OrderOperators.PlanArg);
        yield return One("Hardmax", 1, OrderOperators.PlanHardmax);
        yield return new("CumSum", 11, Many, (2, 2), 1, SelectionOperators.PlanCumSum);
        yield return new("Trilu", 14, Many, (1, 2), 1, SelectionOperators.PlanTrilu);
        yield return new("ReverseSequence", 10, Many, (2, 2), 1, SelectionOperators.PlanReverseSequence);
    }

    private static IEnumerable<OperatorDefinition> Reductions()
    {
        foreach (string name in new[] { "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare" })
        {
            yield return new(name, 1, Many, (1, 2), 1, ReductionOperators.Plan);
        }

        yield return One("Softmax", 1, SoftmaxOperators.Plan);
        yield return One("LogSoftmax", 1, SoftmaxOperators.Plan);
    }

    private static IEnumerable<OperatorDefinition> Layers()
    {
        yield return new("Gemm", 7, Many, (2, 3), 1, ProductOperators.PlanGemm);
        yield return new("MatMul", 1, Many, (2, 2), 1, ProductOperators.PlanMatMul);
        yield return new("Einsum", 12, Many, (1, 8), 1, EinsumOperators.PlanEinsum);
        yield return new("Conv", 1, Many, (2, 3), 1, ConvolutionOperators.PlanConv);
        yield return new("ConvTranspose", 1, Many, (2, 3), 1, ConvolutionOperators.PlanConvTranspose);
        yield return new("BatchNormalization", 7, Many, (5, 5), 5, NormalizationOperators.PlanBatch);
        yield return new("InstanceNormalization", 6, Many, (3, 3), 1, NormalizationOperators.PlanInstance);
        yield return new("LayerNormalization", 17, Many, (2, 3), 3, NormalizationOperators.PlanLayer);
        yield return One("MeanVarianceNormalization", 9, NormalizationOperators.PlanMeanVariance);
        yield return One("LRN", 1, NormalizationOperators.PlanLocalResponse);
        yield return One("MaxPool", 1, PoolOperators.PlanMax, 2);
        yield return One("AveragePool", 1, PoolOperators.PlanAverage);
        yield return One("GlobalMaxPool", 1, PoolOperators.PlanGlobal);
        yield return One("GlobalAveragePool", 1, PoolOperators.PlanGlobal);
        yield return new("LSTM", 7, Many, (3, 8), 3, RecurrentOperators.Plan);
        yield return new("GRU", 7, Many, (3, 6), 2, RecurrentOperators.Plan);
        yield return new("RNN", 7, Many, (3, 6), 2, RecurrentOperators.Plan);
    }

    private static OperatorDefinition One(string name, int since, Action<NodeContext> plan, int outputs = 1) => new(name, since, Many, (1, 1), outputs, plan);
}
