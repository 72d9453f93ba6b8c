using System.Numerics;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Tests.Drawing;

/// <summary>The plain reference: a pixel's coverage is the share of 16×16 points within the shape.</summary>
internal static class Supersampling
{
    private const int Side = 16;

    /// <summary>Compares the alpha of a canvas with the reference.</summary>
    /// <returns>The largest and the mean difference over pixels the shape's border crosses.</returns>
    public static (double Largest, double Mean) Compare(Canvas canvas, Func<Vector2, bool> inside)
    {
        double largest = 0, sum = 0;
        int count = 0;
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
            {
                int hits = 0;
                for (int sample = 0; sample < Side * Side; sample++)
                {
                    var point = new Vector2(x + (((sample % Side) + 0.5f) / Side), y + (((sample / Side) + 0.5f) / Side));
                    if (inside(point)) hits++;
                }

                double expected = hits / (double)(Side * Side), difference = Math.Abs(expected - (canvas[x, y].A / 255.0));
                largest = Math.Max(largest, difference);
                if (hits is > 0 and < Side * Side)
                {
                    sum += difference;
                    count++;
                }
            }
        }

        return (largest, count == 0 ? 0 : sum / count);
    }

    /// <summary>Nonzero winding.</summary>
    public static bool Inside(ReadOnlySpan<Vector2> polygon, Vector2 point)
    {
        int winding = 0;
        for (int i = 0; i < polygon.Length; i++)
        {
            Vector2 a = polygon[i], b = polygon[(i + 1) % polygon.Length];
            if ((a.Y <= point.Y) == (b.Y <= point.Y)) continue;
            float x = a.X + ((point.Y - a.Y) / (b.Y - a.Y) * (b.X - a.X));
            if (x > point.X) winding += a.Y < b.Y ? 1 : -1;
        }

        return winding != 0;
    }

    /// <summary>Distance from a point to a line segment.</summary>
    public static float Distance(Vector2 point, Vector2 a, Vector2 b)
    {
        Vector2 along = b - a;
        float t = Math.Clamp(Vector2.Dot(point - a, along) / along.LengthSquared(), 0, 1);
        return Vector2.Distance(point, a + (along * t));
    }

    /// <summary>FNV-1a of a picture's pixels.</summary>
    public static ulong Hash(Canvas canvas)
    {
        ulong hash = 14695981039346656037;
        foreach (uint pixel in canvas.Pixels) hash = (hash ^ pixel) * 1099511628211;
        return hash;
    }

    public static readonly Rgba White = Rgba.White;
}
