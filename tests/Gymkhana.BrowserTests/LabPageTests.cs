using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gymkhana.Core.Runs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Gymkhana.BrowserTests;

/// <summary>The lab as a visitor uses it, in a real browser, with the real server and real trainings.</summary>
public sealed partial class LabPageTests
{
    private const string Demo = "neat-Walker-v0-1";

    [Fact]
    public async Task Run_ValidationCurve_TellsTheIntervalThatTheMetricsHave()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        await lab.BalanceAsync("one", seed: 1);
        using var line = JsonDocument.Parse(File.ReadLines(Path.Combine(lab.Runs, "one", "metrics.jsonl")).Last());
        double[] expected = [.. new[] { "", "Low", "High" }.Select(end => line.RootElement.GetProperty("championValidation" + end).GetDouble())];

        IPage page = await browser.OpenAsync(lab.Address + "runs/one");
        ILocator chart = page.Locator("figure.chart").Filter(new() { HasText = "Score: return" });
        ILocator value = chart.Locator(".legend-item").Filter(new() { HasText = "champion, validation" }).Locator(".legend-value");
        await Expect(value).ToContainTextAsync("[");
        double[] shown = [.. Numbers().Matches(await value.InnerTextAsync()).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(3, shown.Length);

        // An interval that is wide is shown in whole numbers.
        Assert.All(shown.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 0.5));
        Assert.True(shown[1] < shown[2]);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Home_EvolveAWalker_GrowsItsChartAndItsChampionWalks()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        IPage page = await EvolveAsync(browser, lab);
        await Expect(page.Locator("h1")).ToHaveTextAsync(Demo);
        int first = await GenerationAsync(page);
        await Expect(page.Locator(".u-over").First).ToBeVisibleAsync();
        byte[] before = await page.Locator("canvas").First.ScreenshotAsync();
        await LabProcess.UntilAsync(async () => await GenerationAsync(page) > first + 1);
        await LabProcess.UntilAsync(async () => !Enumerable.SequenceEqual(before, await page.Locator("canvas").First.ScreenshotAsync()));

        // A second window sees the same; a page that is loaded anew goes on.
        IPage other = await browser.OpenAsync($"{lab.Address}runs/{Demo}", 390, 844, ColorScheme.Dark);
        await page.ReloadAsync();
        int now = await GenerationAsync(page);
        await LabProcess.UntilAsync(async () => await GenerationAsync(page) > now && await GenerationAsync(other) > now);

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.Locator(".run-facts")).ToContainTextAsync("stopped");
        await Expect(other.Locator(".run-facts")).ToContainTextAsync("stopped");
        int stopped = await GenerationAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator(".run-facts")).ToContainTextAsync("running");
        await LabProcess.UntilAsync(async () => await GenerationAsync(page) > stopped);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Server_KilledAndStartedAgain_ThePageConnectsAnewAndTheTrainingHasGoneOn()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        IPage page = await EvolveAsync(browser, lab);
        int first = await GenerationAsync(page);
        Assert.Empty(browser.Complaints);

        lab.Kill();
        await Expect(page.GetByText("The lab is not answering")).ToBeVisibleAsync();
        string run = Path.Combine(lab.Runs, Demo);
        Assert.True(RunFolder.IsInUse(run), "the training ended with the lab");
        long length = new FileInfo(Path.Combine(run, MetricsLog.FileName)).Length;
        await LabProcess.UntilAsync(() => Task.FromResult(new FileInfo(Path.Combine(run, MetricsLog.FileName)).Length > length));

        lab.Start();
        await Expect(page.GetByText("The lab is not answering")).ToBeHiddenAsync();
        await LabProcess.UntilAsync(async () => await GenerationAsync(page) > first);

        // Of a training that is killed the page says so, and offers to resume it.
        Process training = Process.GetProcesses().Single(p => IsTraining(p, run));
        training.Kill();
        await Expect(page.Locator(".run-facts")).ToContainTextAsync("stopped");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Resume" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Training_KilledAndResumedInThePage_EndsWithTheChampionOfOneNeverKilled()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        const int Generations = 1500;
        await lab.BalanceAsync("whole", seed: 9, Generations);
        IPage page = await browser.OpenAsync(lab.Address + "runs");
        string wish = $$$"""{"algorithm":"neat","environment":"CartPole-v1","seed":9,"generations":{{{Generations}}},"settings":{"population":"40","lists":"4","validation-lists":"8"}}""";
        await page.EvaluateAsync("body => fetch('/api/runs', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })", wish);
        const string Killed = "neat-CartPole-v1-9";
        string run = Path.Combine(lab.Runs, Killed);
        await page.GotoAsync($"{lab.Address}runs/{Killed}");
        await LabProcess.UntilAsync(async () => await GenerationAsync(page) > 2);
        Process.GetProcesses().Single(p => IsTraining(p, run)).Kill();
        await Expect(page.Locator(".run-facts")).ToContainTextAsync("stopped", new() { Timeout = 5_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator(".run-facts")).ToContainTextAsync("finished");
        Assert.Equal(File.ReadAllBytes(Path.Combine(lab.Runs, "whole", "champion.genome.json")), File.ReadAllBytes(Path.Combine(run, "champion.genome.json")));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Run_RenamedAndDeleted_FromItsPage()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        await lab.BalanceAsync("old", seed: 3);
        IPage page = await browser.OpenAsync(lab.Address + "runs/old");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("New name").FillAsync("a new name");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("a new name");
        Assert.True(RunFolder.Holds(Path.Combine(lab.Runs, "a new name")));
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await page.WaitForURLAsync("**/runs");
        await Expect(page.GetByText("a new name")).ToHaveCountAsync(0);
        Assert.False(Directory.Exists(Path.Combine(lab.Runs, "a new name")));
        Assert.Empty(browser.Complaints);
    }

    [GeneratedRegex(@"Generation (?<n>[\d\s,. ]+?)(?= of| ·|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Generation();

    [GeneratedRegex(@"[\d.]+")]
    private static partial Regex Numbers();

    private static async Task<IPage> EvolveAsync(Browser browser, LabProcess lab)
    {
        IPage page = await browser.OpenAsync(lab.Address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Evolve a walker now" }).ClickAsync();
        await page.WaitForURLAsync($"**/runs/{Demo}");
        return page;
    }

    private static async Task<int> GenerationAsync(IPage page)
    {
        string text = await page.Locator(".run-progress").InnerTextAsync();
        Match match = Generation().Match(text);
        return match.Success && int.TryParse(string.Concat(match.Groups["n"].Value.Where(char.IsAsciiDigit)), out int n) ? n : 0;
    }

    private static bool IsTraining(Process process, string run)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(run, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
