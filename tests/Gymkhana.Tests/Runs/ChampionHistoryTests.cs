using System.Text;
using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Runs;

public sealed class ChampionHistoryTests
{
    private const string Champion = "champion.linear.json";

    [Fact]
    public void Add_ManyChampions_KeepsTheFirstExactlyAndLaterOnesEverMoreCoarsely()
    {
        using var folder = new TemporaryFolder();
        var history = new ChampionHistory(folder.Path, Champion);
        for (long iteration = 1; iteration <= 1000; iteration++) Add(history, iteration);

        IReadOnlyList<long> kept = history.List();
        Assert.Equal(Enumerable.Range(1, 16).Select(i => (long)i), kept.Take(16));
        Assert.Equal(1000, kept[^1]);
        Assert.InRange(kept.Count, 50, 70);
        for (int i = 1; i < kept.Count; i++) Assert.InRange((double)kept[i] / kept[i - 1], 1, kept[i] > 16 ? 1.15 : 2);
    }

    [Fact]
    public void Add_FewChampionsFarApart_KeepsAll()
    {
        using var folder = new TemporaryFolder();
        var history = new ChampionHistory(folder.Path, Champion);
        long[] found = [3, 40, 77, 500, 501, 900];
        foreach (long iteration in found) Add(history, iteration);

        // 500 was the champion in no iteration but its own, which is not one of those that are told.
        Assert.Equal([3, 40, 77, 501, 900], history.List());
        Assert.Equal("501", File.ReadAllText(history.Find(899)));
        Assert.Equal("900", File.ReadAllText(history.Find(long.MaxValue)));
        Assert.Contains("the first is of iteration 3", Assert.Throws<RunException>(() => history.Find(2)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(247)]
    public void Add_AfterAStepBack_EndsWithTheSameFiles(long back)
    {
        using var folder = new TemporaryFolder();
        ChampionHistory straight = new(folder["straight"], Champion), resumed = new(folder["resumed"], Champion);
        long[] found = [.. Enumerable.Range(1, 250).Where(i => i * i % 7 < 3).Select(i => (long)i)];
        foreach (long iteration in found) Add(straight, iteration);
        foreach (long iteration in found) Add(resumed, iteration);
        resumed.ForgetAfter(back);
        foreach (long iteration in found.Where(i => i > back)) Add(resumed, iteration);

        Assert.Equal(straight.List(), resumed.List());
    }

    [Fact]
    public void Find_RunThatKeptNone_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no earlier champions", Assert.Throws<RunException>(() => new ChampionHistory(folder.Path, Champion).Find(3)).Message, StringComparison.Ordinal);
    }

    private static void Add(ChampionHistory history, long iteration) => history.Add(iteration, stream => stream.Write(Encoding.UTF8.GetBytes($"{iteration}")));
}
