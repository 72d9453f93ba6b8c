using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Gymkhana.Cli;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Lab.Live;
using Gymkhana.Tests.Cli;

namespace Gymkhana.Tests.Lab;

/// <summary>Races in the lab are those of the command line, and who drives is obeyed.</summary>
public sealed class LabRaceTests
{
    private const int HeadBytes = 24;
    private const int RowBytes = 24;
    private const int GrainBytes = 12;

    [Fact]
    public async Task Race_RunToItsEnd_HasTheRankingOfTheCommandLine()
    {
        await using LabSample lab = await LabSample.StartAsync();
        string run = lab.Evolve("walkers", generations: 20);
        using ClientWebSocket socket = await lab.OpenAsync("/live/race?walker=random&walker=run:walkers@2&walker=run:walkers&colour=&colour=%23ff8800&colour=&targets=3&seed=4&seconds=40");
        await LabSample.SayAsync(socket, """{"type":"pace","speed":20,"paused":false}""");
        JsonElement begin = await LabSample.NextTextAsync(socket);
        Assert.Equal(["random", "walkers@2", "walkers"], begin.GetProperty("walkers").EnumerateArray().Select(w => w.GetProperty("name").GetString()));
        Assert.Equal(["#3fc388", "#ff8800", "#ea6f91"], begin.GetProperty("walkers").EnumerateArray().Select(w => w.GetProperty("colour").GetString()));
        JsonElement? end = null;
        while (end is null)
        {
            (WebSocketMessageType type, byte[] bytes) = await LabSample.NextAsync(socket);
            if (type == WebSocketMessageType.Binary) await DrawnAsync(socket, bytes);
            else end = JsonDocument.Parse(bytes).RootElement;
        }

        JsonElement race = GymkhanaProcess.Run(lab.Runs, "race", "random", $"{run}@2", run, "--targets", "3", "--seed", "4", "--seconds", "40", "--json").Json();
        Assert.Equal(race.GetProperty("seconds").GetDouble(), end.Value.GetProperty("seconds").GetDouble(), 1e-3);
        Assert.Equal(Places(race, "policy"), Places(end.Value, "name"));
        Assert.Contains(Places(end.Value, "name"), place => !place.Contains(" 0 ", StringComparison.Ordinal)); // somebody has reached something
    }

    [Fact]
    public async Task Race_Sought_ShowsWhatItShowedBefore()
    {
        await using LabSample lab = await LabSample.StartAsync();
        lab.Evolve("walkers");
        using ClientWebSocket socket = await lab.OpenAsync("/live/race?walker=run:walkers&walker=run:walkers@1&seconds=60&paused=true");
        byte[] first = await FrameAsync(socket, seconds: 0);
        Assert.Equal((2, 1), (first[0], first[1]));
        Assert.Equal(SandField.DefaultCount, Grains(first));

        byte[] walked = await StepsAsync(socket, 40);
        Assert.Equal(0, walked[1]);
        Assert.InRange(Grains(walked), 1, SandField.DefaultCount / 4);
        await LabSample.SayAsync(socket, """{"type":"seek","seconds":3}""");
        Assert.InRange(BitConverter.ToDouble(await FrameAsync(socket, seconds: 3), 16), 3, 60);
        await LabSample.SayAsync(socket, $$"""{"type":"seek","seconds":{{40 / 60.0}}}""");
        byte[] sought = await FrameAsync(socket, seconds: 40 / 60.0);
        Assert.Equal(Table(walked), Table(sought));
        Assert.Equal(Picture(walked), Picture(sought));
    }

    [Fact]
    public async Task Race_WithYou_DoesWhatYouSay()
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync("/live/race?walker=you&walker=random&seed=6&seconds=60&paused=true");
        Assert.Equal(4, (await FrameAsync(socket, seconds: 0))[1] & 4);
        float[] action = [-1, 1, 1, -1, 0.5f, -0.5f];
        await LabSample.SayAsync(socket, """{"type":"drive","action":[-7,1,1,-1,0.5,-0.5]}""");
        await LabSample.SayAsync(socket, """{"type":"drive","action":[1,1]}""");
        await LabSample.SayAsync(socket, """{"type":"drive","action":"north"}""");
        byte[] shown = await StepsAsync(socket, 30);

