using System.Net.WebSockets;
using System.Text.Json;
using Gymkhana.Core.Evaluations;
using Gymkhana.Core.Runs;

namespace Gymkhana.Tests.Lab;

/// <summary>What the lab makes of runs: files, comparisons, what they were before.</summary>
public sealed class LabWorksTests
{
    [Theory]
    [InlineData("""{"kind":"onnx","run":"walkers"}""", "policy.onnx")]
    [InlineData("""{"kind":"race","walkers":["run:walkers","random"],"colours":["","#ff8800"],"targets":0,"seed":2,"seconds":0.2}""", "race-")]
    public async Task Work_Asked_MakesTheFile(string wish, string name)
    {
        await using LabSample lab = await LabSample.StartAsync();
        lab.Evolve("walkers");
        (int status, JsonElement work) = await lab.SendAsync(HttpMethod.Post, "/api/works", wish);
        Assert.True(status == 201, work.ToString());
        work = await DoneAsync(lab, work);
        Assert.Equal("done", work.GetProperty("state").GetString());
        Assert.StartsWith(name, work.GetProperty("name").GetString(), StringComparison.Ordinal);
        byte[] file = await lab.Client.GetByteArrayAsync($"/api/works/{work.GetProperty("id").GetString()}/file", LabSample.Stop);
        Assert.Equal(work.GetProperty("bytes").GetInt64(), file.Length);
        Assert.True(file.Length > 500);
    }

    [Fact]
    public async Task Work_ThatFails_SaysWhyInOneLine()
    {
        await using LabSample lab = await LabSample.StartAsync();
        string run = lab.Evolve("walkers");
        File.WriteAllText(Path.Combine(run, "champion.genome.json"), "{");
        JsonElement work = await DoneAsync(lab, (await lab.SendAsync(HttpMethod.Post, "/api/works", """{"kind":"onnx","run":"walkers"}""")).Body);
        Assert.Equal("failed", work.GetProperty("state").GetString());
        Assert.Contains("genome", work.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await lab.SendAsync(HttpMethod.Get, $"/api/works/{work.GetProperty("id").GetString()}/file")).Status);
    }

    [Theory]
    [InlineData("""{"kind":"poem","run":"walkers"}""", 404)]
    [InlineData("""{"kind":"film","run":"../walkers"}""", 404)]
    [InlineData("""{"kind":"race","walkers":[]}""", 400)]
    [InlineData("""{"kind":"race","walkers":["you"]}""", 404)]
    [InlineData("""{"kind":"race","walkers":["--help"]}""", 404)]
    [InlineData("""{"kind":"race","walkers":["random"],"seconds":-4}""", 400)]
    public async Task Work_ThatCannotBe_IsRefused(string wish, int expected)
    {
        await using LabSample lab = await LabSample.StartAsync();
        (int status, JsonElement body) = await lab.SendAsync(HttpMethod.Post, "/api/works", wish);
        Assert.Equal(expected, status);
        Assert.DoesNotContain('\n', body.GetProperty("error").GetString()!);
        Assert.Equal(404, (await lab.SendAsync(HttpMethod.Get, "/api/works/1")).Status);
    }

    [Fact]
    public async Task Compare_Runs_TellsHowProbablyEachIsBetter()
    {
        await using LabSample lab = await LabSample.StartAsync();
        string a = lab.Evolve("a", generations: 2), b = lab.Evolve("b", generations: 8), old = lab.Evolve("old", generations: 1);
        File.Delete(Path.Combine(old, TestEpisodes.FileName));
        (int status, JsonElement body) = await lab.SendAsync(HttpMethod.Get, "/api/compare?run=a&run=b&run=old");
        Assert.Equal(200, status);
        JsonElement[] pairs = [.. body.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(["a b", "a old", "b old"], pairs.Select(p => $"{p.GetProperty("a").GetString()} {p.GetProperty("b").GetString()}"));
        ProbabilityOfImprovement better = ProbabilityOfImprovement.Of(TestEpisodes.Read(a, "targets"), TestEpisodes.Read(b, "targets"));
        Assert.Equal((better.Probability, better.Interval.Low, better.Interval.High), (pairs[0].GetProperty("probability").GetDouble(), pairs[0].GetProperty("low").GetDouble(), pairs[0].GetProperty("high").GetDouble()));
        Assert.Equal(JsonValueKind.Null, pairs[1].GetProperty("probability").ValueKind);
        Assert.Contains(TestEpisodes.FileName, pairs[1].GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(400, (await lab.SendAsync(HttpMethod.Get, "/api/compare?run=a")).Status);
        Assert.Equal(404, (await lab.SendAsync(HttpMethod.Get, "/api/compare?run=a&run=nobody")).Status);
    }

    [Fact]
    public async Task Run_ThatHasLearned_TellsItsSpeciesAndItsEarlierChampions()
    {
        await using LabSample lab = await LabSample.StartAsync();
        string run = lab.Evolve("walkers");
        long[] champions = [.. (await lab.SendAsync(HttpMethod.Get, "/api/runs/walkers")).Body.GetProperty("champions").EnumerateArray().Select(c => c.GetInt64())];
        Assert.Equal(Directory.GetFiles(Path.Combine(run, ChampionHistory.FolderName)).Length, champions.Length);
        Assert.True(champions.Length > 1);
        using ClientWebSocket live = await lab.OpenAsync("/live/runs/walkers");
        JsonElement said;
        do
        {
            said = await LabSample.NextTextAsync(live);
        }
        while (said.GetProperty("type").GetString() != "species");

        JsonElement[] rows = [.. said.GetProperty("rows").EnumerateArray()];
        Assert.Equal(1, rows[0][0].GetInt64());
        Assert.Equal(LabSample.Population, rows[0][1].EnumerateArray().Where((_, i) => i % 2 == 1).Sum(n => n.GetInt32()));

        using ClientWebSocket scene = await lab.OpenAsync($"/live/scene?world=Walker-v0&policy=run:walkers@{champions[0]}");
        JsonElement begin = await LabSample.NextTextAsync(scene);
        Assert.EndsWith($"walkers@{champions[0]}", begin.GetProperty("policy").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> DoneAsync(LabSample lab, JsonElement work)
    {
        string id = work.GetProperty("id").GetString()!;
        for (int i = 0; work.GetProperty("state").GetString() == "working"; i++)
        {
            Assert.True(i < 1800, "it never ended");
            await Task.Delay(100, LabSample.Stop);
            work = (await lab.SendAsync(HttpMethod.Get, $"/api/works/{id}")).Body;
        }

        return work;
    }
}
