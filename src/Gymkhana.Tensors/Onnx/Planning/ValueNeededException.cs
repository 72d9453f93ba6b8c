namespace Gymkhana.Tensors.Onnx.Planning;

/// <summary>Shapes depend on values that are not known yet; the planner catches it, learns the values and plans anew.</summary>
/// <param name="operand">Whose values.</param>
internal sealed class ValueNeededException(Operand operand) : Exception
{
    public Operand Operand => operand;
}
