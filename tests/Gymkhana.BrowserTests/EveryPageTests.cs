using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Gymkhana.BrowserTests;

/// <summary>All pages at the sizes of a desk, a telephone and the smallest there is.</summary>
public sealed class EveryPageTests
{
    [Theory]
    [InlineData(1440, 900, ColorScheme.Light, true)]
    [InlineData(390, 844, ColorScheme.Dark, true)]
    [InlineData(375, 700, ColorScheme.Light, false)]
    public async Task Pages_OfAnySize_FitAndComplainOfNothing(int width, int height, ColorScheme scheme, bool audited)
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        await lab.BalanceAsync("first", seed: 1);
        await lab.BalanceAsync("second <b>", seed: 2);
        foreach (string path in new[] { "", "runs", "runs/first", "worlds", "worlds/Walker-v0", "worlds/CarRacing-v3", "worlds/simple_tag_v3", "worlds/CartPole-v1", "compare", "compare?runs=first", "compare?runs=first,second%20%3Cb%3E", "race", "race?walker=you&walker=random" })
        {
            IPage page = await browser.OpenAsync(lab.Address + path, width, height, scheme);
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            await page.WaitForTimeoutAsync(1200);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"/{path} is wider than {width} px");
            Assert.False(string.IsNullOrWhiteSpace(await page.TitleAsync()));
            if (audited) await Browser.DemandAccessibleAsync(page);
            await page.Context.CloseAsync();
        }

        Assert.Empty(browser.Complaints);
    }
}
