namespace Gymkhana.Tensors.Layers;

/// <summary>A parameter and what it is called.</summary>
/// <param name="Name">Its name within the outermost module, as in a state dictionary of PyTorch: "weight", "2.bias", "layers.0.weight_hh_l1".</param>
/// <param name="Parameter">The parameter.</param>
public readonly record struct NamedParameter(string Name, Parameter Parameter);
