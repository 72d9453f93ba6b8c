using System.Text.Json;
using Gymkhana.Tests.Architecture;

namespace Gymkhana.Tests.Tensors;

/// <summary>No recorded case is left lying about.</summary>
public sealed class GoldenCoverageTests
{
    [Fact]
    public void RecordedCases_All_AreNamedByATest()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", "nn", "MANIFEST.json")));
        string sources = string.Concat(Repository.Files().Where(f => f.StartsWith("tests/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal)).Select(Repository.Read));
        string[] cases = [.. manifest.RootElement.GetProperty("cases").EnumerateObject().Select(c => c.Name)];
        Assert.True(cases.Length > 80);
        string unnamed = string.Join(", ", cases.Where(name => !sources.Contains($"\"{name}", StringComparison.Ordinal)));
        Assert.Equal(string.Empty, unnamed);
    }
}
