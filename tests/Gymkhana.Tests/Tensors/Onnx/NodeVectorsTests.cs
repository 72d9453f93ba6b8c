using System.Globalization;
using System.Text;
using Gymkhana.Tests.Architecture;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>
/// Every vector of the ONNX project either passes or is refused with its operator named, and docs/onnx.md says which. Where the package is
/// not installed (it needs Debian; .ci/run installs it) only the page is compared with the record.
/// </summary>
public sealed class NodeVectorsTests
{
    private const string Record = "tests/golden/onnx/node-vectors.txt";
    private const string Page = "docs/onnx.md";
    private const string Begin = "<!-- node vectors: made by NodeVectorsTests -->";
    private const string End = "<!-- end of node vectors -->";

    private static bool Accepts => Environment.GetEnvironmentVariable("GYMKHANA_ACCEPT_GOLDEN") == "1";

    [Fact]
    public void Run_VectorsOfTheOnnxProject_AreAsRecorded()
    {
        if (!Directory.Exists(NodeVectors.Folder))
        {
            TestContext.Current.TestOutputHelper?.WriteLine("libonnx-testdata is not installed (apt install libonnx-testdata): its vectors are not run.");
            return;
        }

        StringBuilder lines = new();
        List<string> failures = [];
        foreach (string name in NodeVectors.Names())
        {
            string outcome = NodeVectors.Run(Path.Combine(NodeVectors.Folder, name));
            lines.Append(name).Append('\t').Append(outcome).Append('\n');
            if (outcome.StartsWith("failed", StringComparison.Ordinal))
            {
                failures.Add($"{name}: {outcome}");
            }
        }

        Assert.Empty(failures);
        if (Accepts)
        {
            File.WriteAllText(Path.Combine(Repository.Root, Record), lines.ToString());
        }

        // Another version of the package has other vectors; those that both have agree.
        HashSet<string> recorded = [.. Repository.Read(Record).Split('\n')];
        HashSet<string> names = [.. recorded.Select(l => l.Split('\t')[0])];
        string[] changed = [.. lines.ToString().Split('\n').Where(l => names.Contains(l.Split('\t')[0]) && !recorded.Contains(l))];
        Assert.Empty(changed);
    }

    [Fact]
    public void Page_NodeVectors_SaysWhatIsRecorded()
    {
        string[] lines = [.. Repository.Read(Record).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        string page = Repository.Read(Page);
        int from = page.IndexOf(Begin, StringComparison.Ordinal);
        int to = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"{Page} has no place for the node vectors");
        string expected = $"{Begin}\n{Summary(lines)}{End}";
        if (Accepts)
        {
            File.WriteAllText(Path.Combine(Repository.Root, Page), page[..from] + expected + page[(to + End.Length)..]);
        }
        else
        {
            Assert.Equal(expected, page[from..(to + End.Length)]);
        }
    }

    private static string Summary(string[] lines)
    {
        int passed = lines.Count(l => l.EndsWith("\tpassed", StringComparison.Ordinal));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Of the {lines.Length} vectors of libonnx-testdata 1.12.0, {passed} pass and {lines.Length - passed} are refused with their operator named:\n\n");
        text.Append("| refused because of | vectors |\n|---|---|\n");
        foreach (IGrouping<string, string> group in lines.Where(l => !l.EndsWith("\tpassed", StringComparison.Ordinal))
            .GroupBy(l => l.Split(": ")[^1], l => l.Split('\t')[0]).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {group.Count()}{(group.Count() <= 12 ? ": " + string.Join(", ", group.Select(n => n["test_".Length..])) : string.Empty)} |\n");
        }

        return text.ToString();
    }
}
