using Gymkhana.Core.Randomness;
using Gymkhana.Evolution.Strategies;

namespace Gymkhana.Tests.Evolution.Strategies;

public sealed class MatrixAdaptationTests
{
    private const int Dimensions = 8;

    [Fact]
    public void Sphere_Within6000Evaluations_IsFound() => Assert.True(Minimise(Sphere, 6000) < 1e-10);

    [Fact]
    public void RotatedEllipsoid_Within20000Evaluations_IsFound() => Assert.True(Minimise(RotatedEllipsoid, 20000) < 1e-10);

    [Fact]
    [Trait("Category", "Determinism")]
    public void Fitness_TransformedMonotonically_ChangesNothing()
    {
        double[] plain = Search(RotatedEllipsoid, 2000, v => -v);
        double[] transformed = Search(RotatedEllipsoid, 2000, v => 7 - Math.Sqrt(v));
        Assert.Equal(plain, transformed);
    }

    private static double Minimise(Func<double[], double> function, int evaluations) => function(Search(function, evaluations, v => -v));

    private static double[] Search(Func<double[], double> function, int evaluations, Func<double, double> fitnessOf)
    {
        MatrixAdaptation search = new(Enumerable.Repeat(2.0, Dimensions).ToArray(), 0.5, 16);
        KeyedStream rng = new(3, 0, StreamPurpose.Exploration);
        double[] candidate = new double[Dimensions], fitness = new double[search.Offspring];
        for (int used = 0; used < evaluations; used += search.Offspring)
        {
            search.Sample(rng);
            for (int k = 0; k < search.Offspring; k++)
            {
                search.Candidate(k, candidate);
                fitness[k] = fitnessOf(function(candidate));
            }

            search.Update(fitness);
        }

        return [.. search.Mean];
    }

    private static double Sphere(double[] x) => x.Sum(v => v * v);

    // Axes of length 1 to 1/30 (condition 900), turned by 45 degrees in each plane of neighbours.
    private static double RotatedEllipsoid(double[] x)
    {
        double[] y = [.. x];
        double turn = Math.Sqrt(0.5);
        for (int i = 0; i + 1 < y.Length; i++)
        {
            (y[i], y[i + 1]) = (turn * (y[i] - y[i + 1]), turn * (y[i] + y[i + 1]));
        }

        double sum = 0;
        for (int i = 0; i < y.Length; i++)
        {
            double scale = 1 + (29.0 * i / (y.Length - 1));
            sum += scale * scale * y[i] * y[i];
        }

        return sum;
    }
}
