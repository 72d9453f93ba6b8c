namespace Gymkhana.Environments.CarRacing;

/// <summary>Distances between convex polygons: corners x and y in turn, in either sense of rotation.</summary>
internal static class ConvexShapes
{
    /// <summary>Whether two polygons are nearer to each other than a distance.</summary>
    /// <param name="a">Corners of the first.</param>
    /// <param name="b">Corners of the second.</param>
    /// <param name="distance">Above zero, m.</param>
    /// <returns>Whether they overlap or are nearer.</returns>
    public static bool AreWithin(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double distance)
    {
        double separation = Math.Max(Separation(a, b), Separation(b, a));
        if (separation <= 0)
        {
            return true;
        }

        return separation < distance && (IsCornerWithin(a, b, distance) || IsCornerWithin(b, a, distance));
    }

    /// <summary>Puts four points in the order of their convex hull, anticlockwise; a point inside is replaced by a corner.</summary>
    /// <param name="corners">The points.</param>
    public static void MakeConvex(Span<double> corners)
    {
        Span<double> points = stackalloc double[8];
        corners.CopyTo(points);
        int current = 0;
        for (int i = 1; i < 4; i++)
        {
            bool further = points[2 * i] > points[2 * current] || (points[2 * i] == points[2 * current] && points[(2 * i) + 1] < points[(2 * current) + 1]);
            current = further ? i : current;
        }

        // Gift wrapping from the rightmost point.
        int first = current;
        for (int corner = 0; corner < 4; corner++)
        {
            corners[2 * corner] = points[2 * current];
            corners[(2 * corner) + 1] = points[(2 * current) + 1];
            int next = (current + 1) % 4;
            for (int i = 0; i < 4; i++)
            {
                double ax = points[2 * next] - points[2 * current], ay = points[(2 * next) + 1] - points[(2 * current) + 1];
                double bx = points[2 * i] - points[2 * current], by = points[(2 * i) + 1] - points[(2 * current) + 1];
                double turn = (ax * by) - (ay * bx);
                if (turn < 0 || (turn == 0 && (bx * bx) + (by * by) > (ax * ax) + (ay * ay)))
                {
                    next = i;
                }
            }

            current = next == first ? current : next;
        }
    }

    // The most that one of a's edges keeps b away.
    private static double Separation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double turn = Rotation(a);
        double most = double.NegativeInfinity;
        for (int i = 0; i < a.Length; i += 2)
        {
            int j = i + 2 == a.Length ? 0 : i + 2;
            double nx = (a[j + 1] - a[i + 1]) * turn, ny = (a[i] - a[j]) * turn;
            double length = Math.Sqrt((nx * nx) + (ny * ny));
            if (length == 0)
            {
                continue;
            }

            double least = double.PositiveInfinity;
            for (int k = 0; k < b.Length; k += 2)
            {
                least = Math.Min(least, (nx * (b[k] - a[i])) + (ny * (b[k + 1] - a[i + 1])));
            }

            most = Math.Max(most, least / length);
        }

        return most;
    }

    private static double Rotation(ReadOnlySpan<double> a)
    {
        double area = 0;
        for (int i = 0; i < a.Length; i += 2)
        {
            int j = i + 2 == a.Length ? 0 : i + 2;
            area += ((a[i] - a[0]) * (a[j + 1] - a[1])) - ((a[j] - a[0]) * (a[i + 1] - a[1]));
        }

        return area < 0 ? -1 : 1;
    }

    private static bool IsCornerWithin(ReadOnlySpan<double> corners, ReadOnlySpan<double> edges, double distance)
    {
        for (int k = 0; k < corners.Length; k += 2)
        {
            for (int i = 0; i < edges.Length; i += 2)
            {
                int j = i + 2 == edges.Length ? 0 : i + 2;
                double ex = edges[j] - edges[i], ey = edges[j + 1] - edges[i + 1];
                double px = corners[k] - edges[i], py = corners[k + 1] - edges[i + 1];
                double square = (ex * ex) + (ey * ey);
                double along = square > 0 ? Math.Clamp(((px * ex) + (py * ey)) / square, 0, 1) : 0;
                (px, py) = (px - (along * ex), py - (along * ey));
                if (Math.Sqrt((px * px) + (py * py)) < distance)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
