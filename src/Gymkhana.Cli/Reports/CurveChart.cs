using System.Globalization;
using System.Net;
using System.Text;

namespace Gymkhana.Cli.Reports;

/// <summary>One curve.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Values">Its numbers, one for each x.</param>
internal sealed record Curve(string Name, double[] Values)
{
    /// <summary>The ends of the interval about each of its numbers, drawn as a band; null without one.</summary>
    public (double[] Low, double[] High)? Band { get; init; }
}

/// <summary>A line chart as SVG, coloured by the page's style.</summary>
internal static class CurveChart
{
    private const double Width = 360;
    private const double Height = 232;
    private const double Left = 44;
    private const double Right = 10;
    private const double Top = 10;
    private const double Bottom = 38;
    private const int MostPoints = 500;

    /// <summary>Draws curves over a common x.</summary>
    /// <param name="title">Heading.</param>
    /// <param name="xLabel">Name and unit of x.</param>
    /// <param name="x">The x, ascending.</param>
    /// <param name="curves">The curves.</param>
    /// <returns>A figure in HTML, or nothing when there is nothing to draw.</returns>
    public static string Draw(string title, string xLabel, double[] x, IReadOnlyList<Curve> curves)
    {
        double[] values = [.. curves.SelectMany(c => c.Band is var (low, high) ? [.. c.Values, .. low, .. high] : c.Values).Where(double.IsFinite)];
        if (x.Length == 0 || values.Length == 0) return string.Empty;
        double low = Math.Min(0, values.Min()), high = values.Max();
        (double step, high) = Axis(low, high);
        low = Math.Floor(low / step) * step;
        double end = Math.Max(x.Where(double.IsFinite).DefaultIfEmpty(1).Max(), 1e-9);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart\"><figcaption>{Html(title)}</figcaption><p class=\"legend\">");
        for (int i = 0; i < curves.Count; i++) svg.Append(CultureInfo.InvariantCulture, $"<span class=\"key k{i}\">{Html(curves[i].Name)}</span> ");
        svg.Append(CultureInfo.InvariantCulture, $"</p><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html(title)}\">");
        for (double tick = low; tick <= high + (step / 2); tick += step)
        {
            double y = Y(tick, low, high);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 3.5:0.0}\" text-anchor=\"end\">{Tick(tick, step)}</text>");
        }

        (double xStep, _) = Axis(0, end);
        for (double tick = 0; tick <= end * 1.0001; tick += xStep)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick, end):0.0}\" y=\"{Height - Bottom + 15}\" text-anchor=\"middle\">{Tick(tick, xStep)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"label\" x=\"{Width - Right}\" y=\"{Height - 5}\" text-anchor=\"end\">{Html(xLabel)}</text>");
        for (int i = 0; i < curves.Count; i++) Band(svg, x, curves[i], i, end, low, high);
        for (int i = 0; i < curves.Count; i++) Line(svg, x, curves[i].Values, i, end, low, high);
        return svg.Append("</svg></figure>\n").ToString();
    }

    private static void Line(StringBuilder svg, double[] x, double[] y, int index, double end, double low, double high)
    {
        string[] points = [.. Points(x, y).Select(p => Point(p.X, p.Y, end, low, high))];
        if (points.Length == 1) svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot s{index}\" cx=\"{points[0].Split(',')[0]}\" cy=\"{points[0].Split(',')[1]}\" r=\"3\"/>");
        else if (points.Length > 1) svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve s{index}\" points=\"{string.Join(' ', points)}\"/>");
    }

    // Along the upper ends and back along the lower ones.
    private static void Band(StringBuilder svg, double[] x, Curve curve, int index, double end, double low, double high)
    {
        if (curve.Band is not var (lower, upper)) return;
        string[] points = [.. Points(x, upper).Concat(Points(x, lower).Reverse()).Select(p => Point(p.X, p.Y, end, low, high))];
        if (points.Length > 2) svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band f{index}\" points=\"{string.Join(' ', points)}\"/>");
    }

    // Every so manyth point and the last one: a picture has no more room. What is measured now and then has gaps, which are passed over first.
    private static IEnumerable<(double X, double Y)> Points(double[] x, double[] y)
    {
        int[] there = [.. Enumerable.Range(0, x.Length).Where(i => double.IsFinite(y[i]) && double.IsFinite(x[i]))];
        int stride = Math.Max(1, there.Length / MostPoints);
        return Enumerable.Range(0, there.Length).Where(k => k % stride == 0 || k == there.Length - 1).Select(k => (x[there[k]], y[there[k]]));
    }

    private static string Point(double x, double y, double end, double low, double high) =>
        string.Create(CultureInfo.InvariantCulture, $"{X(x, end):0.0},{Y(y, low, high):0.0}");

    private static double X(double value, double end) => Left + (value / end * (Width - Left - Right));

    private static double Y(double value, double low, double high) => Top + ((high - value) / (high - low) * (Height - Top - Bottom));

    // A step of 1, 2 or 5 times a power of ten that gives about five ticks, and the end of the axis.
    private static (double Step, double High) Axis(double low, double high)
    {
        double span = high - low > 1e-12 ? high - low : 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(span / 5)));
        double ratio = span / 5 / power;
        double step = (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10) * power;
        return (step, Math.Ceiling((low + span) / step) * step);
    }

    private static string Tick(double value, double step)
    {
        if (Math.Abs(value) < step * 1e-6) value = 0;
        return Math.Abs(value) >= 10_000
            ? (value / 1000).ToString("0.##", CultureInfo.InvariantCulture) + "k"
            : value.ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
