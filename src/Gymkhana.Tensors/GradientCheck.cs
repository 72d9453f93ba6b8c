using System.Globalization;

namespace Gymkhana.Tensors;

/// <summary>
/// Checks gradients against finite differences. The function runs on a tape where every operation also computes its result
/// plainly in double; derivatives are central differences of that, so they are good to some nine digits, and both the fast
/// forward pass and the gradients in float are held against them. For tests of operations and of layers of your own.
/// </summary>
public static class GradientCheck
{
    private const double RelativeStep = 1e-5;

    /// <summary>Checks the gradients of a scalar function.</summary>
    /// <param name="function">Computes a tensor from the inputs, which are on the tape it is given; a result that is no scalar is weighted with fixed numbers and summed. It must be the same each time it is called.</param>
    /// <param name="inputs">Shapes and values of the inputs. Keep them away from kinks such as that of ReLU at 0.</param>
    /// <param name="parameters">Parameters whose gradients are checked too.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the largest gradient of the same tensor or 1; a few hundred roundings of float by default.</param>
    /// <returns>The findings.</returns>
    public static GradientFindings Run(
        Func<Tape, IReadOnlyList<Tensor>, Tensor> function,
        IReadOnlyList<(Shape Shape, float[] Values)> inputs,
        IReadOnlyList<Parameter>? parameters = null,
        double tolerance = 2e-5)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        parameters ??= [];
        foreach (Parameter parameter in parameters)
        {
            parameter.ClearGradient();
        }

        Tape tape = new() { IsChecking = true };
        Tensor[] variables = [.. inputs.Select(i => tape.Variable(i.Shape, i.Values))];
        Tensor result = function(tape, variables);
        float[] weights = Weights(result.Shape.Count);
        double forward = ForwardDifference(result);
        if (result.NeedsGradient)
        {
            tape.SeedGradient(result, weights);
            tape.Backward();
        }

        double[][] exact = [.. inputs.Select(i => i.Values.Select(v => (double)v).ToArray()), .. parameters.Select(p => p.Values.ToArray().Select(v => (double)v).ToArray())];
        Func<double> loss = () => ExactLoss(function, inputs, parameters, weights, exact);
        string worst = string.Empty;
        double largest = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            ReadOnlySpan<float> gradient = i < variables.Length ? variables[i].NeedsGradient ? variables[i].Gradient : [] : parameters[i - variables.Length].Gradient;
            double[] numeric = Differences(exact[i], loss);
            double scale = Math.Max(1, numeric.Select(Math.Abs).DefaultIfEmpty().Max());
            for (int j = 0; j < gradient.Length; j++)
            {
                double difference = Math.Abs(gradient[j] - numeric[j]) / scale;
                if (!(difference <= largest))
                {
                    largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
                    string what = i < variables.Length ? $"input {i}" : $"parameter {i - variables.Length}";
                    worst = string.Create(CultureInfo.InvariantCulture, $"{what}, element {j}: the gradient is {gradient[j]:g9}, finite differences give {numeric[j]:g9}");
                }
            }
        }

        return new GradientFindings(forward, largest, tolerance, worst);
    }

    private static double[] Differences(double[] values, Func<double> loss)
    {
        double[] differences = new double[values.Length];
        for (int j = 0; j < values.Length; j++)
        {
            double value = values[j];
            double step = RelativeStep * Math.Max(1, Math.Abs(value));
            values[j] = value + step;
            double above = loss();
            values[j] = value - step;
            double below = loss();
            values[j] = value;
            differences[j] = (above - below) / (2 * step);
        }

        return differences;
    }

    private static double ExactLoss(Func<Tape, IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<(Shape Shape, float[] Values)> inputs, IReadOnlyList<Parameter> parameters, float[] weights, double[][] exact)
    {
        Dictionary<Parameter, double[]> exactParameters = [];
        for (int i = 0; i < parameters.Count; i++)
        {
            exactParameters[parameters[i]] = exact[inputs.Count + i];
        }

        Tape tape = new() { IsChecking = true, Recording = false, ExactParameters = exactParameters };
        Tensor[] variables = new Tensor[inputs.Count];
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i] = tape.Constant(inputs[i].Shape, inputs[i].Values);
            variables[i].Node.Exact = exact[i];
        }

        double[] result = function(tape, variables).Node.Exact!; // a checking tape gives every node its exact values
        double sum = 0;
        for (int i = 0; i < result.Length; i++)
        {
            sum += weights[i] * result[i];
        }

        return sum;
    }

    private static double ForwardDifference(Tensor result)
    {
        double[] exact = result.Node.Exact!; // a checking tape gives every node its exact values
        double scale = Math.Max(1, exact.Select(Math.Abs).DefaultIfEmpty().Max());
        double largest = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double difference = Math.Abs(result.Values[i] - exact[i]) / scale;
            largest = difference <= largest ? largest : double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }

        return largest;
    }

    // Numbers of both signs and different sizes, so that gradients that should cancel or differ do.
    private static float[] Weights(int count)
    {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++)
        {
            weights[i] = count == 1 ? 1 : ((i * 37 % 19) - 9) / 8f;
        }

        return weights;
    }
}

/// <summary>What a <see cref="GradientCheck"/> found.</summary>
/// <param name="ForwardDifference">Largest difference between the result and the plain one in double, relative to the largest element or 1.</param>
/// <param name="GradientDifference">Largest difference between a gradient and finite differences, relative to the largest of its tensor or 1.</param>
/// <param name="Tolerance">What is allowed of both.</param>
/// <param name="Worst">Where the gradient differs most, in words.</param>
public sealed record GradientFindings(double ForwardDifference, double GradientDifference, double Tolerance, string Worst)
{
    /// <summary>Whether both are within the tolerance.</summary>
    public bool IsRight => ForwardDifference <= Tolerance && GradientDifference <= Tolerance;

    /// <summary>The findings in a line.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsRight ? "right" : "wrong")}: results differ by {ForwardDifference:g3}, gradients by {GradientDifference:g3}, allowed {Tolerance:g3}; worst: {Worst}");
}
