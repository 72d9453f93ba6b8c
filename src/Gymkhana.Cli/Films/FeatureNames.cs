using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Gymkhana.Core.Environments;

namespace Gymkhana.Cli.Films;

/// <summary>Short names for the numbers of an observation or action, taken from the environment's page.</summary>
internal static partial class FeatureNames
{
    /// <summary>One name for each number.</summary>
    /// <param name="rows">Rows of the page, whose index is a number or a range such as "3–6".</param>
    /// <param name="count">How many numbers there are; those that the page does not name get their index.</param>
    /// <returns>The names.</returns>
    public static ImmutableArray<string> Of(IEnumerable<FeatureRow> rows, int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        foreach (FeatureRow row in rows)
        {
            Match range = IndexRange().Match(row.Index);
            if (!range.Success) continue;
            int first = Number(range.Groups[1]), last = range.Groups[2].Success ? Number(range.Groups[2]) : first;
            for (int i = first; i <= last && i < count; i++) names[i] = Short(row.Name, i - first);
        }

        return [.. names];
    }

    // "grip of foot 0–3" is "grip of foot 2" for the third; "muscle 0 (left flank), 1 (right flank)" is "muscle 1" for the second.
    private static string Short(string name, int place)
    {
        string head = Aside().Replace(name, string.Empty).Split([",", ":", ";", " from "], 2, StringSplitOptions.None)[0].Trim();
        Match span = NumberSpan().Match(head);
        if (span.Success)
        {
            string number = (Number(span.Groups[1]) + place).ToString(CultureInfo.InvariantCulture);
            return head[..span.Index] + number + head[(span.Index + span.Length)..];
        }

        Match tail = LastNumber().Match(head);
        return tail.Success && place > 0
            ? head[..tail.Index] + (Number(tail.Groups[0]) + place).ToString(CultureInfo.InvariantCulture)
            : head;
    }

    private static int Number(Group text) => int.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d{1,6})(?:\s*[–-]\s*(\d{1,6}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex IndexRange();

    [GeneratedRegex(@"\s*\([^)]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Aside();

    [GeneratedRegex(@"(\d{1,6})[–-](\d{1,6})", RegexOptions.CultureInvariant)]
    private static partial Regex NumberSpan();

    [GeneratedRegex(@"\d{1,6}$", RegexOptions.CultureInvariant)]
    private static partial Regex LastNumber();
}
