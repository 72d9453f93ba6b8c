using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Gymkhana.BrowserTests;

/// <summary>A headless chromium that draws WebGL in software.</summary>
internal sealed class Browser : IAsyncDisposable
{
    /// <summary>How long what will come is waited for on the slowest of machines, ms.</summary>
    public const int Patience = 180_000;

    private static readonly string[] Places = [Environment.GetEnvironmentVariable("GYMKHANA_CHROMIUM") ?? string.Empty, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>What the console, the pages and their requests have complained of; a test that takes the server away clears it.</summary>
    public List<string> Complaints => _complaints;

    /// <summary>Starts it, or says what is missing and gives null.</summary>
    public static async Task<Browser?> StartAsync()
    {
        string page = Path.Combine(AppContext.BaseDirectory, "lab", "index.html");
        if (Places.FirstOrDefault(File.Exists) is not string path || !File.Exists(page))
        {
            string missing = File.Exists(page) ? "chromium is not installed (apt install chromium, or say where it is in GYMKHANA_CHROMIUM)" : "the lab's page was not built (Node.js 20 or newer builds it with the program)";
            TestContext.Current.TestOutputHelper?.WriteLine($"Not run: {missing}. .ci/run installs both.");
            return null;
        }

        Assertions.SetDefaultExpectTimeout(Patience);
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader"],
        });
        return new Browser(playwright, browser);
    }

    /// <summary>Opens a page in a window of its own.</summary>
    public async Task<IPage> OpenAsync(string address, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        context.SetDefaultTimeout(Patience);
        IPage page = await context.NewPageAsync();
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", $"console {message.Type}: {message.Text}", message.Text);
        page.PageError += (_, error) => Complain(true, $"page: {error}", error);
        page.RequestFailed += (_, request) => Complain(true, $"failed: {request.Url} {request.Failure}", request.Failure ?? string.Empty);
        page.Response += (_, response) => Complain(response.Status >= 400, $"{response.Status} {response.Url}", string.Empty);
        await page.GotoAsync(address);
        return page;
    }

    /// <summary>Demands what axe finds of WCAG 2.2 at level AA (contrast, names, roles, sizes) and of its own good practice.</summary>
    public static async Task DemandAccessibleAsync(IPage page)
    {
        AxeResult audit = await page.RunAxe(new AxeRunOptions { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice") });
        Assert.True(audit.Passes.Length > 20, $"axe has looked at next to nothing on {page.Url}");
        Assert.True(audit.Violations.Length == 0, string.Join('\n', audit.Violations.SelectMany(v => v.Nodes.Select(n => $"{page.Url}: {v.Help}: {n.Html}"))));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    // Drawing in software makes the driver talk of its own speed; a request that a page gives up by being left is none that failed.
    private void Complain(bool isComplaint, string line, string text)
    {
        if (!isComplaint || text.Contains("GL Driver Message", StringComparison.Ordinal) || text.Contains("ERR_ABORTED", StringComparison.Ordinal)) return;
        lock (_complaints) _complaints.Add(line);
    }
}
