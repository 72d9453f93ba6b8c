namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Cuts lines at the rim of the window as SDL_gfx does: Cohen and Sutherland's codes, slopes in single precision, whole results.</summary>
internal static class WindowClip
{
    private const int Right = CellSurface.Width - 1;
    private const int Bottom = CellSurface.Height - 1;

    [Flags]
    private enum Beyond
    {
        None = 0,
        Left = 1,
        Right = 2,
        Bottom = 4,
        Top = 8,
    }

    /// <summary>Cuts a line; its ends may change places on the way.</summary>
    /// <param name="x1">First end.</param>
    /// <param name="y1">First end.</param>
    /// <param name="x2">Second end.</param>
    /// <param name="y2">Second end.</param>
    /// <returns>False when nothing of it is in the window.</returns>
    public static bool Clip(ref int x1, ref int y1, ref int x2, ref int y2)
    {
        while (true)
        {
            Beyond first = CodeOf(x1, y1), second = CodeOf(x2, y2);
            if ((first | second) == Beyond.None)
            {
                return true;
            }

            if ((first & second) != Beyond.None)
            {
                return false;
            }

            if (first == Beyond.None)
            {
                (x1, y1, x2, y2) = (x2, y2, x1, y1);
                first = second;
            }

            float slope = x2 != x1 ? (y2 - y1) / (float)(x2 - x1) : 1;
            if ((first & Beyond.Left) != Beyond.None)
            {
                y1 += (short)(-x1 * slope);
                x1 = 0;
            }
            else if ((first & Beyond.Right) != Beyond.None)
            {
                y1 += (short)((Right - x1) * slope);
                x1 = Right;
            }
            else
            {
                int rim = (first & Beyond.Bottom) != Beyond.None ? Bottom : 0;
                x1 += x2 != x1 ? (short)((rim - y1) / slope) : 0;
                y1 = rim;
            }
        }
    }

    private static Beyond CodeOf(int x, int y) =>
        (x < 0 ? Beyond.Left : x > Right ? Beyond.Right : Beyond.None) | (y < 0 ? Beyond.Top : y > Bottom ? Beyond.Bottom : Beyond.None);
}
