using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Gymkhana.Tests.Architecture;

/// <summary>Which project may know which: the walls of the house (docs/architecture.md).</summary>
public sealed class ArrowsTests
{
    // What each project of src/ may refer to. A new project fails here until it has its line.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Gymkhana.Core"] = [],
        ["Gymkhana.Environments"] = ["Gymkhana.Core"],
        ["Gymkhana.Tensors"] = ["Gymkhana.Core"],
        ["Gymkhana.Evolution"] = ["Gymkhana.Core"],
        ["Gymkhana.Learning"] = ["Gymkhana.Core", "Gymkhana.Tensors"],
        ["Gymkhana.Studies"] = ["Gymkhana.Core", "Gymkhana.Learning", "Gymkhana.Evolution"],
        ["Gymkhana.Lab"] = ["Gymkhana.Core", "Gymkhana.Environments", "Gymkhana.Tensors", "Gymkhana.Evolution", "Gymkhana.Learning", "Gymkhana.Studies"],
        ["Gymkhana.Cli"] = ["Gymkhana.Core", "Gymkhana.Environments", "Gymkhana.Tensors", "Gymkhana.Evolution", "Gymkhana.Learning", "Gymkhana.Studies", "Gymkhana.Lab"],
    };

    // The only projects of src/ that may use a package at run time.
    private static readonly string[] MayUsePackages = ["Gymkhana.Cli", "Gymkhana.Lab"];

    public static TheoryData<string> Projects() =>
        [.. Repository.Files().Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectFile_References_StayWithinTheArrows(string project)
    {
        XDocument file = XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj"));
        string[] references = [.. file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];
        Assert.True(Allowed.TryGetValue(project, out string[]? allowed), $"{project} has no line in the list of arrows");
        Assert.Empty(references.Except(allowed));
        if (!MayUsePackages.Contains(project))
        {
            Assert.Empty(file.Descendants("PackageReference"));
        }

        Assert.Empty(file.Descendants("Reference"));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_StayWithinTheArrows(string project)
    {
        string name = project == "Gymkhana.Cli" ? "gymkhana" : project;
        using FileStream stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        using var image = new PEReader(stream);
        MetadataReader metadata = image.GetMetadataReader();
        string[] references = [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];

        Assert.Contains("System.Runtime", references);
        Assert.Empty(references.Where(r => r.StartsWith("Gymkhana.", StringComparison.Ordinal)).Except(Allowed[project]));
        if (!MayUsePackages.Contains(project))
        {
            string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
            string[] packages = [.. references.Where(r => !r.StartsWith("Gymkhana.", StringComparison.Ordinal) && !File.Exists(Path.Combine(runtime, r + ".dll")))];
            Assert.Empty(packages);
        }
    }

    [Fact]
    public void Projects_Found_IncludeTheRoomsOfTheFoundation()
    {
        string[] found = [.. Repository.Files().Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)!)];
        Assert.Empty(new[] { "Gymkhana.Core", "Gymkhana.Environments", "Gymkhana.Evolution", "Gymkhana.Cli" }.Except(found));
        string solution = Repository.Read("Gymkhana.slnx");
        Assert.All(found, project => Assert.Contains($"{project}.csproj", solution, StringComparison.Ordinal));
    }
}
