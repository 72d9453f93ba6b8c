using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Gymkhana.Tests.Architecture;

/// <summary>Rules of the house that no compiler checks.</summary>
public sealed partial class SourcesTests
{
    private const int LongestFile = 600;

    private static readonly string[] TextExtensions =
        [".cs", ".csproj", ".props", ".targets", ".slnx", ".json", ".md", ".txt", ".yml", ".yaml", ".html", ".css", ".ts", ".py", ".sh", ".cmd", ".editorconfig", ".gitignore", ".gitattributes", ""];

    [Fact]
    public void Sources_Length_IsAtMost600Lines()
    {
        string[] tooLong = [.. Sources().Select(f => (Path: f, Lines: Repository.Read(f).AsSpan().Count('\n'))).Where(f => f.Lines > LongestFile).Select(f => $"{f.Path}: {f.Lines} lines")];
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Sources_Namespace_IsTheFolder()
    {
        var strays = new List<string>();
        foreach (string file in Sources())
        {
            string expected = Path.GetDirectoryName(file)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
            string text = Repository.Read(file);
            Match found = NamespaceLine().Match(text);

            // The public half of an operation is a part of Tensor, in the file of the operation itself.
            bool partOfTensor = expected == "Gymkhana.Tensors.Operations" && text.Contains("partial struct Tensor", StringComparison.Ordinal);
            if (found.Success && found.Groups[1].Value != expected && !(partOfTensor && found.Groups[1].Value == "Gymkhana.Tensors"))
            {
                strays.Add($"{file}: {found.Groups[1].Value}, expected {expected}");
            }
        }

        Assert.Empty(strays);
    }

    [Fact]
    public void Sources_TypeNames_SayWhatTheyAre()
    {
        string[] vague = [.. Sources().Where(f => VagueName().IsMatch(Path.GetFileNameWithoutExtension(f)))];
        Assert.Empty(vague);
    }

    [Fact]
    public void BannedSymbols_Lists_NameWhatDependsOnChanceClockOrProcessor()
    {
        string everywhere = Repository.Read("BannedSymbols.txt");
        foreach (string symbol in new[] { "T:System.Random;", "P:System.DateTime.Now;", "P:System.DateTime.UtcNow;", "T:System.HashCode;", "M:System.Guid.NewGuid;" })
        {
            Assert.Contains(symbol, everywhere, StringComparison.Ordinal);
        }

        string environments = Repository.Read("BannedSymbols.Environments.txt");
        foreach (string function in new[] { "Sin", "Cos", "Tanh", "Exp", "Atan2", "ReciprocalEstimate" })
        {
            Assert.Contains($"M:System.MathF.{function}(", environments, StringComparison.Ordinal);
        }

        XDocument props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", props.Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value));
        Assert.Equal("true", props.Descendants("TreatWarningsAsErrors").Single().Value);
    }

    [Fact]
    public void Files_Text_NamesNoFolderOfOneMachine()
    {
        var found = new List<string>();
        foreach (string file in Repository.Files().Where(f => TextExtensions.Contains(Path.GetExtension(f)) && Path.GetFileName(f) != "SourcesTests.cs"))
        {
            foreach (Match match in MachinePath().Matches(Repository.Read(file)))
            {
                found.Add($"{file}: {match.Value}");
            }
        }

        Assert.Empty(found);
    }

    private static IEnumerable<string> Sources() =>
        Repository.Files().Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal));

    [GeneratedRegex(@"^namespace ([\w.]+);?", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex("(Helper|Manager|Utils|Utility|Common|Data|Info)s?$")]
    private static partial Regex VagueName();

    // Home folders, the drive of a Windows machine, and the working folders that build machines use.
    [GeneratedRegex(@"(?<![\w.~:/])/(home|Users|root|work|workspace|mnt|builds)/[\w.-]+|\b[A-Z]:\\(Users|src|work)\b")]
    private static partial Regex MachinePath();
}
