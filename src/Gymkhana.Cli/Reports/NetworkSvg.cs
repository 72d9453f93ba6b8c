using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Cli.Reports;

/// <summary>A network as SVG: nodes in layers, connections as wide as their weight and coloured by its sign.</summary>
internal static class NetworkSvg
{
    private const float Width = 760;
    private const float Labels = 168;
    private const float RowHeight = 34;

    /// <summary>Draws a network.</summary>
    /// <param name="diagram">The network.</param>
    /// <returns>The SVG element.</returns>
    public static string Draw(NetworkDiagram diagram)
    {
        int rows = diagram.Nodes.GroupBy(n => n.Place.X).Select(g => g.Count()).DefaultIfEmpty(1).Max();
        float height = Math.Max(6, rows) * RowHeight;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"network\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"network of the champion\">\n");
        float strongest = diagram.Links.Select(l => MathF.Abs(l.Weight)).Where(float.IsFinite).DefaultIfEmpty(1).Max();
        foreach (DiagramLink link in diagram.Links.OrderBy(l => MathF.Abs(l.Weight)))
        {
            Vector2 from = At(diagram.Nodes[link.From], height), to = At(diagram.Nodes[link.To], height);
            float bend = (to.X - from.X) * 0.45f, share = strongest > 0 ? MathF.Abs(link.Weight) / strongest : 0;
            string sign = link.Weight >= 0 ? "plus" : "minus";
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{sign}\" d=\"M{from.X:0.#} {from.Y:0.#}C{from.X + bend:0.#} {from.Y:0.#} {to.X - bend:0.#} {to.Y:0.#} {to.X:0.#} {to.Y:0.#}\" stroke-width=\"{0.6 + (4.4 * share):0.##}\" opacity=\"{0.3 + (0.6 * share):0.##}\"/>\n");
        }

        foreach (DiagramNode node in diagram.Nodes)
        {
            Vector2 at = At(node, height);
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{at.X:0.#}\" cy=\"{at.Y:0.#}\" r=\"7\"/>");
            if (node.Label.Length > 0)
            {
                bool isInput = node.Role == DiagramRole.Input;
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at.X + (isInput ? -14 : 14):0.#}\" y=\"{at.Y + 4.5f:0.#}\" text-anchor=\"{(isInput ? "end" : "start")}\">{WebUtility.HtmlEncode(node.Label)}</text>");
            }

            svg.Append('\n');
        }

        return svg.Append("</svg>").ToString();
    }

    private static Vector2 At(DiagramNode node, float height) => new(Labels + (node.Place.X * (Width - (2 * Labels))), node.Place.Y * height);
}
