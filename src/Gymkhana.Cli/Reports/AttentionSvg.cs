using System.Globalization;
using System.Net;
using System.Text;

namespace Gymkhana.Cli.Reports;

/// <summary>Pictures of attention: who prefers whom, and the course of an episode, receiver by receiver.</summary>
internal static class AttentionSvg
{
    private const double Cell = 64;
    private const double Names = 84;
    private const double Head = 26;
    private const double Row = 44;
    private const double Gap = 10;
    private const double Wide = 900;
    private const int Colours = 8;

    /// <summary>A square of cells: a row for each receiver, a column for each sender.</summary>
    /// <param name="study">What was seen.</param>
    /// <returns>The SVG element.</returns>
    public static string Preferences(AttentionStudy study)
    {
        int agents = study.Agents.Length;
        double width = Names + (agents * Cell), height = Head + (agents * Cell);
        StringBuilder svg = Begin("attention", width, height, "attention of each receiver to each sender");
        for (int i = 0; i < agents; i++)
        {
            Text(svg, Names + ((i + 0.5) * Cell), Head - 10, "middle", study.Agents[i]);
            Text(svg, Names - 10, Head + ((i + 0.5) * Cell) + 4, "end", study.Agents[i]);
            for (int j = 0; j < agents; j++) Square(svg, study, i, j);
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>A band for each receiver: at each step it is divided among those that are heard, by attention.</summary>
    /// <param name="study">What was seen.</param>
    /// <returns>The SVG element.</returns>
    public static string Course(AttentionStudy study)
    {
        int agents = study.Agents.Length, steps = study.Steps.Length;
        double height = (agents * (Row + Gap)) + 22, step = (Wide - Names) / Math.Max(1, steps);
        StringBuilder svg = Begin("course", Wide, height, "attention in the course of an episode");
        for (int receiver = 0; receiver < agents; receiver++)
        {
            double top = receiver * (Row + Gap);
            Text(svg, Names - 10, top + (Row / 2) + 4, "end", study.Agents[receiver]);
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"nobody\" x=\"{Names}\" y=\"{top:0.#}\" width=\"{Wide - Names}\" height=\"{Row}\"/>");
            for (int sender = 0; sender < agents; sender++) Share(svg, study, receiver, sender, top, step);
            svg.Append('\n');
        }

        int tick = steps > 200 ? 50 : steps > 80 ? 20 : 10;
        for (int at = 0; at <= steps; at += tick) Text(svg, Names + (at * step), height - 4, at == 0 ? "start" : at == steps ? "end" : "middle", at.ToString(CultureInfo.InvariantCulture));
        Text(svg, Names - 10, height - 4, "end", "step");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>The colours of the senders, for <see cref="Course"/>.</summary>
    /// <param name="study">What was seen.</param>
    /// <returns>A paragraph.</returns>
    public static string Legend(AttentionStudy study) =>
        $"<p class=\"legend\">{string.Concat(study.Agents.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"<span class=\"key k{i % Colours}\">hears {WebUtility.HtmlEncode(name)}</span> ")))}</p>";

    // Opacity 0 at an even division, 1 at twice or at none of it.
    private static void Square(StringBuilder svg, AttentionStudy study, int receiver, int sender)
    {
        double x = Names + (sender * Cell), y = Head + (receiver * Cell), preference = study.Preference[receiver, sender], heard = study.Heard[receiver, sender];
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"cell\" x=\"{x + 2:0.#}\" y=\"{y + 2:0.#}\" width=\"{Cell - 4}\" height=\"{Cell - 4}\" rx=\"8\"/>");
        if (receiver == sender) return;
        if (double.IsFinite(preference))
        {
            double strength = Math.Min(1, Math.Abs(preference - 1));
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(preference >= 1 ? "more" : "less")}\" x=\"{x + 2:0.#}\" y=\"{y + 2:0.#}\" width=\"{Cell - 4}\" height=\"{Cell - 4}\" rx=\"8\" opacity=\"{0.75 * strength:0.###}\"/>");
        }

        string value = double.IsFinite(preference) ? string.Create(CultureInfo.InvariantCulture, $"{preference:0.00}×") : "·";
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"value\" x=\"{x + (Cell / 2):0.#}\" y=\"{y + (Cell / 2):0.#}\" text-anchor=\"middle\">{value}</text>");
        Text(svg, x + (Cell / 2), y + (Cell / 2) + 17, "middle", string.Create(CultureInfo.InvariantCulture, $"{heard:0 %}"));
    }

    // From the sum of the senders before to the sum with this one, as one closed path for each stretch in which it is heard.
    private static void Share(StringBuilder svg, AttentionStudy study, int receiver, int sender, double top, double step)
    {
        var path = new StringBuilder();
        int steps = study.Steps.Length;
        for (int start = 0; start < steps; start++)
        {
            if (study.Steps[start][receiver, sender] <= 0) continue;
            int end = start;
            while (end < steps && study.Steps[end][receiver, sender] > 0) end++;
            for (int s = start; s < end; s++)
            {
                double y = top + (Row * Below(study.Steps[s], receiver, sender));
                path.Append(CultureInfo.InvariantCulture, $"{(s == start ? 'M' : 'L')}{Names + (s * step):0.#} {y:0.#}H{Names + ((s + 1) * step):0.#}");
            }

            for (int s = end - 1; s >= start; s--)
            {
                double y = top + (Row * Below(study.Steps[s], receiver, sender + 1));
                path.Append(CultureInfo.InvariantCulture, $"L{Names + ((s + 1) * step):0.#} {y:0.#}H{Names + (s * step):0.#}");
            }

            path.Append('Z');
            start = end;
        }

        if (path.Length > 0) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"f{sender % Colours}\" d=\"{path}\"/>");
    }

    private static double Below(float[,] weights, int receiver, int sender)
    {
        double sum = 0;
        for (int before = 0; before < sender; before++) sum += weights[receiver, before];
        return Math.Min(1, sum);
    }

    private static StringBuilder Begin(string name, double width, double height, string label) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"<svg class=\"{name}\" viewBox=\"0 0 {width:0.#} {height:0.#}\" style=\"max-width:{width:0}px\" role=\"img\" aria-label=\"{label}\">\n");

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");
}
