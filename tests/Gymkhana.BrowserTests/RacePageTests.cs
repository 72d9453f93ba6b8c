using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Gymkhana.Core.Files;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Gymkhana.BrowserTests;

/// <summary>What moves in the page is what the program computes: races, champions, and worlds that a visitor drives.</summary>
public sealed class RacePageTests
{
    private const int CircleKind = 2;

    [Fact]
    public async Task Race_RunToItsEnd_HasTheTableOfTheCommandLine()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        await lab.WalkAsync("walkers");
        IPage page = await browser.OpenAsync(lab.Address + "race?walker=random&walker=run:walkers@3&walker=run:walkers&targets=2&seed=4&seconds=25", 1280, 720);
        await page.GetByLabel("Speed").SelectOptionAsync("8");
        await Expect(page.Locator(".race-result")).ToBeVisibleAsync();
        byte[] before = await page.Locator(".arena canvas").ScreenshotAsync();
        string[] shown = [.. (await page.Locator(".standings tbody tr").AllInnerTextsAsync()).Select(Spaced)];

        string printed = await lab.CommandAsync("race", "random", "walkers@3", "walkers", "--targets", "2", "--seed", "4", "--seconds", "25", "--json");
        JsonElement[] ranking = [.. JsonDocument.Parse(printed).RootElement.GetProperty("ranking").EnumerateArray()];
        Assert.Contains(ranking, place => place.GetProperty("reached").GetInt32() > 0);
        Assert.Equal(ranking.Select(Line), shown.Order(StringComparer.Ordinal));

        // Back in the middle of it, and on again.
        await page.GetByRole(AriaRole.Slider).First.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await LabProcess.UntilAsync(async () => !Enumerable.SequenceEqual(before, await page.Locator(".arena canvas").ScreenshotAsync()));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Scene_OfAChampion_ShowsThePositionsOfARollout()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        await lab.WalkAsync("walkers");
        await lab.CommandAsync("rollout", "Walker-v0", "--policy", "walkers", "--seed", "1", "--steps", "90", "--out", "rollout.npz");
        using var file = new NpzReader(Path.Combine(lab.Runs, "rollout.npz"));
        float[] positions = file.Read("info/positions").ToArray<float>(); // (91, 5, 2), units

        // The page is given these bytes, and draws what is in them.
        List<byte[]> frames = [];
        IPage page = await browser.OpenAsync(lab.Address + "runs");
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            if (socket.Url.Contains("/live/scene", StringComparison.Ordinal) && frame.Binary is [1, ..] bytes) lock (frames) frames.Add(bytes);
        };
        await page.GotoAsync(lab.Address + "runs/walkers");
        await LabProcess.UntilAsync(() => Task.FromResult(Latest(frames) > 60));
        byte[][] seen;
        lock (frames) seen = [.. frames.Where(f => Episode(f) == 1 && StepOf(f) is > 0 and <= 90)];
        Assert.True(seen.Length > 5);
        foreach (byte[] frame in seen)
        {
            (Vector2[] circles, float precision) = Circles(frame);
            for (int foot = 0; foot < 4; foot++)
            {
                int at = (StepOf(frame) * 10) + (2 * foot);
                Assert.Contains(circles, c => Math.Abs(c.X - positions[at]) <= precision && Math.Abs(c.Y - positions[at + 1]) <= precision);
            }
        }

        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Car_DrivenByKeys_GoesWhereItIsSteered()
    {
        await using Browser? browser = await Browser.StartAsync();
        if (browser is null) return;
        using var lab = new LabProcess();
        IPage page = await browser.OpenAsync(lab.Address + "worlds/CarRacing-v3", 1280, 900);
        ILocator section = page.Locator("section.drive");
        await section.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(section.GetByText("Go!")).ToBeVisibleAsync();
        ILocator line = section.Locator(".lane-card .scene-line").First;
        await page.Keyboard.DownAsync("ArrowUp");
        await LabProcess.UntilAsync(async () => Tiles(await line.InnerTextAsync()) > 8);
        await page.Keyboard.UpAsync("ArrowUp");

        // Who leaves it stops it; nothing goes on behind one's back.
        await page.Keyboard.PressAsync("Escape");
        await Expect(section.GetByText("Waiting")).ToBeVisibleAsync();
        await LabProcess.UntilAsync(async () =>
        {
            string waiting = await line.InnerTextAsync();
            await page.WaitForTimeoutAsync(500);
            return waiting == await line.InnerTextAsync();
        });
        Assert.Empty(browser.Complaints);
    }

    // "3.4 s · return 12.3 · tiles visited 31 · …"
    private static int Tiles(string line) =>
        line.Split("tiles visited ") is [_, string rest] && int.TryParse(string.Concat(rest.TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture, out int tiles) ? tiles : 0;

    private static string Spaced(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // "1 walkers 2 / 2 12.3 s"
    private static string Line(JsonElement place, int index)
    {
        string time = place.GetProperty("seconds").ValueKind == JsonValueKind.Null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{place.GetProperty("seconds").GetDouble():0.0} s");
        return $"{index + 1} {place.GetProperty("policy").GetString()} {place.GetProperty("reached").GetInt32()} / 2 {time}";
    }

    private static long Latest(List<byte[]> frames)
    {
        lock (frames) return frames.Count == 0 ? 0 : frames.Max(f => (1000L * (Episode(f) - 1)) + StepOf(f));
    }

    private static uint Episode(byte[] frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(8));

    private static int StepOf(byte[] frame) => BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(12));

    // The middles of the circles of a scene's frame (docs/lab.md), in units of the world, and how exactly they are known.
    private static (Vector2[] Circles, float Precision) Circles(byte[] frame)
    {
        const float Steps = 16384;
        int at = 28 + (4 * BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(2)));
        float left = BitConverter.ToSingle(frame, at), bottom = BitConverter.ToSingle(frame, at + 4), right = BitConverter.ToSingle(frame, at + 8), top = BitConverter.ToSingle(frame, at + 12);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(at + 20));
        at += 24;
        List<Vector2> circles = [];
        for (uint primitive = 0; primitive < count; primitive++)
        {
            int kind = frame[at], points = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(at + 14));
            at += 18;
            if (kind == CircleKind)
            {
                float x = BinaryPrimitives.ReadInt16LittleEndian(frame.AsSpan(at)), y = BinaryPrimitives.ReadInt16LittleEndian(frame.AsSpan(at + 2));
                circles.Add(new Vector2(((left + right) / 2) + (x * Math.Abs(right - left) / Steps), ((bottom + top) / 2) + (y * Math.Abs(top - bottom) / Steps)));
            }

            at += 4 * points;
            if (kind == 7) at += 4 * points; // grains have colours
            if (kind == 6) at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(at)); // a text follows
        }

        return ([.. circles], Math.Abs(right - left) / Steps);
    }
}
