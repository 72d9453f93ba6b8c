using System.Net;
using System.Net.WebSockets;
using Gymkhana.Core.Runs;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Lab;

/// <summary>Every refusal of the lab, through real HTTP and real sockets.</summary>
public sealed class LabSafetyTests
{
    private const string Token = "0123456789abcdef";

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.1.20")]
    public async Task AnyRequest_ForAnotherHost_IsRefused(string host)
    {
        await using LabSample lab = await LabSample.StartAsync();
        foreach (string path in new[] { "/", "/api/runs", "/live/runs" })
        {
            (int status, _) = await lab.SendAsync(HttpMethod.Get, path, change: r => { r.Headers.Host = host; r.Headers.Remove("Origin"); });
            Assert.Equal(421, status);
        }

        await RefusedAsync(421, () => lab.OpenAsync("/live/runs", o => o.SetRequestHeader("Host", host)));
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    public async Task AnyRequest_OfAPageFromElsewhere_IsRefused(string origin)
    {
        await using LabSample lab = await LabSample.StartAsync();
        void Elsewhere(HttpRequestMessage request)
        {
            request.Headers.Remove("Origin");
            request.Headers.Add("Origin", origin);
        }

        Assert.Equal(403, (await lab.SendAsync(HttpMethod.Get, "/api/runs", change: Elsewhere)).Status);
        Assert.Equal(403, (await lab.SendAsync(HttpMethod.Post, "/api/runs", "{}", Elsewhere)).Status);
        Assert.Equal(403, (await lab.SendAsync(HttpMethod.Delete, "/api/runs/x", change: Elsewhere)).Status);
        await RefusedAsync(403, () => lab.OpenAsync("/live/scene?world=CartPole-v1&policy=random", o => o.SetRequestHeader("Origin", origin)));
    }

    [Fact]
    public async Task Change_WithoutOrigin_IsRefused_AndReadingIsNot()
    {
        await using LabSample lab = await LabSample.StartAsync();
        static void Without(HttpRequestMessage request) => request.Headers.Remove("Origin");
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Get, "/api/runs", change: Without)).Status);
        Assert.Equal(403, (await lab.SendAsync(HttpMethod.Post, "/api/runs", "{}", Without)).Status);
        Assert.Equal(403, (await lab.SendAsync(HttpMethod.Get, "/api/runs", change: r => { Without(r); r.Headers.Add("Sec-Fetch-Site", "cross-site"); })).Status);
        await RefusedAsync(403, () => lab.OpenAsync("/live/runs", o => o.SetRequestHeader("Origin", null)));
    }

    [Fact]
    public async Task ListenElsewhere_EveryRequest_NeedsTheToken()
    {
        await using LabSample lab = await LabSample.StartAsync(o => o with { Listen = "127.0.0.1", Token = Token });
        foreach (string path in new[] { "/", "/api/runs", "/live/runs", "/?token=wrong", "/api/runs?token=" })
        {
            Assert.Equal(401, (await lab.SendAsync(HttpMethod.Get, path)).Status);
        }

        Assert.Equal(401, (await lab.SendAsync(HttpMethod.Post, $"/api/runs?token={Token}", "{}")).Status);
        Assert.Equal(401, (await lab.SendAsync(HttpMethod.Get, "/api/runs", change: r => r.Headers.Add("Cookie", "gymkhana-lab=wrong"))).Status);
        await RefusedAsync(401, () => lab.OpenAsync("/live/runs"));

        using HttpResponseMessage welcome = await lab.Client.GetAsync(new Uri($"/runs?token={Token}", UriKind.Relative), LabSample.Stop);
        Assert.Equal((HttpStatusCode.Redirect, "/runs"), (welcome.StatusCode, welcome.Headers.Location?.OriginalString));
        string cookie = Assert.Single(welcome.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        string kept = cookie.Split(';')[0];
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Get, "/api/runs", change: r => r.Headers.Add("Cookie", kept))).Status);
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Get, "/api/runs", change: r => r.Headers.Add("Authorization", $"Bearer {Token}"))).Status);
        using ClientWebSocket socket = await lab.OpenAsync("/live/runs", o => o.SetRequestHeader("Cookie", kept));
        Assert.Equal("runs", (await LabSample.NextTextAsync(socket)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Names_ThatLeadOutOfTheFolder_AreNoRuns()
    {
        await using LabSample lab = await LabSample.StartAsync();
        MakeRun(lab, "inside");
        string outside = lab.Beside("outside");
        Directory.CreateDirectory(outside);
        File.Copy(Path.Combine(lab.Runs, "inside", RunFolder.ManifestFileName), Path.Combine(outside, RunFolder.ManifestFileName));
        File.WriteAllText(Path.Combine(outside, "secret.txt"), "secret");
        if (!OperatingSystem.IsWindows())
        {
            // Making links takes rights on Windows that nobody has by default.
            Directory.CreateSymbolicLink(Path.Combine(lab.Runs, "link"), outside);
            File.CreateSymbolicLink(Path.Combine(lab.Runs, "inside", "link.txt"), Path.Combine(outside, "secret.txt"));
        }

        Assert.Equal(["inside"], (await lab.SendAsync(HttpMethod.Get, "/api/runs")).Body.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Get, "/api/runs/inside")).Status);
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Get, "/api/runs/inside/files/run.json")).Status);
        foreach (string name in new[] { "link", "..%2Foutside", "%2e%2e%2foutside", "..\\outside", "..%5Coutside", "%00", "inside%2F..%2F..%2Foutside", "inside%00" })
        {
            Assert.InRange((await lab.SendAsync(HttpMethod.Get, $"/api/runs/{name}")).Status, 400, 404);
            Assert.InRange((await lab.SendAsync(HttpMethod.Delete, $"/api/runs/{name}")).Status, 400, 405);
            Assert.InRange((await lab.SendAsync(HttpMethod.Get, $"/api/runs/{name}/files/run.json")).Status, 400, 404);
            using ClientWebSocket scene = await lab.OpenAsync($"/live/scene?world=CartPole-v1&policy=run:{name}");
            Assert.Equal("error", (await LabSample.NextTextAsync(scene)).GetProperty("type").GetString());
        }

        foreach (string file in new[] { "link.txt", "..%2F..%2Foutside%2Fsecret.txt", ".lock", "checkpoints", "checkpoints%2F0.bin" })
        {
            Assert.InRange((await lab.SendAsync(HttpMethod.Get, $"/api/runs/inside/files/{file}")).Status, 400, 404);
        }

        foreach (string to in new[] { "../outside2", "..", "", "a/b", "a\\b", ".hidden", "name\n", new string('x', 200) })
        {
            Assert.Equal(400, (await lab.SendAsync(HttpMethod.Post, "/api/runs/inside/rename", $"{{\"name\":{System.Text.Json.JsonSerializer.Serialize(to)}}}")).Status);
        }

        Assert.True(File.Exists(Path.Combine(outside, "secret.txt")));
        Assert.True(RunFolder.Holds(Path.Combine(lab.Runs, "inside")));
    }

    [Fact]
    public async Task Bodies_ThatAreTooLongOrNoJson_AreRefused()
    {
        await using LabSample lab = await LabSample.StartAsync();
        Assert.Equal(413, (await lab.SendAsync(HttpMethod.Post, "/api/runs", $"{{\"algorithm\":\"{new string('x', 100_000)}\"}}")).Status);
        Assert.Equal(400, (await lab.SendAsync(HttpMethod.Post, "/api/runs", "{\"algorithm\":")).Status);
        Assert.Equal(400, (await lab.SendAsync(HttpMethod.Post, "/api/runs", "{\"seed\":-1}")).Status);
        Assert.Equal(415, (await lab.SendAsync(HttpMethod.Post, "/api/runs", change: r => r.Content = new StringContent("{}"))).Status);
        Assert.Equal(404, (await lab.SendAsync(HttpMethod.Get, "/api/nothing")).Status);
    }

    [Fact]
    public async Task Changes_TooManyAtOnce_AreRefused()
    {
        await using LabSample lab = await LabSample.StartAsync();
        List<int> statuses = [];
        for (int i = 0; i < 40; i++) statuses.Add((await lab.SendAsync(HttpMethod.Post, "/api/runs/none/stop")).Status);
        Assert.Equal(404, statuses[0]);
        Assert.Contains(429, statuses);
    }

    [Fact]
    public async Task Pages_HaveAStrictPolicyAndNoInlineScript()
    {
        await using LabSample lab = await LabSample.StartAsync();
        foreach (string path in new[] { "/", "/runs/any name", "/api/runs" })
        {
            using HttpResponseMessage response = await lab.Client.GetAsync(new Uri(path, UriKind.Relative), LabSample.Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task Sockets_BeyondTheLimit_AreClosedWithACode_AndTheOthersNoticeNothing()
    {
        await using LabSample lab = await LabSample.StartAsync(o => o with { MostSockets = 3, MostScenes = 1 });
        using ClientWebSocket first = await lab.OpenAsync("/live/runs");
        using ClientWebSocket scene = await lab.OpenAsync("/live/scene?world=CartPole-v1&policy=random");
        Assert.Equal("runs", (await LabSample.NextTextAsync(first)).GetProperty("type").GetString());
        Assert.Equal("begin", (await LabSample.NextTextAsync(scene)).GetProperty("type").GetString());
        using ClientWebSocket second = await lab.OpenAsync("/live/scene?world=CartPole-v1&policy=random");
        Assert.Equal((1013, "the lab shows at most 1 scenes; close a page and try again"), await ClosingOfAsync(second));
        await second.CloseAsync(WebSocketCloseStatus.NormalClosure, null, LabSample.Stop);
        using ClientWebSocket third = await OpenWhenFreeAsync(lab);
        for (int i = 0; i < 20; i++)
        {
            using ClientWebSocket beyond = await lab.OpenAsync("/live/runs");
            Assert.Equal(1013, (await ClosingOfAsync(beyond)).Code);
        }

        MakeRun(lab, "new");
        Assert.Equal("new", (await LabSample.NextTextAsync(first)).GetProperty("runs")[0].GetProperty("name").GetString());

        // A place that was left is free again.
        await third.CloseAsync(WebSocketCloseStatus.NormalClosure, null, LabSample.Stop);
        using ClientWebSocket again = await OpenWhenFreeAsync(lab);
    }

    [Fact]
    public async Task Races_BeyondTheLimit_AreClosedWithACode()
    {
        await using LabSample lab = await LabSample.StartAsync(o => o with { MostRaces = 1 });
        using ClientWebSocket first = await lab.OpenAsync("/live/race?walker=random");
        Assert.Equal("begin", (await LabSample.NextTextAsync(first)).GetProperty("type").GetString());
        using ClientWebSocket second = await lab.OpenAsync("/live/race?walker=random");
        Assert.Equal((1013, "the lab shows at most 1 races; close a page and try again"), await ClosingOfAsync(second));
    }

    [Theory]
    [InlineData("no json", 1007)]
    [InlineData("{\"type\":", 1007)]
    [InlineData("long", 1009)]
    [InlineData("many", 1008)]
    public async Task Socket_ThatSaysTooMuchOrNonsense_IsClosed(string what, int code)
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync("/live/runs");
        Task<(int Code, string? Reason)> closing = ClosingOfAsync(socket);
        if (what == "long") await LabSample.SayAsync(socket, $"{{\"type\":\"{new string('x', 10_000)}\"}}");
        else if (what != "many") await LabSample.SayAsync(socket, what);
        else
        {
            // It is the rate that counts: a machine that is too slow for it tries again. Who goes on talking may not hear why it is closed.
            while (!closing.IsCompleted)
            {
                for (int i = 0; i < 400; i++) await LabSample.SayAsync(socket, "{}");
                await Task.WhenAny(closing, Task.Delay(TimeSpan.FromSeconds(10), LabSample.Stop));
            }
        }

        Assert.Equal(code, (await closing).Code);
    }

    private static void MakeRun(LabSample lab, string name)
    {
        using TrainingRun run = TrainingRun.Create(RunSamples.Plan(), Path.Combine(lab.Runs, name));
    }

    private static async Task<ClientWebSocket> OpenWhenFreeAsync(LabSample lab)
    {
        for (int attempt = 0; attempt < 200; attempt++)
        {
            ClientWebSocket socket = await lab.OpenAsync("/live/runs");
            if ((await LabSample.NextAsync(socket)).Type == WebSocketMessageType.Text) return socket;
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, LabSample.Stop);
            socket.Dispose();
            await Task.Delay(20, LabSample.Stop);
        }

        throw new InvalidOperationException("No place was ever free.");
    }

    private static async Task<(int Code, string? Reason)> ClosingOfAsync(ClientWebSocket socket)
    {
        while ((await LabSample.NextAsync(socket)).Type != WebSocketMessageType.Close)
        {
        }

        return ((int)socket.CloseStatus!, socket.CloseStatusDescription); // a closed socket has one
    }

    private static async Task RefusedAsync(int status, Func<Task<ClientWebSocket>> open)
    {
        WebSocketException failure = await Assert.ThrowsAsync<WebSocketException>(open);
        Assert.Contains($"'{status}'", failure.Message, StringComparison.Ordinal);
    }
}
