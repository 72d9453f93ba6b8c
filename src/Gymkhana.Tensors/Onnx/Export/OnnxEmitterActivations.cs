namespace Gymkhana.Tensors.Onnx.Export;

/// <content>
/// Activations that are composed: because older operator sets lack them, or because ONNX's own one rounds otherwise than the tape does.
/// </content>
internal sealed unsafe partial class OnnxEmitter
{
    /// <summary>min(max(0, x + 3), 6)/6.</summary>
    public string HardSigmoid(string x) => Add("Div", [Ramp(x), Scalar(6)]);

    /// <summary>x · min(max(0, x + 3), 6)/6.</summary>
    public string HardSwish(string x) => Add("Div", [Add("Mul", [x, Ramp(x)]), Scalar(6)]);

    /// <summary>x/2 · (1 + erf(x/√2)).</summary>
    public string Gelu(string x)
    {
        string erf = Add("Erf", [Add("Mul", [x, Scalar(0.70710678f)])]);
        return Add("Mul", [Add("Mul", [x, Scalar(0.5f)]), Add("Add", [erf, Scalar(1)])]);
    }

    /// <summary>x/(1 + e^(−2u)) with 2u = x (1.5957691 + 0.071354816 x²).</summary>
    public string GeluTanh(string x)
    {
        string steep = Add("Add", [Add("Mul", [Add("Mul", [x, x]), Scalar(0.071354816f)]), Scalar(1.5957691f)]);
        string twice = Add("Clip", [Add("Mul", [x, steep]), Scalar(-80), Scalar(80)]);
        return Add("Div", [x, Add("Add", [Add("Exp", [Add("Neg", [twice])]), Scalar(1)])]);
    }

    /// <summary>x · n/(n + 2) with n = e (e + 2), e = eˣ.</summary>
    public string Mish(string x)
    {
        string e = Add("Exp", [Add("Min", [x, Scalar(20)])]);
        string n = Add("Mul", [e, Add("Add", [e, Scalar(2)])]);
        return Add("Mul", [x, Add("Div", [n, Add("Add", [n, Scalar(2)])])]);
    }

    private string Ramp(string x) => Add("Clip", [Add("Add", [x, Scalar(3)]), Scalar(0), Scalar(6)]);
}
