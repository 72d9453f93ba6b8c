namespace Gymkhana.Tensors;

/// <summary>What becomes of the losses of a batch.</summary>
public enum LossReduction
{
    /// <summary>Their mean; with weights, the sum divided by that of the weights.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They stay as they are.</summary>
    None,
}
