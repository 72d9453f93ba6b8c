using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using Gymkhana.Cli;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Scenes;
using Gymkhana.Lab.Live;

namespace Gymkhana.Tests.Lab;

/// <summary>What the lab shows is what the environment does.</summary>
public sealed class LabLiveTests
{
    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("Walker-v0")]
    [InlineData("simple_tag_v3")]
    public async Task Scene_SteppedOneByOne_ShowsTheEnvironmentSteppedHere(string world)
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync($"/live/scene?world={world}&policy=random&seed=7");
        await LabSample.SayAsync(socket, "{\"type\":\"pace\",\"speed\":1,\"paused\":true}");
        JsonElement begin = await LabSample.NextTextAsync(socket);
        Assert.Equal(("begin", world, "random", 7), (begin.GetProperty("type").GetString(), begin.GetProperty("world").GetString(), begin.GetProperty("policy").GetString(), begin.GetProperty("seed").GetInt32()));

        IEnvironment environment = Rooms.Open().Environments.Create(world, 1);
        Assert.Equal(environment.Spec.Figures.Length, begin.GetProperty("figures").GetArrayLength());
        IActor[] actors = [.. Enumerable.Range(0, environment.Groups.Length).Select(g => new RandomPolicy().CreateActor(environment, g))];
        var tracker = new EpisodeTracker(environment);
        var scene = new Scene();
        await LabSample.SayAsync(socket, "{\"type\":\"restart\",\"seed\":9}");
        environment.Reset([9]);
        Array.ForEach(actors, a => a.Reset([9]));
        ((IDrawable)environment).Draw(0, scene);
        byte[] shown = await FrameAsync(socket, step: 0, seed: true);
        for (uint step = 1; step <= 12; step++)
        {
            await LabSample.SayAsync(socket, "{\"type\":\"step\"}");
            shown = await FrameAsync(socket, step);
            Array.ForEach(actors, a => a.Act());
            environment.Step();
            tracker.Observe();
        }

        scene.Clear();
        ((IDrawable)environment).Draw(0, scene);
        double[] figures = [.. Enumerable.Range(0, environment.Spec.Figures.Length).Select(f => environment.Figures[0, f, 0])];
        var expected = new FrameBuffer();
        SceneFrame.Write(expected, new FrameHead(LabSample.NumberOf(shown), 1, 12, 12 * environment.Spec.StepSeconds, (float)tracker.Returns()[0]), figures, scene, []);
        Assert.Equal(expected.Bytes.ToArray(), shown);
    }

    [Fact]
    public async Task Scene_OfAnEvolvedNetwork_TellsItsNodesAndWhatTheyCompute()
    {
        await using LabSample lab = await LabSample.StartAsync();
        (int status, JsonElement body) = await lab.SendAsync(HttpMethod.Post, "/api/runs", """{"algorithm":"neat","environment":"CartPole-v1","generations":2,"settings":{"population":"40","lists":"4","validation-lists":"8"}}""");
        Assert.True(status == 201, body.ToString());
        string name = body.GetProperty("name").GetString() ?? string.Empty;
        await UntilAsync(async () => await StateAsync(lab, name) == "finished");
        using ClientWebSocket socket = await lab.OpenAsync($"/live/scene?world=CartPole-v1&policy=run:{name}");
        JsonElement network = (await LabSample.NextTextAsync(socket)).GetProperty("network");
        JsonElement[] nodes = [.. network.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(4, nodes.Count(n => n.GetProperty("role").GetString() == "input"));
        Assert.All(network.GetProperty("links").EnumerateArray(), link => Assert.InRange(link.GetProperty("from").GetInt32(), 0, nodes.Length - 1));

        // The inputs are what the world shows; the last numbers of a frame are the activations.
        byte[] frame = [];
        for (int i = 0; i < 3; i++)
        {
            frame = await LabSample.NextBinaryAsync(socket);
            await LabSample.SayAsync(socket, $"{{\"type\":\"drawn\",\"frame\":{LabSample.NumberOf(frame)}}}");
        }

        ReadOnlySpan<byte> tail = frame.AsSpan(frame.Length - (4 * nodes.Length) - 4);
        Assert.Equal((uint)nodes.Length, BinaryPrimitives.ReadUInt32LittleEndian(tail));
        float[] activations = new float[nodes.Length];
        for (int i = 0; i < activations.Length; i++) activations[i] = BinaryPrimitives.ReadSingleLittleEndian(tail[(4 + (4 * i))..]);
        Assert.All(activations, a => Assert.True(float.IsFinite(a)));
        Assert.Contains(activations, a => a != 0);
    }

    [Fact]
    public async Task Scene_ClientThatDrawsNothing_GetsTwoFramesAndNoMore()
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync("/live/scene?world=CartPole-v1&policy=random");
        await LabSample.NextTextAsync(socket);
        Assert.Equal(1u, LabSample.NumberOf(await LabSample.NextBinaryAsync(socket)));
        Assert.Equal(2u, LabSample.NumberOf(await LabSample.NextBinaryAsync(socket)));
        Task<byte[]> third = LabSample.NextBinaryAsync(socket);
        await Task.Delay(300, LabSample.Stop);
        Assert.False(third.IsCompleted);
        await LabSample.SayAsync(socket, "{\"type\":\"drawn\",\"frame\":4000000000}"); // more than there were
        Assert.Equal(3u, LabSample.NumberOf(await third));
    }

    [Fact]
    public async Task Scene_EpisodesThatEnd_AreTold()
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync("/live/scene?world=CartPole-v1&policy=random&seed=3");
        await LabSample.SayAsync(socket, "{\"type\":\"pace\",\"speed\":20,\"paused\":false}");
        JsonElement? end = null;
        while (end is null)
        {
            (WebSocketMessageType type, byte[] bytes) = await LabSample.NextAsync(socket);
            if (type == WebSocketMessageType.Binary) await LabSample.SayAsync(socket, $"{{\"type\":\"drawn\",\"frame\":{LabSample.NumberOf(bytes)}}}");
            else if (JsonDocument.Parse(bytes).RootElement is JsonElement said && said.GetProperty("type").GetString() == "episode") end = said;
        }

        // In this world every step has the reward 1.
        Assert.Equal((1, 3), (end.Value.GetProperty("number").GetInt32(), end.Value.GetProperty("seed").GetInt32()));
        Assert.InRange(end.Value.GetProperty("steps").GetInt32(), 8, 500);
        Assert.Equal(end.Value.GetProperty("steps").GetInt32(), end.Value.GetProperty("return").GetDouble());
    }

    [Theory]
    [InlineData("world=Nowhere-v0&policy=random", "Nowhere-v0")]
    [InlineData("world=CartPole-v1&policy=nobody", "nobody")]
    [InlineData("world=CartPole-v1&policy=flee", "flee")]
    [InlineData("world=CartPole-v1&policy=random&seed=-1", "seed")]
    [InlineData("world=CartPole-v1&policy=random&set=gravity", "gravity")]
    [InlineData("world=Walker-v0&policy=random&set=gravity=1", "gravity")]
    [InlineData("world=Walker-v0&policy=model:../x.onnx", "x.onnx")]
    public async Task Scene_ThatCannotBe_SaysWhyInOneLine(string query, string named)
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync($"/live/scene?{query}");
        JsonElement answer = await LabSample.NextTextAsync(socket);
        Assert.Equal("error", answer.GetProperty("type").GetString());
        string line = answer.GetProperty("error").GetString() ?? string.Empty;
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.Equal(WebSocketMessageType.Close, (await LabSample.NextAsync(socket)).Type);
    }

    [Fact]
    public async Task Training_StartedStoppedResumedRenamedDeleted_IsFollowedToItsEnd()
    {
        await using LabSample lab = await LabSample.StartAsync();
        string wish = """{"algorithm":"neat","environment":"CartPole-v1","seed":5,"generations":4000,"settings":{"population":"40","lists":"4","validation-lists":"8"}}""";
        (int status, JsonElement body) = await lab.SendAsync(HttpMethod.Post, "/api/runs", wish);
        Assert.True(status == 201, body.ToString());
        string name = body.GetProperty("name").GetString() ?? string.Empty;
        Assert.Equal("neat-CartPole-v1-5", name);
        using ClientWebSocket socket = await lab.OpenAsync($"/live/runs/{name}");
        List<long> iterations = [];
        bool hasChampion = false, hasLog = false;
        while (iterations.Count < 5 || !hasChampion || !hasLog)
        {
            JsonElement said = await LabSample.NextTextAsync(socket);
            string? type = said.GetProperty("type").GetString();
            if (type == "metrics")
            {
                Assert.Equal("iteration", said.GetProperty("columns")[0].GetString());
                iterations.AddRange(said.GetProperty("rows").EnumerateArray().Select(row => row[0].GetInt64()));
            }

            hasChampion |= type == "champion";
            hasLog |= type == "log";
        }

        Task<JsonElement> last = LastAsync(socket); // who does not read while the rest goes on is given up after a while
        Assert.Equal(Enumerable.Range(1, iterations.Count).Select(i => (long)i), iterations);
        Assert.Equal("running", await StateAsync(lab, name));
        Assert.Equal(409, (await lab.SendAsync(HttpMethod.Post, $"/api/runs/{name}/rename", "{\"name\":\"other\"}")).Status);
        Assert.Equal(409, (await lab.SendAsync(HttpMethod.Delete, $"/api/runs/{name}")).Status);
        Assert.Equal(409, (await lab.SendAsync(HttpMethod.Post, $"/api/runs/{name}/resume", "{}")).Status);

        Assert.Equal(202, (await lab.SendAsync(HttpMethod.Post, $"/api/runs/{name}/stop")).Status);
        await UntilAsync(async () => await StateAsync(lab, name) == "stopped");
        long reached = (await lab.SendAsync(HttpMethod.Get, $"/api/runs/{name}")).Body.GetProperty("iteration").GetInt64();
        Assert.True(reached < 4000);
        Assert.Equal(202, (await lab.SendAsync(HttpMethod.Post, $"/api/runs/{name}/resume", $"{{\"generations\":{reached + 3}}}")).Status);
        await UntilAsync(async () => await StateAsync(lab, name) == "finished");
        JsonElement run = (await lab.SendAsync(HttpMethod.Get, $"/api/runs/{name}")).Body;
        Assert.Equal(reached + 3, run.GetProperty("iteration").GetInt64());
        Assert.Equal(100, run.GetProperty("score").GetProperty("episodes").GetInt32());
        Assert.Contains("train neat CartPole-v1", run.GetProperty("repeat").GetString(), StringComparison.Ordinal);

        // It was made by a process of its own; the report is written before that ends.
        await UntilAsync(() => Task.FromResult(!RunFolder.IsInUse(Path.Combine(lab.Runs, name))));
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Post, $"/api/runs/{name}/rename", "{\"name\":\"a better name\"}")).Status);
        Assert.Equal(404, (await lab.SendAsync(HttpMethod.Get, $"/api/runs/{name}")).Status);
        Assert.Equal("gone", (await last).GetProperty("type").GetString());
        Assert.Equal(204, (await lab.SendAsync(HttpMethod.Delete, "/api/runs/a%20better%20name")).Status);
        Assert.DoesNotContain(Directory.GetDirectories(lab.Runs), RunFolder.Holds);
    }

    [Theory]
    [InlineData("""{"algorithm":"alchemy","environment":"CartPole-v1"}""", "alchemy")]
    [InlineData("""{"algorithm":"neat","environment":"CartPole-v2"}""", "CartPole-v1")]
    [InlineData("""{"algorithm":"neat","environment":"CartPole-v1","preset":"--json"}""", "--json")]
    [InlineData("""{"algorithm":"neat","environment":"CartPole-v1","settings":{"popullation":"40"}}""", "population")]
    [InlineData("""{"algorithm":"bcq","environment":"CartPole-v1"}""", "--data")]
    [InlineData("""{"algorithm":"neat","environment":"CartPole-v1","minutes":-3}""", "--minutes")]
    public async Task Training_ThatCannotBe_SaysWhyInOneLine_AndLeavesNothing(string wish, string named)
    {
        await using LabSample lab = await LabSample.StartAsync();
        (int status, JsonElement body) = await lab.SendAsync(HttpMethod.Post, "/api/runs", wish);
        Assert.Equal(400, status);
        Assert.Contains(named, body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories(lab.Runs), RunFolder.Holds);
    }

    [Fact]
    public async Task Run_ThatIsNotThere_IsGone()
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync("/live/runs/nobody");
        Assert.Equal("gone", (await LabSample.NextTextAsync(socket)).GetProperty("type").GetString());
        Assert.Equal(WebSocketMessageType.Close, (await LabSample.NextAsync(socket)).Type);
    }

    [Fact]
    public async Task Run_ThatIsDamaged_IsShownAsBrokenBesideTheOthers()
    {
        await using LabSample lab = await LabSample.StartAsync();
        Directory.CreateDirectory(Path.Combine(lab.Runs, "torn"));
        File.WriteAllText(Path.Combine(lab.Runs, "torn", RunFolder.ManifestFileName), "{\"format\":");
        JsonElement run = Assert.Single((await lab.SendAsync(HttpMethod.Get, "/api/runs")).Body.GetProperty("runs").EnumerateArray());
        Assert.Equal("broken", run.GetProperty("state").GetString());
        Assert.Contains("damaged", run.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, (await lab.SendAsync(HttpMethod.Get, "/api/runs/torn")).Status);
    }

    [Fact]
    public async Task Worlds_AllOfThem_HaveAPage()
    {
        await using LabSample lab = await LabSample.StartAsync();
        JsonElement known = (await lab.SendAsync(HttpMethod.Get, "/api/lab")).Body;
        Assert.Equal(Rooms.Open().Environments.Registrations.Select(r => r.Id), known.GetProperty("worlds").EnumerateArray().Select(w => w.GetProperty("id").GetString()));
        foreach (JsonElement world in known.GetProperty("worlds").EnumerateArray())
        {
            JsonElement page = (await lab.SendAsync(HttpMethod.Get, $"/api/worlds/{world.GetProperty("id").GetString()}")).Body;
            Assert.True(page.GetProperty("page").GetProperty("description").GetString()?.Length > 20);
            Assert.NotEqual(0, page.GetProperty("groups").GetArrayLength());
        }

        Assert.Equal(404, (await lab.SendAsync(HttpMethod.Get, "/api/worlds/Nowhere-v0")).Status);
    }

    // The frame of a step, which is told that it was drawn; frames of what was before are passed over.
    private static async Task<byte[]> FrameAsync(ClientWebSocket socket, uint step, bool seed = false)
    {
        int skipped = 0;
        while (true)
        {
            byte[] frame = await LabSample.NextBinaryAsync(socket);
            await LabSample.SayAsync(socket, $"{{\"type\":\"drawn\",\"frame\":{LabSample.NumberOf(frame)}}}");
            bool isFirst = seed && LabSample.NumberOf(frame) == 1; // from before the restart
            if (!isFirst && BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(12)) == step) return frame;
            Assert.True(++skipped < 100);
        }
    }

    private static async Task<string?> StateAsync(LabSample lab, string name) => (await lab.SendAsync(HttpMethod.Get, $"/api/runs/{name}")).Body.GetProperty("state").GetString();

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (int i = 0; !await holds(); i++)
        {
            Assert.True(i < 1800, "it never came true");
            await Task.Delay(100, LabSample.Stop);
        }
    }

    private static async Task<JsonElement> LastAsync(ClientWebSocket socket)
    {
        JsonElement last = default;
        while (true)
        {
            (WebSocketMessageType type, byte[] bytes) = await LabSample.NextAsync(socket);
            if (type == WebSocketMessageType.Close) return last;
            last = JsonDocument.Parse(bytes).RootElement.Clone();
        }
    }
}
