using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>Keeps gradients from growing too large.</summary>
public static unsafe class GradientClipping
{
    /// <summary>
    /// Scales all gradients by min(1, limit / (norm + 10⁻⁶)), as torch.nn.utils.clip_grad_norm_: their common Euclidean norm is then at
    /// most the limit. Where the norm is not finite the gradients are left as they are; the caller sees it and may skip the step.
    /// Allocates nothing.
    /// </summary>
    /// <param name="parameters">Whose gradients; those that are not trained are passed over.</param>
    /// <param name="limit">The largest norm, above 0.</param>
    /// <returns>The norm before scaling.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not above 0.</exception>
    public static double ByGlobalNorm(IReadOnlyList<NamedParameter> parameters, double limit)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(limit > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "the largest norm is a number above 0.");
        }

        double norm = GlobalNorm(parameters);
        double scale = limit / (norm + 1e-6);
        if (double.IsFinite(norm) && scale < 1)
        {
            Scaled scaled = new((float)scale);
            for (int i = 0; i < parameters.Count; i++)
            {
                Parameter parameter = parameters[i].Parameter;
                if (parameter.IsTrainable)
                {
                    Elementwise.Map(scaled, parameter.GradientPointer, parameter.GradientPointer, parameter.Shape.Count, add: false);
                }
            }
        }

        return norm;
    }

    /// <summary>The Euclidean norm of all gradients together.</summary>
    /// <param name="parameters">Whose gradients; those that are not trained are passed over.</param>
    /// <returns>√Σ g².</returns>
    public static double GlobalNorm(IReadOnlyList<NamedParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        double square = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter parameter = parameters[i].Parameter;
            if (parameter.IsTrainable)
            {
                _ = parameter.Gradient; // fills it with zeros where it is clear
                square += LaneSums.Dot(parameter.GradientPointer, parameter.GradientPointer, parameter.Shape.Count);
            }
        }

        return Math.Sqrt(square);
    }
}