        var race = new WalkerRace([new Stiff(action)], new RaceRules { Seed = 6 });
        for (int step = 0; step < 30; step++) race.Step();
        var moment = new RunnerMoment[1];
        race.Read(moment);
        Assert.Equal((moment[0].Pose.Points[4].X, moment[0].Pose.Points[4].Y), (BitConverter.ToSingle(shown, HeadBytes + 12), BitConverter.ToSingle(shown, HeadBytes + 16)));
        Assert.NotEqual(500, moment[0].Pose.Points[4].X);
    }

    [Theory]
    [InlineData("targets=3", "1 to 8")]
    [InlineData("walker=a&walker=a&walker=a&walker=a&walker=a&walker=a&walker=a&walker=a&walker=a", "1 to 8")]
    [InlineData("walker=you&walker=you", "you")]
    [InlineData("walker=nobody", "nobody")]
    [InlineData("walker=run:nobody@3", "nobody")]
    [InlineData("walker=flee", "flee")]
    [InlineData("walker=random&targets=-1", "targets")]
    [InlineData("walker=random&targets=20000", "10000")]
    [InlineData("walker=random&seconds=0", "limit")]
    [InlineData("walker=random&seconds=1e9", "1800")]
    [InlineData("walker=random&seed=x", "seed")]
    [InlineData("walker=random&walker=random&colour=%23ff8800", "2")]
    [InlineData("walker=random&colour=red", "red")]
    [InlineData("walker=random&paused=maybe", "maybe")]
    public async Task Race_ThatCannotBe_SaysWhyInOneLine(string query, string named)
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync($"/live/race?{query}");
        JsonElement answer = await LabSample.NextTextAsync(socket);
        Assert.Equal("error", answer.GetProperty("type").GetString());
        Assert.Contains(named, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', answer.GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("CartPole-v1", "1")]
    [InlineData("Pendulum-v1", "-0.75")]
    [InlineData("simple_tag_v3", "3")]
    public async Task Scene_Driven_DoesWhatIsSaid(string world, string action)
    {
        await using LabSample lab = await LabSample.StartAsync();
        IEnvironment environment = Rooms.Open().Environments.Create(world, 1);
        int group = environment.Groups.Length - 1;
        using ClientWebSocket socket = await lab.OpenAsync($"/live/scene?world={world}&policy=random&seed=11&drive={environment.Groups[group].Agents[0]}&paused=true");
        JsonElement begin = await LabSample.NextTextAsync(socket);
        Assert.Equal(environment.Groups[group].Agents[0], begin.GetProperty("drive").GetProperty("agent").GetString());
        Assert.StartsWith("you", begin.GetProperty("policy").GetString(), StringComparison.Ordinal);
        await LabSample.SayAsync(socket, $$"""{"type":"drive","action":[{{action}}]}""");
        byte[] shown = [];
        for (uint step = 1; step <= 8; step++)
        {
            await LabSample.SayAsync(socket, """{"type":"step"}""");
            do
            {
                shown = await LabSample.NextBinaryAsync(socket);
                await DrawnAsync(socket, shown);
            }
            while (BinaryPrimitives.ReadUInt32LittleEndian(shown.AsSpan(12)) != step);
        }

        IActor[] actors = [.. Enumerable.Range(0, environment.Groups.Length).Select(g => new RandomPolicy().CreateActor(environment, g))];
        var scene = new Scene();
        environment.Reset([11]);
        Array.ForEach(actors, a => a.Reset([11]));
        ((IDrawable)environment).Draw(0, scene);
        for (int step = 0; step < 8; step++)
        {
            Array.ForEach(actors, a => a.Act());
            environment.Groups[group].Actions.Write(0, 0, 0, double.Parse(action, CultureInfo.InvariantCulture));
            environment.Step();
            scene.Clear();
            ((IDrawable)environment).Draw(0, scene); // a view that follows somebody depends on what was drawn before
        }

        var expected = new FrameBuffer();
        SceneFrame.Write(expected, default, [], scene, []);
        Assert.Equal(expected.Bytes[28..].ToArray(), shown.AsSpan(28 + (4 * environment.Spec.Figures.Length)).ToArray());
    }

    [Fact]
    public async Task Scene_OfAnAgentThatIsNotThere_SaysWhoIs()
    {
        await using LabSample lab = await LabSample.StartAsync();
        using ClientWebSocket socket = await lab.OpenAsync("/live/scene?world=simple_tag_v3&policy=random&drive=hare");
        Assert.Contains("adversary_0", (await LabSample.NextTextAsync(socket)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static string[] Places(JsonElement race, string name) =>
    [
        .. race.GetProperty("ranking").EnumerateArray().Select(p =>
            $"{Path.GetFileName(p.GetProperty(name).GetString())} {p.GetProperty("reached").GetInt32()} {(p.GetProperty("seconds").ValueKind == JsonValueKind.Null ? "never" : p.GetProperty("seconds").GetDouble().ToString("0.000", CultureInfo.InvariantCulture))}"),
    ];

    private static int Grains(byte[] frame) => BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(HeadBytes + (RowBytes * BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(2)))));

    private static byte[] Table(byte[] frame) => frame[HeadBytes..(HeadBytes + (RowBytes * frame[2]))];

    // What stands on the sand, from the part shown on.
    private static byte[] Picture(byte[] frame) => frame[(HeadBytes + (RowBytes * frame[2]) + 4 + (GrainBytes * Grains(frame)) + 28)..];

    private static Task DrawnAsync(ClientWebSocket socket, byte[] frame) => LabSample.SayAsync(socket, $"{{\"type\":\"drawn\",\"frame\":{LabSample.NumberOf(frame)}}}");

    private static async Task<byte[]> FrameAsync(ClientWebSocket socket, double seconds)
    {
        while (true)
        {
            byte[] frame = await LabSample.NextBinaryAsync(socket);
            await DrawnAsync(socket, frame);
            if (Math.Abs(BitConverter.ToDouble(frame, 8) - seconds) < 1e-9) return frame;
        }
    }

    private static async Task<byte[]> StepsAsync(ClientWebSocket socket, int steps)
    {
        byte[] frame = [];
        for (int step = 1; step <= steps; step++)
        {
            await LabSample.SayAsync(socket, """{"type":"step"}""");
            frame = await FrameAsync(socket, step / 60.0);
        }

        return frame;
    }

    private sealed class Stiff(float[] action) : IPolicy
    {
        public string Name => "stiff";

        public IActor CreateActor(IEnvironment environment, int group = 0) => new Actor(environment.Groups[group], action);

        private sealed class Actor(AgentGroup group, float[] action) : IActor
        {
            public void Reset(ReadOnlySpan<ulong> seeds)
            {
            }

            public void Act()
            {
                for (int i = 0; i < action.Length; i++) group.Actions.Write(0, i, 0, action[i]);
            }

            public void EpisodeEnded(int copy)
            {
            }
        }
    }
}
